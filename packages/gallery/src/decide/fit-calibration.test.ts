import { describe, expect, test } from 'vitest';
import { embedding, randomNumbers, SPACE, unit } from '../../test/synthetic-photos.js';
import { parseCalibration } from './calibration.js';
import { distanceAtRate, falseMatchRate } from './false-match-rate.js';
import { fitCalibration } from './fit-calibration.js';
import { intervalOverPeople, wilsonInterval } from './wilson-interval.js';

const OPTIONS = { space: SPACE, data: 'made up' };

/** Faces of people who look like themselves, more or less. */
function people(count: number, facesEach: number) {
  return Array.from({ length: count }, (_, person) =>
    Array.from({ length: facesEach }, (_, face) => {
      const own = embedding(person);
      const noise = embedding(1_000_000 + person * 100 + face);
      return { person: `p${person}`, embedding: unit(own.map((x, i) => x + 0.7 * noise[i]!)) };
    }),
  ).flat();
}

function distancesOf(faces: ReturnType<typeof people>) {
  const genuine: number[] = [];
  const impostor: number[] = [];
  for (const [i, a] of faces.entries()) {
    for (const b of faces.slice(0, i)) {
      const distance = Math.hypot(...a.embedding.map((x, d) => x - b.embedding[d]!));
      (a.person === b.person ? genuine : impostor).push(distance);
    }
  }
  return { genuine, impostor };
}

describe('misuse', () => {
  test.each([
    ['nobody', people(0, 1)],
    ['one person', people(1, 8)],
    ['one face each', people(9, 1)],
  ])('%s can not be calibrated on', async (_, faces) => {
    await expect(fitCalibration({ faces }, OPTIONS)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  test('an embedding that is none is an error', async () => {
    const faces = [...people(9, 2), { person: 'p', embedding: new Float32Array(16) }];
    await expect(fitCalibration({ faces }, OPTIONS)).rejects.toMatchObject({
      code: 'INVALID_EMBEDDING',
    });
  });

  test('a text that is no calibration is an error that names it', async () => {
    const good = JSON.stringify(await fitCalibration({ faces: people(20, 2) }, OPTIONS));
    expect(parseCalibration(good, 'card.json')).toEqual(JSON.parse(good));
    const damaged = [
      good.slice(0, -5),
      '[]',
      good.replace('"version":1', '"version":2'),
      good.replace(/"curve":\[.*\]/, '"curve":[]'),
      good.replace(/"curve":\[(\{.*?\}),/, '"curve":[$1,$1,'),
    ];
    for (const text of damaged) {
      expect(text).not.toBe(good);
      expect(() => parseCalibration(text, 'card.json')).toThrow(
        expect.objectContaining({
          code: 'INVALID_FILE',
          message: expect.stringContaining('card.json'),
        }),
      );
    }
  });
});

describe('a calibration', () => {
  test('has thresholds that keep their rate, and no larger ones do', async () => {
    const faces = people(120, 3);
    const { genuine, impostor } = distancesOf(faces);
    const calibration = await fitCalibration({ faces }, OPTIONS);
    expect(calibration).toMatchObject({
      people: 120,
      faces: 360,
      genuinePairs: 360,
      impostorPairs: (360 * 359) / 2 - 360,
    });
    // 64,260 pairs of different people: 6 could pass at 1e-4, which is too few to tell.
    expect(calibration.thresholds.map(({ far }) => far)).toEqual(['1e-2', '1e-3']);
    expect(calibration.notMeasured).toEqual(['1e-4', '1e-5', '1e-6']);
    for (const { far, distance, falseAccepts, tar } of calibration.thresholds) {
      const share = (distances: number[], limit: number) =>
        distances.filter((d) => d <= limit).length / distances.length;
      expect(falseAccepts / impostor.length).toBeCloseTo(share(impostor, distance), 4);
      expect(share(impostor, distance)).toBeLessThanOrEqual(Number(far));
      expect(share(impostor, distance + 0.005)).toBeGreaterThan(Number(far));
      expect(tar).toBeCloseTo(share(genuine, distance), 2);
    }
  });

  test('is of listed pairs what it is of all pairs', async () => {
    const faces = people(30, 2);
    const pairs = faces.flatMap((a, i) => faces.slice(0, i).map((b) => ({ a, b })));
    const all = await fitCalibration({ faces }, OPTIONS);
    const listed = await fitCalibration({ pairs }, OPTIONS);
    expect(listed.thresholds).toEqual(all.thresholds);
    expect(listed.impostorPairs).toBe(all.impostorPairs);
  });

  test('tells the rate of a distance, and never beyond its data', async () => {
    const faces = people(120, 3);
    const { impostor } = distancesOf(faces);
    const calibration = await fitCalibration({ faces }, OPTIONS);
    for (const wanted of [3e-4, 1e-3, 1e-2, 0.1, 0.5]) {
      const distance = distanceAtRate(calibration, wanted)!;
      const rate = impostor.filter((d) => d <= distance).length / impostor.length;
      // Ten pairs at the strict end, ten points a decade: within a fifth.
      expect(rate / wanted).toBeGreaterThan(0.8);
      expect(rate / wanted).toBeLessThan(1.25);
      expect(falseMatchRate(calibration, distance).rate).toBeCloseTo(wanted, 9);
    }
    const least = 10 / impostor.length;
    expect(distanceAtRate(calibration, least / 2)).toBeUndefined();
    expect(falseMatchRate(calibration, 0)).toEqual({
      rate: expect.closeTo(least, 9),
      kind: 'at-most',
    });
    expect(falseMatchRate(calibration, 2)).toEqual({ rate: 1, kind: 'at-most' });
  });
});

describe('intervals', () => {
  test('Wilson’s are those of the textbook', () => {
    // Newcombe 1998, table I, method 3: 81/263, 15/148, 0/20.
    expect(wilsonInterval(81 / 263, 263)).toEqual([
      expect.closeTo(0.2553, 4),
      expect.closeTo(0.3662, 4),
    ]);
    expect(wilsonInterval(15 / 148, 148)).toEqual([
      expect.closeTo(0.0624, 4),
      expect.closeTo(0.1605, 4),
    ]);
    expect(wilsonInterval(0, 20)).toEqual([0, expect.closeTo(0.1611, 4)]);
  });

  test('over people are as wide as the spread between repeated samples', () => {
    // A tenth of the people are mistaken for others nine times as often as the rest.
    const random = randomNumbers(7);
    const rates: number[] = [];
    let covered = 0;
    const SAMPLES = 200;
    const P = 0.036; // E[w]² * 0.02 with w of 3 (1 in 10) or 1: (1.2)² * 0.025
    for (let sample = 0; sample < SAMPLES; sample++) {
      const weights = Array.from({ length: 60 }, () => (random() < 0.1 ? 3 : 1));
      const persons = weights.map(() => ({ pairs: 0, accepted: 0 }));
      const total = { pairs: 0, accepted: 0 };
      for (let i = 0; i < weights.length; i++) {
        for (let j = 0; j < i; j++) {
          const accepted = random() < 0.025 * weights[i]! * weights[j]! ? 1 : 0;
          for (const count of [total, persons[i]!, persons[j]!]) {
            count.pairs++;
            count.accepted += accepted;
          }
        }
      }
      const [low, high] = intervalOverPeople(total, persons);
      rates.push(total.accepted / total.pairs);
      if (low <= P && P <= high) covered++;
    }
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / SAMPLES;
    expect(mean).toBeCloseTo(P, 2);
    // 95 % promised; of 200 samples 3 standard deviations are 5 %.
    expect(covered / SAMPLES).toBeGreaterThan(0.9);
  });
});

import { describe, expect, test } from 'vitest';
import { embedding, unit } from '../../test/synthetic-photos.js';
import { drawGalleries } from './draw-galleries.js';
import { evaluateIdentification } from './evaluate-identification.js';

/** A unit vector in a plane, at an angle in degrees. */
const at = (person: string, degrees: number) => ({
  person,
  embedding: Float32Array.of(
    Math.cos((degrees * Math.PI) / 180),
    Math.sin((degrees * Math.PI) / 180),
  ),
});
const chord = (degrees: number) => 2 * Math.sin((degrees * Math.PI) / 360);

describe('misuse', () => {
  test.each([
    ['no faces', [], 1],
    ['one face each', [at('a', 0), at('b', 1)], 1],
    ['no strangers', [at('a', 0), at('a', 1)], 1],
    ['no face enrolled', [at('a', 0), at('a', 1), at('b', 2)], 0],
    ['half a face enrolled', [at('a', 0), at('a', 1), at('b', 2)], 1.5],
  ])('%s is an error', async (_, faces, enrolled) => {
    await expect(evaluateIdentification(faces, { enrolled })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

describe('by hand', () => {
  // Enrolled: Ann 0, Bob 90, Cid 180. Looked for: Ann 10, Bob 100 and 130, and Cid 120, which is
  // nearer to Bob.
  const faces = [
    ...[at('Ann', 0), at('Ann', 10)],
    ...[at('Bob', 90), at('Bob', 100), at('Bob', 130)],
    ...[at('Cid', 180), at('Cid', 120)],
    ...Array.from({ length: 50 }, (_, i) => at(`stranger ${i}`, 200 + (i % 10) * 10)),
  ];

  test('ranks, and rates at the distance that strangers reach', async () => {
    const { summary, scores } = await evaluateIdentification(faces);
    expect(summary).toMatchObject({ people: 3, mates: 4, strangers: 50, rank1: 0.75, rank5: 1 });
    expect(scores.cmc).toEqual([0.75, 1, 1]);
    // The strangers' nearest are 20, 30, … degrees away: one in ten at just below 30.
    expect(summary.openSet).toHaveLength(1);
    const { tpir, distance } = summary.openSet[0]!.tpirAtFpir['1e-1']!;
    expect(distance).toBeCloseTo(chord(30), 6);
    expect(tpir).toBe(0.5);
    expect(summary.openSet[0]!.tpirAtFpir).not.toHaveProperty('1e-2');
  });

  test('a threshold is judged by what it would have done', async () => {
    const { summary } = await evaluateIdentification(faces, {
      thresholdFor: (comparisons) => (comparisons === 3 ? chord(45) : 0),
    });
    expect(summary.openSet[0]!.atThreshold).toMatchObject({
      distance: chord(45),
      tpir: 0.75,
      // The strangers at 200, 210 and 220.
      fpir: 0.3,
    });
  });

  test('with more enrolled faces the templates decide', async () => {
    const more = [
      ...[at('Ann', 0), at('Ann', 40), at('Ann', 60)],
      ...[at('Bob', 75), at('Bob', 76), at('Bob', 77)],
      at('Cid', 180),
    ];
    const by = async (templates: 'faces' | 'mean') =>
      (await evaluateIdentification(more, { enrolled: 2, templates })).scores.mates;
    // Ann at 60 is 15 from Bob's nearest face, 20 from her own.
    expect(await by('faces')).toEqual([
      { person: 'Ann', distance: expect.closeTo(chord(15), 5), right: false },
      { person: 'Bob', distance: expect.closeTo(chord(1), 5), right: true },
    ]);
    expect(await by('mean')).toEqual([
      { person: 'Ann', distance: expect.closeTo(chord(15.5), 5), right: false },
      { person: 'Bob', distance: expect.closeTo(chord(1.5), 5), right: true },
    ]);
  });
});

describe('against a plain loop', () => {
  test('galleries of every size agree', async () => {
    const faces = Array.from({ length: 130 }, (_, person) =>
      Array.from({ length: person < 115 ? 2 : 3 }, (_, i) => ({
        person: `p${person}`,
        embedding: unit(
          embedding(person).map((x, d) => x + 0.9 * embedding(1000 + person * 10 + i)[d]!),
        ),
      })),
    ).flat();
    const strangers = Array.from({ length: 60 }, (_, i) => ({
      person: `s${i}`,
      embedding: embedding(9000 + i),
    }));
    const { summary } = await evaluateIdentification([...faces, ...strangers]);
    expect(summary.openSet.map(({ people, galleries }) => [people, galleries])).toEqual([
      [10, 13],
      [100, 1],
      [130, 1],
    ]);

    const firsts = faces.filter((f, i) => faces.findIndex((g) => g.person === f.person) === i);
    const probes = faces.filter((f) => !firsts.includes(f));
    const apart = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((x, d) => x - b[d]!));
    for (const [i, draw] of drawGalleries(130).entries()) {
      const nearest: number[] = [];
      for (const stranger of strangers) {
        for (let g = 0; g < draw.count; g++) {
          const members = firsts.filter((_, p) => draw.galleryOf[p] === g);
          nearest.push(Math.min(...members.map((m) => apart(m.embedding, stranger.embedding))));
        }
      }
      const limit = nearest.sort((a, b) => a - b)[Math.floor(nearest.length / 10)]!;
      const asked = probes.filter(
        (probe) => draw.galleryOf[firsts.findIndex((f) => f.person === probe.person)]! >= 0,
      );
      const named = asked.filter((probe) => {
        const own = firsts.findIndex((f) => f.person === probe.person);
        const members = firsts.filter((_, p) => draw.galleryOf[p] === draw.galleryOf[own]);
        const distances = members.map((m) => apart(m.embedding, probe.embedding));
        const best = Math.min(...distances);
        return best < limit && members[distances.indexOf(best)]!.person === probe.person;
      });
      const { tpir, distance } = summary.openSet[i]!.tpirAtFpir['1e-1']!;
      expect(distance).toBeCloseTo(limit, 5);
      expect(tpir).toBeCloseTo(named.length / asked.length, 9);
    }
  });
});

test('drawn galleries share nobody, and are the same every time', () => {
  const drawn = drawGalleries(250);
  expect(drawn.map(({ size, count }) => [size, count])).toEqual([
    [10, 25],
    [100, 2],
    [250, 1],
  ]);
  for (const { size, count, galleryOf } of drawn) {
    for (let g = 0; g < count; g++) {
      expect(galleryOf.filter((of) => of === g)).toHaveLength(size);
    }
  }
  expect(drawGalleries(250)).toEqual(drawn);
  expect(drawGalleries(1).map(({ size }) => size)).toEqual([1]);
});

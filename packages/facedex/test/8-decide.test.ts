import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { facedex, facedexJson } from './cli.js';
import { makeSample, type Sample } from './sample.js';

let sample: Sample;
/** A gallery is in its `facedex-data`; two people have one photo only. */
let work: string;
beforeAll(async () => {
  sample = await makeSample();
  work = await mkdtemp(join(tmpdir(), 'facedex-decide-'));
  await cp(sample.folder, join(work, 'people'), { recursive: true });
  for (const person of (await readdir(join(work, 'people'))).sort().slice(-2)) {
    const folder = join(work, 'people', person);
    for (const name of (await readdir(folder)).slice(1)) await rm(join(folder, name));
  }
  await facedexJson(['index', 'people'], work);
});

describe('the command line refuses', () => {
  it('what it cannot decide by', async () => {
    const photo = sample.heldOut[0]!.path;
    await writeFile(join(work, 'broken.json'), '{"format": "facedex-calibration"');
    for (const args of [
      ['identify', photo, '--false-positives', '1'],
      ['identify', photo, '--margin', '3'],
      ['identify', photo, '--templates', 'best'],
      ['identify', photo, '--threshold', '1', '--false-positives', '0.1'],
      ['identify', photo, '--calibration', 'broken.json'],
      ['identify', photo, '--calibration', 'none.json'],
      ['calibrate', '--pairs', 'pairs.txt'],
      ['calibrate', '--images', 'nowhere'],
      ['evaluate', 'identify', '--enrolled', '7'],
      ['classify', 'train', '--min-faces', '9'],
      ['classify', 'predict', photo, '--classifier', 'broken.json'],
    ]) {
      const { exitCode, stderr } = await facedex(args, work);
      expect([args, exitCode]).toEqual([args, 2]);
      expect(stderr).not.toBe('');
    }
  });
});

describe('facedex calibrate', () => {
  it('measures a gallery, which decides by it from then on', async () => {
    const { path, person } = sample.heldOut[0]!;
    const before = await facedexJson(['identify', path], work);
    expect(before.calibration).toContain('faceplugin-512.json');
    const result = await facedexJson(['calibrate'], work);
    expect(result).toMatchObject({ space: { id: 'faceplugin-512' }, file: expect.any(String) });
    // Some dozens of faces make a few hundred pairs: none of the usual rates can be told.
    expect(result.thresholds).toEqual([]);
    expect(result.notMeasured).toHaveLength(5);

    const after = await facedexJson(['identify', path], work);
    expect(after).toMatchObject({ verdict: 'known', person, comparisons: before.comparisons });
    expect(after.calibration).toContain(join('facedex-data', 'calibration.json'));
    expect(after.falseMatchRate).toMatchObject({ kind: 'at-most' });
    expect((await facedex(['identify', path], work)).stderr).toContain('of strangers');
    await rm(join(work, result.file));
  });
});

describe('facedex identify', () => {
  it('is stricter the fewer strangers may be taken for somebody', async () => {
    const { path } = sample.heldOut[0]!;
    const lenient = await facedexJson(['identify', path, '--false-positives', '0.1'], work);
    const strict = await facedexJson(['identify', path, '--false-positives', '0.001'], work);
    expect(strict.threshold).toBeLessThan(lenient.threshold);
    expect(strict.falsePositiveRate).toBeCloseTo(0.001, 9);
    expect(strict.margin).toBeCloseTo(strict.runnerUp.distance - strict.distance, 9);
  });

  it('doubts where the runner-up is too near', async () => {
    const { path, person } = sample.heldOut[0]!;
    const answer = await facedexJson(['identify', path, '--margin', '2'], work);
    expect(answer).toMatchObject({ verdict: 'ambiguous', person: null, nearest: { person } });
    const { stdout } = await facedex(['identify', path, '--margin', '2'], work);
    expect(stdout).toContain(`ambiguous: ${person} or ${answer.runnerUp.person}`);
  });
});

describe('facedex evaluate identify', () => {
  it('finds everybody among shots of the same photos, and writes a report', async () => {
    const args = ['evaluate', 'identify', '--report', 'report'];
    const result = await facedexJson(args, work);
    expect(result).toMatchObject({ enrolled: 1, strangers: 2, rank1: 1, templates: 'mean' });
    expect(result.openSet.at(-1).atThreshold).toMatchObject({ tpir: 1, fpir: 0 });

    const summary = JSON.parse(await readFile(join(work, 'report', 'summary.json'), 'utf8'));
    expect(summary).toEqual(result);
    for (const chart of ['cmc', 'open-set', 'det', 'scores']) {
      const png = await sharp(join(work, 'report', `${chart}.png`)).metadata();
      expect([png.width, png.height]).toEqual([1800, 1200]);
      const svg = await readFile(join(work, 'report', `${chart}.svg`), 'utf8');
      expect(svg).toMatch(/^<svg .*<\/svg>$/s);
      expect(svg).toContain('faceplugin-512');
    }
    const cmc = await readFile(join(work, 'report', 'cmc.csv'), 'utf8');
    expect(cmc).toMatch(/^rank,identification rate\r\n1,1\r\n/);
  });
});

describe('facedex classify', () => {
  it('learns people, names them in other photos, and calls others unknown', async () => {
    const three = ['--min-faces', '3'];
    const trained = await facedexJson(['classify', 'train', ...three], work);
    expect(trained).toMatchObject({ kind: 'logistic', file: 'classifier.json' });
    const enrolled = new Set(
      (await facedexJson(['people'], work)).people
        .filter((one: { faces: number }) => one.faces > 1)
        .map((one: { name: string }) => one.name),
    );
    const known = sample.heldOut.filter(({ person }) => enrolled.has(person)).slice(0, 3);
    const photos = [...known.map(({ path }) => path), sample.groupPhotos[2]!];
    const { predictions } = await facedexJson(['classify', 'predict', ...photos], work);
    for (const [i, { person }] of known.entries()) {
      expect(predictions[i].prediction).toMatchObject({
        person,
        ranking: [{ person }, {}, {}, {}, {}],
      });
    }
    expect(predictions[3].prediction.person).toBeNull();

    const { classifiers } = await facedexJson(['classify', 'evaluate', ...three], work);
    expect(classifiers.map((one: { kind: string }) => one.kind)).toEqual([
      'knn',
      'logistic',
      'svm',
    ]);
    for (const { accuracy } of classifiers) expect(accuracy).toBeGreaterThan(0.9);
  });
});

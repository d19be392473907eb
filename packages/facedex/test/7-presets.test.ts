import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PRESETS } from '@facedex/pipeline';
import { beforeAll, describe, expect, it } from 'vitest';
import { facedex, facedexJson } from './cli.js';
import { makeSample, type Sample } from './sample.js';

let sample: Sample;
let work: string;
beforeAll(async () => {
  sample = await makeSample();
  work = await mkdtemp(join(tmpdir(), 'facedex-presets-'));
});

describe('--preset', () => {
  it('refuses what is no preset, and a model beside it', async () => {
    const photo = sample.heldOut[0]!.path;
    for (const wrong of [
      ['--preset', 'best'],
      ['--preset', 'fast', '--model', 'dlib-resnet-128'],
    ]) {
      const { exitCode, stderr } = await facedex(['verify', photo, photo, ...wrong], work);
      expect(exitCode, wrong.join(' ')).toBe(2);
      expect(stderr).toContain('preset');
    }
  });

  it('a gallery is asked by the embedder that it was built with, and no other', async () => {
    const indexed = await facedexJson(['index', sample.folder, '--preset', 'accurate'], work);
    expect(indexed.added).toBeGreaterThan(0);
    const [{ person, path } = { person: '', path: '' }] = sample.heldOut;
    const answer = await facedexJson(['identify', path], work);
    expect(answer).toMatchObject({ person, model: PRESETS.accurate });
    const again = await facedexJson(['index', sample.folder], work);
    expect(again).toMatchObject({ added: 0, unchanged: indexed.photos });
    const other = await facedex(['search', path, '--preset', 'balanced'], work);
    expect(other.exitCode).toBe(2);
    expect(other.stderr).toContain(PRESETS.accurate);
    expect(other.stderr).toContain(PRESETS.balanced);
  });

  it('verify and detect take presets too', async () => {
    const [{ path: a } = { path: '' }, { path: b } = { path: '' }] = sample.heldOut;
    const same = await facedexJson(['verify', a, a, '--preset', 'accurate'], work);
    expect(same).toMatchObject({ same: true, model: PRESETS.accurate });
    const different = await facedexJson(['verify', a, b, '--preset', 'fast'], work);
    expect(different).toMatchObject({ same: false, model: PRESETS.fast });
    expect((await facedexJson(['detect', a, '--preset', 'fast'], work)).faces).not.toHaveLength(0);
  });
});

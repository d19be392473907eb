import { cp, mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultCacheDirectory } from '@facedex/pipeline';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { facedex, facedexJson } from './cli.js';
import { makeSample, type Sample } from './sample.js';

/** A cache of our own, with the models that finding faces needs, and a user's ONNX file beside. */
let work: string;
let sample: Sample;
beforeAll(async () => {
  sample = await makeSample();
  work = await mkdtemp(join(tmpdir(), 'facedex-models-'));
  const models = join(defaultCacheDirectory(), 'models');
  for (const id of ['ultraface-rfb', 'retinaface-mnet25', 'mtcnn-onet']) {
    await cp(join(models, id), join(work, 'cache', 'models', id), { recursive: true });
  }
  // Two people with two photos each: enough to compare, and quick.
  for (const { person } of sample.heldOut.slice(0, 2)) {
    await mkdir(join(work, 'people', person), { recursive: true });
    for (const photo of (await readdir(join(sample.folder, person))).slice(0, 2)) {
      await cp(join(sample.folder, person, photo), join(work, 'people', person, photo));
    }
  }
  await cp(join(models, 'faceplugin-512', 'model.onnx'), join(work, 'Face_v1.onnx'));
  vi.stubEnv('FACEDEX_CACHE', join(work, 'cache'));
});
afterAll(() => vi.unstubAllEnvs());

describe('facedex models', () => {
  it('refuses what it doesn’t know, and a file that is no network', async () => {
    for (const command of ['info', 'remove', 'verify']) {
      const { exitCode } = await facedex(['models', command, 'none'], work);
      expect([command, exitCode]).toEqual([command, 2]);
    }
    await writeFile(join(work, 'page.onnx'), '<html>');
    const page = await facedex(['models', 'add', 'page.onnx'], work);
    expect(page).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('INVALID_MODEL') });
    await writeFile(join(work, 'list.json'), '[]');
    const card = await facedex(['models', 'add', 'Face_v1.onnx', '--card', 'list.json'], work);
    expect(card).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('list.json') });
  });

  it('where the labelled photos can’t be had, adds nothing', async () => {
    await mkdir(join(work, 'empty'), { recursive: true });
    const add = ['models', 'add', 'Face_v1.onnx', '--images', 'empty'];
    const { exitCode, stderr } = await facedex(add, work);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('two people')]);
    expect(await readdir(join(work, 'cache', 'models'))).not.toContain('face-v1');
  });

  it('adds an ONNX file, and says where its card is wrong', async () => {
    // Pixels as they are, which no option would warn of: the network wants them around 0.
    const wrong = ['--colour-order', 'bgr', '--mean', '0', '--scale', '1'];
    const add = ['models', 'add', 'Face_v1.onnx', ...wrong, '--images', 'people'];
    const { exitCode, stdout, stderr } = await facedex([...add, '--json'], work);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining("doesn't fit")]);
    const { card, benchmark } = JSON.parse(stdout);
    expect(card).toMatchObject({ id: 'face-v1', dimension: 512, input: { colourOrder: 'bgr' } });
    expect(benchmark).toMatchObject({ people: 2, faces: 4, genuinePairs: 2, cardFits: false });
    expect(benchmark.variants[0]).toEqual(benchmark.best);
    const separations = benchmark.variants.map(
      (variant: { separation: number }) => variant.separation,
    );
    expect(separations).toEqual(separations.toSorted((a: number, b: number) => b - a));
  });

  it('lists and shows it, verifies it, compares with it, and removes it', async () => {
    await facedexJson(['models', 'remove', 'face-v1'], work);
    await facedexJson(['models', 'add', 'Face_v1.onnx', '--colour-order', 'bgr'], work);
    const { models } = await facedexJson(['models', 'list'], work);
    const listed = models.find(({ id }: { id: string }) => id === 'face-v1');
    expect(listed).toMatchObject({ origin: 'added', state: 'ready', isDefault: false });
    expect(models.find(({ id }: { id: string }) => id === 'facenet')).toMatchObject({
      origin: 'built-in',
      state: 'not-pulled',
    });
    const info = await facedex(['models', 'info', 'face-v1'], work);
    expect(info.stdout).toMatch(/512 values[\s\S]*Face_v1\.onnx/);
    const verified = await facedexJson(['models', 'verify'], work);
    expect(verified.models.map(({ id, ok }: { id: string; ok: boolean }) => [id, ok])).toEqual([
      ['ultraface-rfb', true],
      ['retinaface-mnet25', true],
      ['mtcnn-onet', true],
      ['face-v1', true],
    ]);
    // It has no threshold yet: one has to be given.
    const [{ person, path }] = sample.heldOut as [{ person: string; path: string }];
    const pair = [path, join(sample.folder, person, 'plain.jpg')];
    const verify = ['verify', ...pair, '--model', 'face-v1'];
    expect(await facedex(verify, work)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--threshold'),
    });
    const answer = await facedexJson([...verify, '--threshold', '1.15'], work);
    expect(answer).toMatchObject({ same: true, model: 'face-v1' });
    expect(await facedexJson(['models', 'remove', 'face-v1'], work)).toMatchObject({
      removed: true,
    });
    expect((await facedex(['models', 'info', 'face-v1'], work)).exitCode).toBe(2);
  });

  it('tells of every model that is damaged, with exit code 2', async () => {
    await cp(join(work, 'cache'), join(work, 'damaged'), { recursive: true });
    await writeFile(join(work, 'damaged', 'models', 'mtcnn-onet', 'model.onnx'), 'damaged');
    vi.stubEnv('FACEDEX_CACHE', join(work, 'damaged'));
    const { exitCode, stdout } = await facedex(['models', 'verify'], work);
    vi.stubEnv('FACEDEX_CACHE', join(work, 'cache'));
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/ultraface-rfb +ok/);
    expect(stdout).toMatch(/mtcnn-onet +MODEL_CORRUPT/);
  });
});

import { cp, mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogEntry, defaultCacheDirectory, fetchSource } from '@facedex/pipeline';
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
  for (const id of ['ultraface-rfb', 'mtcnn-onet']) {
    await cp(join(models, id), join(work, 'cache', 'models', id), { recursive: true });
  }
  // As its author published it: BGR, a batch of one.
  const { source } = catalogEntry('faceplugin-512').card;
  const [file] = (await fetchSource(source)).values();
  await writeFile(join(work, 'Face_v1.onnx'), file!);
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
    // Assumed: RGB. The network was trained on BGR.
    const add = ['models', 'add', 'Face_v1.onnx', '--images', sample.folder];
    const { card, benchmark } = await facedexJson(add, work);
    expect(card).toMatchObject({ id: 'face-v1', dimension: 512, input: { colourOrder: 'rgb' } });
    expect(benchmark.variants[0]).toEqual(benchmark.best);
    const separations = benchmark.variants.map(
      (variant: { separation: number }) => variant.separation,
    );
    expect(separations).toEqual(separations.toSorted((a: number, b: number) => b - a));
  });

  it('lists and shows it, verifies it, searches with it, and removes it', async () => {
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

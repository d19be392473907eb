import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  catalogEntry,
  DEFAULT_MODEL,
  embedderCard,
  findModel,
  listModels,
  loadModel,
  removeModel,
} from '../../src/models/index.js';

const CONTENT = 'an ONNX file';
const CARD = {
  ...catalogEntry(DEFAULT_MODEL).card,
  id: 'mine',
  space: 'mine',
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
  source: { from: 'file', name: 'face.onnx', sha256: '0'.repeat(64) },
  thresholds: {},
};

let cacheDirectory: string;
beforeEach(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'facedex-test-'));
});
afterEach(() => rm(cacheDirectory, { recursive: true, force: true }));

async function addByHand(card: object = CARD, content = CONTENT): Promise<void> {
  const folder = join(cacheDirectory, 'models', 'mine');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.json'), JSON.stringify(card));
  await writeFile(join(folder, 'model.onnx'), content);
}

describe('misuse', () => {
  it('an unknown id: the message lists built-in and added models', async () => {
    await addByHand();
    for (const ask of [embedderCard, findModel, loadModel, removeModel]) {
      await expect(ask('yours', { cacheDirectory })).rejects.toMatchObject({
        code: 'UNKNOWN_MODEL',
        message: expect.stringMatching(/faceplugin-512.*mine/),
      });
    }
  });

  it.each(['../mine', '', '.', 'mine/../mine'])('"%s" is no id', async (id) => {
    await addByHand();
    await expect(findModel(id, { cacheDirectory })).rejects.toMatchObject({
      code: 'UNKNOWN_MODEL',
    });
    await expect(removeModel(id, { cacheDirectory })).rejects.toMatchObject({
      code: 'UNKNOWN_MODEL',
    });
  });

  it.each([
    ['a card that is none', { id: 'mine' }],
    ['the card of another model', { ...CARD, id: 'yours' }],
  ])('%s is refused with its path; the model can be removed', async (_, card) => {
    await addByHand(card);
    await expect(loadModel('mine', { cacheDirectory })).rejects.toMatchObject({
      code: 'MODEL_CORRUPT',
      message: expect.stringContaining(join('mine', 'model.json')),
    });
    const listed = await listModels({ cacheDirectory });
    expect(listed.map((model) => model.card.id)).not.toContain('mine');
    expect(await removeModel('mine', { cacheDirectory })).toBe(true);
    expect(await readdir(join(cacheDirectory, 'models'))).toEqual([]);
  });

  it('a changed file is refused: add it again', async () => {
    await addByHand(CARD, 'another file');
    await expect(loadModel('mine', { cacheDirectory })).rejects.toMatchObject({
      code: 'MODEL_CORRUPT',
      message: expect.stringContaining('models add'),
    });
    expect(await findModel('mine', { cacheDirectory })).toMatchObject({ state: 'corrupt' });
  });

  it('an added model can’t take the place of a built-in one', async () => {
    const folder = join(cacheDirectory, 'models', DEFAULT_MODEL);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'model.json'), JSON.stringify({ ...CARD, id: DEFAULT_MODEL }));
    await writeFile(join(folder, 'model.onnx'), CONTENT);
    await expect(loadModel(DEFAULT_MODEL, { cacheDirectory })).rejects.toMatchObject({
      code: 'MODEL_CORRUPT',
    });
  });
});

describe('an added model', () => {
  it('is found by its card, beside the built-in ones', async () => {
    await addByHand();
    expect(await embedderCard('mine', { cacheDirectory })).toEqual(CARD);
    const loaded = await loadModel('mine', { cacheDirectory });
    expect(loaded.path).toBe(join(cacheDirectory, 'models', 'mine', 'model.onnx'));
    const listed = await listModels({ cacheDirectory });
    expect(listed.find(({ card }) => card.id === 'mine')).toMatchObject({
      origin: 'added',
      state: 'ready',
    });
    expect(listed.find(({ card }) => card.id === DEFAULT_MODEL)).toMatchObject({
      origin: 'built-in',
      state: 'not-pulled',
    });
  });

  it('is gone when it is removed', async () => {
    await addByHand();
    expect(await removeModel('mine', { cacheDirectory })).toBe(true);
    await expect(findModel('mine', { cacheDirectory })).rejects.toThrow(/mine/);
  });

  it('what a kill left of a built-in model that was being removed is gone when it is removed', async () => {
    const folder = join(cacheDirectory, 'models', 'facenet');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'model.onnx'), 'weights');
    expect(await removeModel('facenet', { cacheDirectory })).toBe(true);
    expect(await readdir(join(cacheDirectory, 'models'))).toEqual([]);
  });

  it('a built-in model that was not pulled: nothing to remove', async () => {
    expect(await removeModel(DEFAULT_MODEL, { cacheDirectory })).toBe(false);
  });
});

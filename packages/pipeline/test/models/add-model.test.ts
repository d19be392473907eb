import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addModel,
  CATALOG,
  loadModel,
  modelCardSchema,
  type NewCard,
  removeModel,
  verifyModel,
} from '../../src/models/index.js';
import { GraphBuilder } from '../../src/models/onnx/graph-builder.js';

const SIDE = 8;

let cacheDirectory: string;
beforeEach(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'facedex-test-'));
});
afterEach(() => rm(cacheDirectory, { recursive: true, force: true }));

interface Shape {
  readonly input?: (number | string)[];
  /** Factor of the embedding; 0 gives zeros, NaN no numbers. */
  readonly factor?: number;
  /** Shape that the embedding is given; a leading 1 is a batch of one baked in. */
  readonly reshape?: number[];
  /** Another output beside the embedding, as AdaFace's length. */
  readonly length?: boolean;
}

/** Embeds a picture as the mean of each channel, and adds it to a cache. */
async function add(card: NewCard, shape: Shape = {}): Promise<unknown> {
  const { input = [1, 3, SIDE, SIDE], factor = 1, reshape, length = false } = shape;
  const graph = new GraphBuilder('test');
  const picture = graph.input('data', input);
  const means = graph.node('ReduceMean', [picture], { axes: [2, 3], keepdims: 0 });
  const scaled = graph.node('Mul', [means, graph.floats([1], Float32Array.of(factor))]);
  const embedding = reshape ? graph.node('Reshape', [scaled, graph.integers(reshape)]) : scaled;
  graph.output('fc1', graph.node('Identity', [embedding]), [1, 3]);
  if (length) graph.output('norm', graph.node('ReduceL2', [scaled], { axes: [1] }), [1, 1]);
  return addFile(graph.build(), card);
}

async function addFile(content: Uint8Array | string, card: NewCard): Promise<unknown> {
  const path = join(cacheDirectory, 'Face Net.onnx');
  await writeFile(path, content);
  return addModel(path, { card, cacheDirectory });
}

const refused = (reason: RegExp) => ({
  code: 'INVALID_MODEL',
  message: expect.stringMatching(reason),
});

describe('a file that is no embedder', () => {
  afterEach(async () => {
    // Nothing of it stays.
    expect(await readdir(cacheDirectory)).not.toContain('models');
  });

  it('that is not there', async () => {
    const options = { card: { id: 'mine' }, cacheDirectory };
    const path = join(cacheDirectory, 'none.onnx');
    await expect(addModel(path, options)).rejects.toMatchObject(refused(/none\.onnx/));
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['a page', () => addFile('<html>', { id: 'mine' }), /Face Net\.onnx/],
    ['channels last', () => add({ id: 'mine' }, { input: [1, SIDE, SIDE, 3] }), /\[\?, 8, 8, 3\]/],
    ['not square', () => add({ id: 'mine' }, { input: [1, 3, 8, 9] }), /square/],
    ['zeros', () => add({ id: 'mine' }, { factor: 0 }), /zeros/],
    ['no numbers', () => add({ id: 'mine' }, { factor: Number.NaN }), /not finite/],
    ['one face alone', () => add({ id: 'mine' }, { reshape: [3] }), /not 3 at once/],
  ])('%s', async (_, adding, reason) => {
    await expect(adding()).rejects.toMatchObject(refused(reason));
  });

  it.each<[string, NewCard, RegExp]>([
    ['an id that leads elsewhere', { id: '../mine' }, /lower-case/],
    ['the id of a built-in model', { id: 'facenet' }, /built-in/],
    ['another size', { id: 'mine', alignment: { size: 112 } }, /takes 8 pixels.*112/],
    ['a scale of 0', { id: 'mine', input: { scale: 0 } }, /no scale of 0/],
    [
      'a template of two points',
      {
        id: 'mine',
        alignment: {
          template: [
            [1, 2],
            [3, 4],
          ],
        },
      },
      /template/,
    ],
    ['a threshold beyond 2', { id: 'mine', thresholds: { '1e-3': 3 } }, /thresholds/],
  ])('a card with %s', async (_, card, reason) => {
    await expect(add(card)).rejects.toMatchObject(refused(reason));
  });

  it('any size, and no card that says which', async () => {
    const input = ['N', 3, 'H', 'W'];
    await expect(add({ id: 'mine' }, { input })).rejects.toMatchObject(refused(/--size/));
  });
});

describe('an embedder', () => {
  it('with nothing but an id gets a complete card, and can be loaded and verified', async () => {
    const card = await add({ id: 'mine' });
    expect(modelCardSchema.parse(card)).toEqual(card);
    expect(card).toMatchObject({
      kind: 'embedder',
      dimension: 3,
      space: 'mine',
      source: { from: 'file', name: 'Face Net.onnx' },
      input: { width: SIDE, colourOrder: 'rgb', mean: [127.5, 127.5, 127.5] },
      thresholds: {},
    });
    // ArcFace's left eye, from 112 to 8 pixels.
    expect(card).toHaveProperty('alignment.template.0.0', expect.closeTo(38.2946 / 14, 9));
    expect((await loadModel('mine', { cacheDirectory })).card).toEqual(card);
    const check = await verifyModel('mine', { cacheDirectory });
    expect(check).toMatchObject({ kind: 'embedder', outputs: { embedding: 3 } });
  });

  it('keeps what its card says, also that of another facedex', async () => {
    const first = (await add({ id: 'mine', title: 'Mine', licence: 'MIT' })) as NewCard;
    await removeModel('mine', { cacheDirectory });
    const wrong = { sha256: '0'.repeat(64), dimension: 99, file: 'other.onnx' };
    const card = { ...first, ...wrong, thresholds: { '1e-3': 1.1 } };
    expect(await add(card)).toEqual({ ...first, thresholds: { '1e-3': 1.1 } });
  });

  it('takes several faces, also where a batch of one was baked in', async () => {
    await add({ id: 'mine' }, { reshape: [1, 3] });
    await expect(verifyModel('mine', { cacheDirectory })).resolves.toMatchObject({ id: 'mine' });
  });

  it('may take any size, and have a second output', async () => {
    const shape = { input: ['N', 3, 'H', 'W'], length: true };
    const card = await add({ id: 'mine', alignment: { size: 16, template: 'dlib' } }, shape);
    expect(card).toMatchObject({ input: { width: 0 }, alignment: { size: 16 }, dimension: 3 });
  });

  it('is added by the next run where one was killed between the card and the model', async () => {
    const first = await add({ id: 'mine' });
    await rm(join(cacheDirectory, 'models', 'mine', 'model.onnx'));
    await expect(loadModel('mine', { cacheDirectory })).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      message: expect.stringContaining('models add'),
    });
    expect(await add({ id: 'mine' })).toEqual(first);
    expect((await loadModel('mine', { cacheDirectory })).card).toEqual(first);
  });

  it('is not replaced by another of its id', async () => {
    await add({ id: 'mine' });
    await expect(add({ id: 'mine' }, { factor: 2 })).rejects.toMatchObject(
      refused(/models remove mine/),
    );
  });
});

describe('verifying', () => {
  it.for(CATALOG.filter(({ optional }) => !optional))(
    '$card.id, as it is pulled',
    async ({ card }) => {
      const { id, kind } = card;
      await expect(verifyModel(id)).resolves.toMatchObject({ id, kind });
    },
  );

  it('a file whose values are others than its card says', async () => {
    await add({ id: 'mine' });
    const { card, path } = await loadModel('mine', { cacheDirectory });
    await writeFile(join(path, '..', 'model.json'), JSON.stringify({ ...card, dimension: 4 }));
    await expect(verifyModel('mine', { cacheDirectory })).rejects.toMatchObject(
      refused(/3 values where its card says 4/),
    );
  });

  it('a file that was changed', async () => {
    await add({ id: 'mine' });
    const { path } = await loadModel('mine', { cacheDirectory });
    await writeFile(path, 'changed');
    await expect(verifyModel('mine', { cacheDirectory })).rejects.toMatchObject({
      code: 'MODEL_CORRUPT',
    });
  });
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Gallery, PhotoInput } from '../src/index.js';
import { embedding, photo } from './synthetic-photos.js';
import { openGallery, temporaryDirectory } from './temporary-gallery.js';

const SPACE = { id: 'wide', dimension: 160 };
const MANY = Array.from({ length: 2000 }, (_, seed) => seed);

function wide(seed: number): PhotoInput {
  const [face] = photo(seed).faces;
  return photo(seed, {
    faces: face === undefined ? [] : [{ ...face, embedding: embedding(seed, 160) }],
  });
}

async function nearest(
  gallery: Gallery,
  seed: number,
): Promise<{ photo: string; distance: number }> {
  const [match] = await gallery.search(embedding(seed, 160), { k: 1, threshold: 1 });
  if (match === undefined) {
    throw new Error(`expected a match for ${seed}`);
  }
  return match;
}

test('a kind that does not exist is an error, and is not kept', async () => {
  const directory = await temporaryDirectory();
  await expect(openGallery(directory, { index: 'Tree7' })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('Tree7'),
  });
  expect((await (await openGallery(directory)).stats()).index.factory).toBe('Flat');
  await expect(openGallery(directory, { mode: 'read', index: 'auto' })).rejects.toMatchObject({
    code: 'READ_ONLY',
  });
});

test('the reason that is told is of as many faces as there are', async () => {
  const gallery = await openGallery(await temporaryDirectory(), { space: SPACE });
  await gallery.enrol(MANY.slice(0, 5).map(wide));
  expect((await gallery.stats()).index.why).toMatch(/^5 faces/);
});

test('a kind that was asked for is kept, and made as soon as there is enough to learn from', async () => {
  const directory = await temporaryDirectory();
  let gallery = await openGallery(directory, { space: SPACE, index: 'IVF16,Flat' });
  await gallery.enrol(MANY.slice(0, 5).map(wide));
  await gallery.flush();
  expect((await gallery.stats()).index).toMatchObject({
    factory: 'Flat',
    why: expect.stringContaining('too few faces to learn IVF16,Flat'),
    recall: null,
  });
  await gallery.enrol(MANY.map(wide));
  await gallery.flush();
  const { index } = await gallery.stats();
  expect(index).toMatchObject({ factory: 'IVF16,Flat', size: 2000, why: 'it was asked for' });
  expect(index.recall?.value).toBeGreaterThanOrEqual(0.99);
  // Random vectors have no near neighbours: most lists have to be looked at.
  expect(index.parameters.nprobe).toBeGreaterThan(4);
  await gallery[Symbol.asyncDispose]();

  gallery = await openGallery(directory, { space: SPACE, mode: 'read' });
  expect((await gallery.stats()).index).toEqual(index);
  await gallery[Symbol.asyncDispose]();
  gallery = await openGallery(directory, { space: SPACE, index: 'auto' });
  await gallery.flush();
  expect((await gallery.stats()).index).toMatchObject({ factory: 'Flat', recall: null });
});

test('searches and insertions go on while the index moves, and nothing is lost', async () => {
  const directory = await temporaryDirectory();
  const gallery = await openGallery(directory, { space: SPACE, index: 'compact' });
  await gallery.enrol(MANY.slice(0, 1000).map(wide));
  await gallery.flush();
  expect((await gallery.stats()).index.factory).toBe('Flat');
  await gallery.enrol(MANY.slice(1000, 1500).map(wide));
  // Since then it moves.
  let moved: string | undefined;
  for (const seed of MANY.slice(1500, 1600)) {
    await gallery.enrol([wide(seed)]);
    await gallery.removePhoto(wide(seed - 1500).path);
    expect(await nearest(gallery, seed)).toMatchObject({ photo: wide(seed).path });
    moved ??= (await gallery.stats()).index.factory === 'Flat' ? undefined : wide(seed).path;
  }
  await gallery.flush();
  const { index, faces } = await gallery.stats();
  expect(faces).toBe(1500);
  expect(index).toMatchObject({ factory: 'PQ80x4fs', size: 1500, vectorBytes: 40 });
  expect(moved).toBeDefined();
  for (const seed of MANY.slice(100, 1600)) {
    const match = await nearest(gallery, seed);
    expect(match.photo).toBe(wide(seed).path);
    // From the whole vectors, not from the compressed ones.
    expect(match.distance).toBeLessThan(1e-6);
  }
  for (const seed of [0, 99]) {
    expect((await nearest(gallery, seed)).distance).toBeGreaterThan(0.5);
  }
});

test('closing does not wait for a move, and the next writer makes it', async () => {
  const directory = await temporaryDirectory();
  let gallery = await openGallery(directory, { space: SPACE });
  await gallery.enrol(MANY.map(wide));
  await gallery[Symbol.asyncDispose]();
  gallery = await openGallery(directory, { space: SPACE, index: 'compact' });
  await gallery[Symbol.asyncDispose]();
  gallery = await openGallery(directory, { space: SPACE });
  expect((await gallery.stats()).faces).toBe(2000);
  await gallery.flush();
  expect((await gallery.stats()).index.factory).toBe('PQ80x4fs');
});

test('a short memory makes the index small', async () => {
  const directory = await temporaryDirectory();
  const gallery = await openGallery(directory, { space: SPACE, indexMemoryBytes: 2000 * 200 });
  await gallery.enrol(MANY.map(wide));
  await gallery.flush();
  expect((await gallery.stats()).index).toMatchObject({
    factory: 'PQ80x4fs',
    why: expect.stringContaining('memory'),
  });
});

test('a graph, which keeps what was removed, is built anew before it is saved', async () => {
  const directory = await temporaryDirectory();
  let gallery = await openGallery(directory, { space: SPACE, index: 'HNSW8' });
  await gallery.enrol(MANY.slice(0, 300).map(wide));
  await gallery.flush();
  expect((await gallery.stats()).index).toMatchObject({ factory: 'HNSW8', size: 300 });
  expect(existsSync(join(directory, 'index.faiss'))).toBe(true);
  await gallery.removePhoto(wide(7).path);
  expect(existsSync(join(directory, 'index.faiss'))).toBe(false);
  await gallery[Symbol.asyncDispose]();
  gallery = await openGallery(directory, { space: SPACE });
  expect((await gallery.stats()).index).toMatchObject({ factory: 'HNSW8', size: 299 });
  expect((await nearest(gallery, 7)).distance).toBeGreaterThan(0.5);
});

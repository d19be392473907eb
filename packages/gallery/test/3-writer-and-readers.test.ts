import { expect, test } from 'vitest';
import { Gallery } from '../src/index.js';
import { startChild } from './start-child.js';
import { embedding, photo } from './synthetic-photos.js';
import { collect, openGallery, temporaryDirectory } from './temporary-gallery.js';

const LOCKED = { code: 'LOCKED', message: expect.stringContaining('another writer') };

test('a second writer in the same process is turned away, and harms nothing', async () => {
  const directory = await temporaryDirectory();
  const first = await openGallery(directory);
  for (let attempt = 0; attempt < 3; attempt++) {
    await expect(openGallery(directory)).rejects.toMatchObject(LOCKED);
  }
  await first.enrol([photo(0)]);
  await first[Symbol.asyncDispose]();
  const second = await openGallery(directory);
  expect(await second.stats()).toMatchObject({ faces: 1 });
});

test('a writer in another process holds the lock until it is killed', async () => {
  const directory = await temporaryDirectory();
  const child = startChild('hold', directory);
  await child.says('open');
  await expect(openGallery(directory)).rejects.toMatchObject(LOCKED);
  await openGallery(directory, { mode: 'read' });
  await child.kill();
  await openGallery(directory);
});

test('an error on opening lets go of the lock', async () => {
  const directory = await temporaryDirectory();
  await (await openGallery(directory))[Symbol.asyncDispose]();
  const space = { id: 'other', dimension: 16 };
  await expect(Gallery.open(directory, { space, mode: 'write' })).rejects.toMatchObject({
    code: 'WRONG_SPACE',
  });
  await openGallery(directory);
});

test('readers see what the writer has done before each search', async () => {
  const directory = await temporaryDirectory();
  const writer = await openGallery(directory);
  await writer.enrol([photo(0)]);
  const readers = [
    await openGallery(directory, { mode: 'read' }),
    await openGallery(directory, { mode: 'read' }),
  ];
  await writer.enrol([photo(1), photo(2)]);
  await writer.removePhoto(photo(0).path);
  for (const reader of readers) {
    const matches = await reader.search(embedding(1), { k: 10, threshold: 1 });
    expect(matches.map(({ faceId }) => faceId).sort()).toEqual([2, 3]);
    expect(await reader.stats()).toMatchObject({ faces: 2, index: { size: 2 } });
  }
});

test('a reader while another process writes sees whole batches, and more and more', async () => {
  const directory = await temporaryDirectory();
  await (await openGallery(directory))[Symbol.asyncDispose]();
  const child = startChild('enrol', directory, 200, 10);
  await child.says('open');
  const reader = await openGallery(directory, { mode: 'read' });
  let before = 0;
  while (!child.lines.includes('done')) {
    const faces = (await collect(reader.faces())).length;
    expect(faces % 8).toBe(0);
    expect(faces).toBeGreaterThanOrEqual(before);
    before = faces;
    await reader.search(embedding(0), { k: 5, threshold: 1 });
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await child.end();
  expect(await reader.search(embedding(0), { k: 200, threshold: 1 })).toHaveLength(160);
});

test('concurrent calls are answered as if one came after the other', async () => {
  const gallery = await openGallery(await temporaryDirectory());
  const seeds = Array.from({ length: 30 }, (_, seed) => seed);
  await Promise.all([
    ...seeds.map((seed) => gallery.enrol([photo(seed)])),
    ...seeds.map((seed) => gallery.search(embedding(seed), { k: 3, threshold: 1 })),
    gallery.flush(),
    gallery.stats(),
  ]);
  expect((await collect(gallery.faces())).map((face) => [face.id, face.photo])).toEqual(
    seeds.map((seed) => [seed + 1, photo(seed).path]),
  );
  const closing = [gallery.enrol([photo(99)]), gallery[Symbol.asyncDispose]()];
  await Promise.all(closing);
});

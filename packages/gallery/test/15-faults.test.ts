import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backupGallery, checkGallery, type Gallery, restoreGallery } from '../src/index.js';
import { noSmallDisk, SmallDisk } from './small-disk.js';
import { startChild } from './start-child.js';
import { embedding, photo, photoOrNot, randomNumbers } from './synthetic-photos.js';
import { collect, openGallery, temporaryDirectory } from './temporary-gallery.js';

if (noSmallDisk !== undefined) {
  console.log(`skipped: faults of the disk, since ${noSmallDisk}`);
}

const FULL = { code: 'STORAGE_FAILED' };
const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

/** The numbers of the photos that are in. */
async function numbersIn(gallery: Gallery): Promise<number[]> {
  const paths = (await collect(gallery.faces())).map((face) => face.photo);
  return paths.map((path) => Number(/(\d+)\.jpg$/.exec(path)?.[1]));
}

describe.skipIf(noSmallDisk !== undefined)('a disk that is full', () => {
  test('turns changes away, keeps what was acknowledged, and takes more when there is space', async () => {
    const disk = await SmallDisk.mount(4);
    const directory = join(disk.path, 'gallery');
    const notices: string[] = [];
    const onNotice = (message: string) => notices.push(message);
    const gallery = await openGallery(directory, { onNotice });
    await gallery.enrol(SEEDS.map((seed) => photo(seed)));
    await disk.fill();
    const held = [...SEEDS];
    let refusals = 0;
    for (let seed = 1000; refusals < 3; seed += 10) {
      const batch = Array.from({ length: 10 }, (_, i) => photo(seed + i));
      try {
        await gallery.enrol(batch);
        held.push(...batch.map((_, i) => seed + i));
      } catch (error) {
        expect(error).toMatchObject({ ...FULL, message: expect.stringContaining('make space') });
        refusals += 1;
      }
    }
    expect(await numbersIn(gallery)).toEqual(held);
    const [nearest] = await gallery.search(embedding(7), { k: 1, threshold: 0.1 });
    expect(nearest).toMatchObject({ photo: photo(7).path });
    await expect(gallery.flush()).rejects.toMatchObject({ code: 'IO_FAILED' });
    expect(await checkGallery(directory)).toMatchObject({ sound: true, faces: held.length });
    await expect(backupGallery(directory, join(disk.path, 'backup'))).rejects.toMatchObject(FULL);
    expect((await readdir(disk.path)).filter((name) => name.startsWith('backup'))).toEqual([]);
    // Whether there is space enough to delete is not ours to say, but it happens or it does not.
    const isRemoved = await gallery.removePhoto(photo(0).path).then(
      () => true,
      () => false,
    );
    await gallery[Symbol.asyncDispose]();
    expect(notices.join()).toContain('snapshot could not be written');

    const reader = await openGallery(directory, { mode: 'read', onNotice });
    const left = await numbersIn(reader);
    expect(isRemoved ? [0, ...left] : left.filter((number) => number > 0)).toEqual(
      isRemoved ? held : held.slice(1),
    );
    await reader[Symbol.asyncDispose]();
    await disk.free();
    const again = await openGallery(directory);
    await again.enrol([photo(5000)]);
    await again.flush();
    expect(await numbersIn(again)).toEqual([...left, 5000]);
    expect(await checkGallery(directory)).toMatchObject({ sound: true, findings: [] });
  });

  test('makes no half gallery, and restores none', async () => {
    const disk = await SmallDisk.mount(2);
    const directory = join(disk.path, 'gallery');
    const elsewhere = join(await temporaryDirectory(), 'gallery');
    const source = await openGallery(elsewhere);
    await source.enrol(SEEDS.map((seed) => photo(seed)));
    await backupGallery(elsewhere, `${elsewhere}.facedex`);
    await disk.fill();
    await expect(openGallery(directory)).rejects.toMatchObject(FULL);
    await expect(restoreGallery(`${elsewhere}.facedex`, directory)).rejects.toMatchObject(FULL);
    await expect(checkGallery(directory)).rejects.toMatchObject({ code: 'NO_GALLERY' });
    await disk.free();
    await restoreGallery(`${elsewhere}.facedex`, directory);
    expect(await checkGallery(directory)).toMatchObject({ sound: true, faces: SEEDS.length });
  });
});

describe.skipIf(noSmallDisk !== undefined)('a folder that is read-only', () => {
  test('is an error that says what to do, and harms nothing', async () => {
    const disk = await SmallDisk.mount(4);
    const directory = join(disk.path, 'gallery');
    const gallery = await openGallery(directory);
    await gallery.enrol(SEEDS.map((seed) => photo(seed)));
    await gallery[Symbol.asyncDispose]();
    disk.makeReadOnly(true);
    const refused = { code: 'STORAGE_FAILED', message: expect.stringContaining('writable') };
    await expect(openGallery(directory, { mode: 'read' })).rejects.toMatchObject(refused);
    await expect(checkGallery(directory)).rejects.toMatchObject(refused);
    await expect(openGallery(directory)).rejects.toMatchObject(FULL);
    disk.makeReadOnly(false);
    expect(await checkGallery(directory)).toMatchObject({ sound: true, findings: [], faces: 40 });
  });
});

test('an index file with any bit flipped is rebuilt, and answers are the same', async () => {
  const directory = await temporaryDirectory();
  const gallery = await openGallery(directory);
  await gallery.enrol(SEEDS.map((seed) => photo(seed)));
  await gallery[Symbol.asyncDispose]();
  const path = join(directory, 'index.faiss');
  const bytes = await readFile(path);
  const random = randomNumbers(9);
  for (let flip = 0; flip < 40; flip++) {
    const damaged = Buffer.from(bytes);
    damaged[Math.floor(random() * bytes.length)]! ^= 1 << Math.floor(random() * 8);
    await writeFile(path, damaged);
    expect(await checkGallery(directory)).toMatchObject({
      sound: false,
      findings: [{ part: 'index', problem: expect.stringContaining('cannot be used') }],
    });
    const notices: string[] = [];
    const onNotice = (message: string) => notices.push(message);
    const reader = await openGallery(directory, { mode: 'read', onNotice });
    const seed = flip % SEEDS.length;
    expect(await reader.search(embedding(seed), { k: 1, threshold: 0.1 })).toMatchObject([
      { photo: photo(seed).path },
    ]);
    expect(notices).toEqual([expect.stringContaining('rebuilding')]);
    await reader[Symbol.asyncDispose]();
  }
});

test('a database that lost its log opens as it was at a checkpoint, and check says what happened', async () => {
  const directory = await temporaryDirectory();
  // It stays there: were it done, there would be no log any more.
  const child = startChild('enrol', directory, 300, 5, 150);
  await child.says('150');
  await child.kill();
  const before = await checkGallery(directory);
  expect(before).toMatchObject({ sound: true });
  await rm(join(directory, 'gallery.db-wal'));
  await rm(join(directory, 'gallery.db-shm'), { force: true });
  const { sound, findings, faces } = await checkGallery(directory);
  expect(sound).toBe(false);
  expect(findings).toMatchObject([
    { part: 'index', problem: expect.stringContaining('lost its log') },
  ]);
  const notices: string[] = [];
  const onNotice = (message: string) => notices.push(message);
  const gallery = await openGallery(directory, { onNotice });
  expect(notices).toEqual([expect.stringContaining('newer than the database')]);
  expect(faces).toBeLessThan(before.faces);
  const left = await numbersIn(gallery);
  expect(left).toEqual(SEEDS300.slice(0, left.length));
  await gallery[Symbol.asyncDispose]();
  expect(await checkGallery(directory)).toMatchObject({ sound: true, findings: [], faces });
  await startChild('enrol', directory, 300, 5).end();
  expect(await checkGallery(directory)).toMatchObject({ sound: true, faces: 240 });
});

test('readers go on when the writer is killed, and see what the next one does', async () => {
  const directory = await temporaryDirectory();
  const reader = async () => {
    const gallery = await openGallery(directory, { mode: 'read' });
    return {
      count: async () => (await gallery.search(embedding(0), { k: 9999, threshold: 1 })).length,
    };
  };
  await (await openGallery(directory))[Symbol.asyncDispose]();
  const readers = await Promise.all([reader(), reader()]);
  let isSearching = true;
  const searching = readers.map(async ({ count }) => {
    let most = 0;
    for (let isLast = false; !isLast; ) {
      isLast = !isSearching;
      const faces = await count();
      expect(faces).toBeGreaterThanOrEqual(most);
      expect(faces % 4).toBe(0);
      most = faces;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return most;
  });
  for (const photos of [50, 150, 250]) {
    const child = startChild('enrol', directory, 300, 5);
    // The one before may have come further before it was killed, even to the end.
    await child.says((line) => Number(line) >= photos || line === 'done');
    await child.kill();
  }
  isSearching = false;
  const [first = 0, second = 0] = await Promise.all(searching);
  expect(Math.min(first, second)).toBeGreaterThanOrEqual(200);
  await startChild('enrol', directory, 300, 5).end();
  expect(await Promise.all(readers.map(({ count }) => count()))).toEqual([240, 240]);
});

const SEEDS300 = Array.from({ length: 300 }, (_, seed) => photoOrNot(seed))
  .map(({ faces }, seed) => (faces.length > 0 ? seed : -1))
  .filter((seed) => seed >= 0);

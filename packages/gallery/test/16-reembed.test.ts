import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  checkGallery,
  type FaceRecord,
  Gallery,
  type ReembeddedFace,
  Reembedding,
} from '../src/index.js';
import { toFloatBlob } from '../src/store/float-blob.js';
import { CALIBRATION, embedding, photo, photoWithoutFace, SPACE } from './synthetic-photos.js';
import { collect, openGallery, temporaryDirectory } from './temporary-gallery.js';

const NEXT = { id: 'next-model', dimension: 24 };
const SEEDS = Array.from({ length: 12 }, (_, seed) => seed);
const options = { dropMissing: false, recipeOf: (recipe: string) => `${recipe}-next` };

/** Named photos (faces 1 to 12), unnamed ones (13 to 24), of which a cluster has 13 to 16. */
async function filled(): Promise<string> {
  const directory = await temporaryDirectory();
  const gallery = await openGallery(directory);
  await gallery.enrol([...SEEDS.map((seed) => photo(seed)), photoWithoutFace(99)]);
  await gallery.enrol(
    SEEDS.map((seed) => photo(100 + seed, { path: `/album/${seed}.jpg`, person: null })),
  );
  const cluster = await gallery.clusters.move([13, 14, 15, 16, 17], null);
  await gallery.clusters.name(cluster, 'Eve');
  await gallery.clusters.reject([17]);
  await gallery[Symbol.asyncDispose]();
  return directory;
}

async function reembed(directory: string, space = NEXT): Promise<Reembedding> {
  const reembedding = await Reembedding.open(directory, space);
  onTestFinished(() => reembedding[Symbol.asyncDispose]());
  return reembedding;
}

function next(id: number, dimension = NEXT.dimension): ReembeddedFace {
  return {
    id,
    box: { x: id, y: 1, width: 50, height: 60 },
    landmarks: [[id, 2]],
    score: 0.5,
    embedding: embedding(1000 + id, dimension),
  };
}

async function stageAll(reembedding: Reembedding, except: readonly number[] = []): Promise<void> {
  for await (const { faces } of reembedding.photos()) {
    await reembedding.stage(
      faces.filter(({ id }) => !except.includes(id)).map(({ id }) => next(id)),
    );
  }
}

async function facesOf(directory: string): Promise<FaceRecord[]> {
  await using gallery = await Gallery.open(directory);
  return await collect(gallery.faces());
}

test('where there is no gallery, or another writer, nothing is moved', async () => {
  await expect(Reembedding.open(await temporaryDirectory(), NEXT)).rejects.toMatchObject({
    code: 'NO_GALLERY',
  });
  const directory = await filled();
  const writer = await openGallery(directory);
  await expect(Reembedding.open(directory, NEXT)).rejects.toMatchObject({ code: 'LOCKED' });
  await writer[Symbol.asyncDispose]();
  await reembed(directory);
  await expect(openGallery(directory)).rejects.toMatchObject({ code: 'LOCKED' });
});

test('what is no embedding of the new space, or of no face, is turned away', async () => {
  const reembedding = await reembed(await filled());
  await expect(reembedding.stage([next(1, 16)])).rejects.toMatchObject({
    code: 'INVALID_EMBEDDING',
  });
  await expect(reembedding.stage([next(1), next(77)])).rejects.toMatchObject({
    code: 'UNKNOWN_FACE',
  });
  expect(await reembedding.progress()).toEqual({ faces: 24, done: 0 });
  await expect(reembedding.finish(options)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});

test('faces keep id, person, cluster and corrections; readers are of the old model until it moves', async () => {
  const directory = await filled();
  await writeFile(join(directory, 'calibration.json'), CALIBRATION);
  const before = await facesOf(directory);
  const reader = await openGallery(directory, { mode: 'read' });
  const find = () => reader.search(embedding(3), { k: 1, threshold: 0.1 });
  const reembedding = await reembed(directory);
  await stageAll(reembedding);
  expect(await reembedding.progress()).toEqual({ faces: 24, done: 24 });
  expect(await collect(reembedding.photos())).toEqual([]);
  expect(await find()).toMatchObject([{ faceId: 4, known: true }]);
  expect(await facesOf(directory)).toEqual(before);

  expect(await reembedding.finish(options)).toEqual({ faces: 0, photos: 0 });
  await reembedding[Symbol.asyncDispose]();
  await expect(find()).rejects.toMatchObject({
    code: 'WRONG_SPACE',
    message: expect.stringContaining('next-model'),
  });
  await expect(collect(reader.faces())).rejects.toMatchObject({ code: 'WRONG_SPACE' });
  expect(await facesOf(directory)).toEqual(
    before.map(({ id, photo: path, person, personId }) => ({
      ...next(id),
      photo: path,
      person,
      personId,
    })),
  );
  const gallery = await openGallery(directory, { space: NEXT });
  expect(await gallery.clusters.list()).toMatchObject([{ id: 1, person: 'Eve', faces: 4 }]);
  // Rejected for good.
  await gallery.clusters.run({ threshold: 2, allowSamePhoto: true });
  const members = await gallery.clusters.facesOf(1);
  expect(members.map(({ id }) => id)).not.toContain(17);
  const states = await gallery.pathsUnder('/photos');
  expect(states.get(photo(3).path)).toMatchObject({ recipe: 'recipe-1-next' });
  // The new model may find a face in it.
  expect(states.get(photoWithoutFace(99).path)).toMatchObject({ recipe: 'recipe-1' });
  expect(existsSync(join(directory, 'calibration.json'))).toBe(false);
  expect(await readFile(join(directory, 'calibration-test-model.json'), 'utf8')).toBe(CALIBRATION);
  await gallery[Symbol.asyncDispose]();
  expect(await checkGallery(directory)).toMatchObject({ sound: true, findings: [], faces: 24 });
});

test('a run that ended goes on where it stopped, with what has changed meanwhile', async () => {
  const directory = await filled();
  const first = await reembed(directory);
  await stageAll(first, [2, 20]);
  await first[Symbol.asyncDispose]();

  const gallery = await openGallery(directory);
  await gallery.removePhoto(photo(4).path);
  await gallery.enrol([photo(50)]);
  await gallery[Symbol.asyncDispose]();
  const bytes = await readFile(join(directory, 'gallery.db'));
  expect(bytes.includes(toFloatBlob(next(4).embedding))).toBe(true);
  expect(bytes.includes(toFloatBlob(next(5).embedding))).toBe(false);
  expect(await checkGallery(directory)).toMatchObject({ sound: true });

  const second = await reembed(directory);
  expect(await second.progress()).toEqual({ faces: 24, done: 21 });
  const left = await collect(second.photos());
  expect(left.map(({ paths }) => paths)).toEqual([
    [photo(1).path],
    ['/album/7.jpg'],
    [photo(50).path],
  ]);
  expect(left[0]).toMatchObject({
    contentHash: 'hash-1',
    recipe: 'recipe-1',
    faces: [{ id: 2, box: { x: 1.25, y: 20, width: 100, height: 110 } }],
  });
  await stageAll(second);
  await second.finish(options);
  await second[Symbol.asyncDispose]();
  expect((await facesOf(directory)).map(({ id }) => id)).toEqual(
    [...Array(25).keys()].map((i) => i + 1).filter((id) => id !== 5),
  );
});

test('what was made for another model is dropped, and a gallery of the model is done', async () => {
  const directory = await filled();
  const first = await reembed(directory, { id: 'other-model', dimension: 24 });
  await stageAll(first);
  await first[Symbol.asyncDispose]();
  const second = await reembed(directory);
  expect(await second.progress()).toEqual({ faces: 24, done: 0 });
  await stageAll(second);
  await second.finish(options);
  await second[Symbol.asyncDispose]();
  expect(await Gallery.spaceOf(directory)).toEqual(NEXT);
  const third = await reembed(directory);
  expect(third).toMatchObject({ isDone: true });
  await third[Symbol.asyncDispose]();
});

test('a gallery never has the index of another model, also where the process dies as it moves', async () => {
  const directory = await filled();
  const index = join(directory, 'index.faiss');
  const reembedding = await reembed(directory);
  await stageAll(reembedding);
  // It cannot be removed.
  await rm(index);
  await mkdir(index);
  await expect(reembedding.finish(options)).rejects.toThrow('index.faiss');
  await rm(index, { recursive: true });
  expect(await Gallery.spaceOf(directory)).toEqual(SPACE);
  await reembedding.finish(options);
  expect(existsSync(index)).toBe(false);
  expect(await Gallery.spaceOf(directory)).toEqual(NEXT);
});

test('a calibration that a process which died has left is a note, and the next writer sets it aside', async () => {
  const directory = await filled();
  const reembedding = await reembed(directory);
  await stageAll(reembedding);
  await reembedding.finish(options);
  await reembedding[Symbol.asyncDispose]();
  await writeFile(join(directory, 'calibration.json'), CALIBRATION);
  expect(await checkGallery(directory)).toMatchObject({
    sound: true,
    findings: [
      { severity: 'note', problem: expect.stringContaining('no index snapshot') },
      { severity: 'note', advice: expect.stringContaining('sets it aside') },
    ],
  });
  const notices: string[] = [];
  const gallery = await openGallery(directory, {
    space: NEXT,
    onNotice: (notice) => notices.push(notice),
  });
  await gallery[Symbol.asyncDispose]();
  expect(existsSync(join(directory, 'calibration.json'))).toBe(false);
  expect(await readFile(join(directory, 'calibration-test-model.json'), 'utf8')).toBe(CALIBRATION);
  expect(notices).toContainEqual(expect.stringContaining('calibration-test-model.json'));
  expect(await checkGallery(directory)).toMatchObject({ sound: true, findings: [] });
});

test('faces that are given up go with their photos, people and clusters', async () => {
  const directory = await filled();
  const reembedding = await reembed(directory);
  await stageAll(reembedding, [2, 13, 14, 15, 16]);
  expect(await reembedding.finish({ ...options, dropMissing: true })).toEqual({
    faces: 5,
    photos: 5,
  });
  await reembedding[Symbol.asyncDispose]();
  const gallery = await openGallery(directory, { space: NEXT });
  expect((await gallery.people()).map(({ name }) => name)).not.toContain('Eve');
  expect(await gallery.clusters.list()).toEqual([]);
  expect(await gallery.stats()).toMatchObject({ faces: 19, index: { size: 19 } });
  await gallery[Symbol.asyncDispose]();
  expect(await checkGallery(directory)).toMatchObject({ sound: true });
});

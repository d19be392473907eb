import { expect, test } from 'vitest';
import { type FaceRecord, Gallery } from '../src/index.js';
import { Child } from './child-process.js';
import { photoOrNot, randomNumbers } from './synthetic-photos.js';
import { collect, openGallery, temporaryDirectory } from './temporary-gallery.js';

const PHOTOS = 600;
const BATCH = 5;
const KILLS = 24;

test('killed at any instant, nothing acknowledged is lost and the run goes on as if it had not been', async () => {
  const random = randomNumbers(20);
  const directory = await temporaryDirectory();
  let kills = 0;
  for (let finished = false; !finished; ) {
    const child = new Child('enrol', directory, PHOTOS, BATCH);
    if (kills < KILLS) {
      if (kills % 4 === 0) {
        // While it opens, or makes, the gallery.
        await new Promise((resolve) => setTimeout(resolve, random() * 600));
      } else {
        // In the middle of a batch, of a commit, or of a snapshot.
        await child.says('open');
        await new Promise((resolve) => setTimeout(resolve, random() * 60));
      }
      await child.kill();
      kills += 1;
    } else {
      await child.end();
      finished = true;
    }
    const acknowledged = Math.max(0, ...child.lines.map(Number).filter(Number.isFinite));
    if (acknowledged === 0 && (await Gallery.spaceOf(directory)) === undefined) {
      continue;
    }
    const gallery = await openGallery(directory, { mode: 'read' });
    const photos = (await gallery.pathsUnder('/photos')).size;
    expect(photos).toBeGreaterThanOrEqual(acknowledged);
    expect(photos % BATCH === 0 || photos === PHOTOS).toBe(true);
    expect(await collect(gallery.faces())).toEqual(facesOf(photos));
    await gallery[Symbol.asyncDispose]();
  }
  expect(kills).toBe(KILLS);

  const gallery = await openGallery(directory);
  const uninterrupted = await openGallery(await temporaryDirectory());
  await uninterrupted.enrol(Array.from({ length: PHOTOS }, (_, seed) => photoOrNot(seed)));
  expect(await collect(gallery.faces())).toEqual(await collect(uninterrupted.faces()));
  expect(await gallery.people()).toEqual(await uninterrupted.people());
  expect(await gallery.stats()).toMatchObject({ faces: 480, index: { size: 480 } });
});

/** The faces of the first photos, as an uninterrupted run numbers them. */
function facesOf(photos: number): FaceRecord[] {
  return Array.from({ length: photos }, (_, seed) => photoOrNot(seed))
    .flatMap(({ path, person, faces }) =>
      faces.map((face) => ({
        ...face,
        landmarks: [...face.landmarks] as [number, number][],
        photo: path,
        person,
      })),
    )
    .map((face, i) => ({ id: i + 1, ...face }));
}

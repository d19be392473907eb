import { expect, test } from 'vitest';
import { startChild } from './start-child.js';
import { enrolPhotos, FEWEST, killRounds } from './stress/kill-rounds.js';
import { photoOrNot } from './synthetic-photos.js';
import { collect, openGallery, temporaryDirectory } from './temporary-gallery.js';

const PHOTOS = 300;

// `npm run kills -w packages/gallery -- 200` does it 200 times.
test('killed at any instant, it opens, is sound, and holds exactly what was acknowledged', async () => {
  const directory = await temporaryDirectory();
  const gallery = await openGallery(directory);
  const photos = 2 * FEWEST;
  await enrolPhotos(gallery, { low: 0, high: photos });
  await gallery[Symbol.asyncDispose]();
  const summary = await killRounds(directory, { kills: 8, seed: 5, photos });
  expect(summary.failures).toEqual([]);
  expect(summary).toMatchObject({ opened: 8 });
  expect(Math.min(...Object.values(summary.kills))).toBeGreaterThan(0);
});

test('a run that was killed and goes on ends as if it had not been', async () => {
  const directory = await temporaryDirectory();
  const child = startChild('enrol', directory, PHOTOS, 5);
  await child.says('100');
  await child.kill();
  await startChild('enrol', directory, PHOTOS, 5).end();
  const gallery = await openGallery(directory);
  const uninterrupted = await openGallery(await temporaryDirectory());
  await uninterrupted.enrol(Array.from({ length: PHOTOS }, (_, seed) => photoOrNot(seed)));
  // The ids of people are of each gallery.
  const facesOf = async (one: typeof gallery) =>
    (await collect(one.faces())).map(({ personId: _, ...face }) => face);
  expect(await facesOf(gallery)).toEqual(await facesOf(uninterrupted));
  expect(await gallery.people()).toEqual(await uninterrupted.people());
  expect(await gallery.stats()).toMatchObject({ faces: 240, index: { size: 240 } });
});

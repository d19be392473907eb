import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pc from 'picocolors';
import { printNotice, shortPath } from '../cli/output.js';
import { startProgress } from '../cli/progress.js';
import { Facedex } from '../facedex.js';
import { writeFileAtomically } from '../write-file.js';
import { fetchDemoPhotos } from './demo-photos.js';
import { type HeldOutPhoto, makeSamplePeople } from './sample-people.js';

const OUTPUT = 'demo-output';
const PICTURE = 'compare.jpg';

/** Runs the main job once: index a folder of people, search, write a comparison picture. */
export async function runDemo({ data }: { readonly data?: string }): Promise<void> {
  const directory = resolve(OUTPUT);
  // The demo shows a first run, so what an earlier one left goes.
  await rm(directory, { recursive: true, force: true });
  await using facedex = await Facedex.open({
    gallery: join(directory, 'gallery'),
    onNotice: printNotice,
  });
  if (data === undefined) await demoOnSamples(facedex, directory);
  else await demoOnFolder(facedex, data);
}

async function demoOnSamples(facedex: Facedex, directory: string): Promise<void> {
  const photos = await fetchDemoPhotos();
  tell(
    `finding the faces in ${photos.length} group photos (MIT-licensed samples of @vladmandic/face-api)`,
  );
  const sample = await makeSamplePeople(facedex.pipeline, photos, directory);
  tell(
    `made ${sample.people} people of them, ${sample.photos / sample.people} photos each: the same ` +
      'shot varied by crop, mirror, light and size. That shows the way, not the accuracy: for that ' +
      'see the README',
  );
  await index(facedex, sample.folder);
  await searchHeldOut(facedex, sample.heldOut);
}

async function searchHeldOut(facedex: Facedex, heldOut: readonly HeldOutPhoto[]): Promise<void> {
  let right = 0;
  let searchMs = 0;
  for (const { person, path } of heldOut) {
    const result = await facedex.search(path, { k: 5 });
    searchMs += result.searchMs;
    if (result.matches[0]?.person === person) right++;
  }
  tell(
    `searched with ${heldOut.length} photos that were kept out (turned, darker): ` +
      `${pc.bold(`${right} of ${heldOut.length}`)} found their person first, ` +
      `${(searchMs / heldOut.length).toFixed(1)} ms a search`,
  );
  await writeComparison(facedex, heldOut[0]!.path);
}

async function demoOnFolder(facedex: Facedex, folder: string): Promise<void> {
  await index(facedex, folder);
  const people = await facedex.people();
  const several = people.find(({ photos }) => photos > 1) ?? people[0];
  if (several === undefined) return;
  for await (const { photo } of facedex.gallery.faces({ person: several.name })) {
    return writeComparison(facedex, photo);
  }
}

async function index(facedex: Facedex, folder: string): Promise<void> {
  using progress = startProgress('photos');
  const summary = await facedex.index(folder, {
    onProgress: ({ done, total, person }) => progress.update(done, total, person ?? '(nobody)'),
  });
  progress[Symbol.dispose]();
  tell(
    `indexed ${summary.added} photos of ${summary.people} people, ` +
      `${summary.photosPerSecond.toFixed(0)} photos a second, ${summary.skipped.length} skipped`,
  );
}

async function writeComparison(facedex: Facedex, photo: string): Promise<void> {
  const result = await facedex.search(photo, { k: 5 });
  await writeFileAtomically(PICTURE, await facedex.compare(photo, result, 'jpeg'));
  tell(
    `${pc.green('wrote')} ${pc.bold(PICTURE)}: the query and its ${result.matches.length} nearest faces`,
  );
  tell(`try: npx facedex search ${shortPath(photo)} --gallery ${OUTPUT}/gallery`);
}

function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}

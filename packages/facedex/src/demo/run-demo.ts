import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pc from 'picocolors';
import { printNotice, shortPath } from '../cli/output.js';
import { startProgress } from '../cli/progress.js';
import { Facedex } from '../facedex.js';
import { FacedexError } from '../facedex-error.js';
import type { IndexSummary } from '../index-folder.js';
import { writeFileAtomically } from '../write-file.js';
import { fetchDemoPhotos } from './demo-photos.js';
import { type HeldOutPhoto, makeSamplePeople } from './sample-people.js';

const OUTPUT = 'demo-output';
const PICTURE = 'compare.jpg';

/** What the demo did. */
export interface DemoSummary {
  readonly indexed: IndexSummary;
  /** Searches with photos that were kept out, and how many found their person first. */
  readonly searches: number;
  readonly foundFirst: number;
  /** The comparison picture. */
  readonly compare: string;
  readonly gallery: string;
}

/** Runs the main job once: index a folder of people, search, write a comparison picture. */
export async function runDemo(
  data: string | undefined,
  tell: (text: string) => void,
): Promise<DemoSummary> {
  const directory = resolve(OUTPUT);
  const gallery = join(directory, 'gallery');
  // The demo shows a first run, so what an earlier one left goes.
  await rm(directory, { recursive: true, force: true });
  await using facedex = await Facedex.open({ gallery, onNotice: printNotice });
  const { probe, ...summary } =
    data === undefined
      ? await indexSamples(facedex, directory, tell)
      : await indexOwn(facedex, data, tell);

  const result = await facedex.search(probe, { k: 5 });
  await writeFileAtomically(PICTURE, await facedex.compare(probe, result, 'jpeg'));
  tell(
    `${pc.green('wrote')} ${pc.bold(PICTURE)}: the query and its ${result.matches.length} nearest faces`,
  );
  tell(`try: npx facedex search ${shortPath(probe)} --gallery ${OUTPUT}/gallery`);
  return { ...summary, compare: resolve(PICTURE), gallery };
}

type Indexed = Omit<DemoSummary, 'compare' | 'gallery'> & { readonly probe: string };

async function indexSamples(
  facedex: Facedex,
  directory: string,
  tell: (text: string) => void,
): Promise<Indexed> {
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
  const indexed = await index(facedex, sample.folder, tell);
  const foundFirst = await searchHeldOut(facedex, sample.heldOut, tell);
  return {
    indexed,
    searches: sample.heldOut.length,
    foundFirst,
    probe: sample.heldOut[0]!.path,
  };
}

async function searchHeldOut(
  facedex: Facedex,
  heldOut: readonly HeldOutPhoto[],
  tell: (text: string) => void,
): Promise<number> {
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
  return right;
}

async function indexOwn(
  facedex: Facedex,
  folder: string,
  tell: (text: string) => void,
): Promise<Indexed> {
  const indexed = await index(facedex, folder, tell);
  const people = await facedex.people();
  const several = people.find(({ faces }) => faces > 1);
  const faces = facedex.gallery.faces(several ? { person: several.name } : {});
  for await (const { photo } of faces) {
    return { indexed, searches: 0, foundFirst: 0, probe: photo };
  }
  throw new FacedexError('NO_FACE', `no face found in any photo of ${folder}`);
}

async function index(
  facedex: Facedex,
  folder: string,
  tell: (text: string) => void,
): Promise<IndexSummary> {
  using progress = startProgress('photos');
  const summary = await facedex.index(folder, {
    onProgress: ({ done, total, person }) => progress.update(done, total, person ?? '(nobody)'),
  });
  progress[Symbol.dispose]();
  tell(
    `indexed ${summary.added} photos of ${summary.people} people, ` +
      `${summary.photosPerSecond.toFixed(0)} photos a second, ${summary.skipped.length} skipped`,
  );
  return summary;
}

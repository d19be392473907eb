// Which faces are found, and what is taken for one that isn't? Recall by face size on collages of LFW
// View 1 DevTrain portraits per detector size, group photos, pictures without a face:
// npx tsx bench/detection.ts [faces per size, default 300] [section: sizes, groups, faceless]
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type AnalysedPhoto,
  type Box,
  type DetectorSize,
  Pipeline,
  PipelineError,
} from '@facedex/pipeline';
import { collageCapacity, makeCollage, type Portrait } from './face-collage.js';
import {
  type FacelessPicture,
  generatedPictures,
  photographedObjects,
} from './faceless-pictures.js';
import { photosOf, requireLfw } from './lfw.js';

const GROUP_PHOTOS = resolve(import.meta.dirname, '../../shared/data/group-photos');

/**
 * Faces of people, counted by eye; and how many more may be found: faces of cardboard figures, on
 * posters and in frames, blurred people in the background.
 */
const GROUPS: Readonly<Record<string, readonly [people: number, more: number]>> = {
  '2007_007763.jpg': [7, 2],
  '2008_001009.jpg': [2, 0],
  '2008_001322.jpg': [3, 0],
  '2008_002079.jpg': [6, 3],
  '2008_002470.jpg': [6, 1],
  '2008_002506.jpg': [3, 0],
  '2008_004176.jpg': [7, 8],
  '2008_007676.jpg': [7, 1],
  '2009_004587.jpg': [2, 0],
  'Tom_Cruise_avp_2014_4.jpg': [1, 0],
  'bald_guys.jpg': [24, 0],
  // Dogs, and a magazine that lies on its side.
  'dogs.jpg': [0, 1],
};

const FACE_HEIGHTS = [95, 63, 38, 24, 16];
const CANVASES = [
  [640, 640],
  [1280, 960],
] as const;
const DETECTOR_SIZES: readonly DetectorSize[] = [320, 640, 'auto'];
const MIN_OVERLAP = 0.4;

const count = Number(process.argv[2] ?? 300);
const section = process.argv[3];
requireLfw();
await using pipeline = await Pipeline.open();
if (section === undefined || section === 'sizes') await facesBySize();
if (section === undefined || section === 'groups') await groupPhotos();
if (section === undefined || section === 'faceless') await picturesWithoutFace();

async function facesBySize(): Promise<void> {
  const portraits = await portraitsOf(count);
  console.log(`${portraits.length} portraits with one face; recall, and faces beyond those`);
  for (const canvas of CANVASES) {
    for (const faceHeight of FACE_HEIGHTS) {
      const perCanvas = collageCapacity(canvas, faceHeight);
      const groups: Portrait[][] = [];
      for (let at = 0; at < count; at += perCanvas) {
        const size = Math.min(perCanvas, count - at);
        groups.push(
          Array.from({ length: size }, (_, i) => portraits[(at + i) % portraits.length]!),
        );
      }
      const collages = await Promise.all(
        groups.map((group) => makeCollage(group, { canvas, faceHeight })),
      );
      const columns: string[] = [];
      for (const detectorSize of DETECTOR_SIZES) {
        let found = 0;
        let beyond = 0;
        const options = { embed: false, detectorSize } as const;
        const started = performance.now();
        for await (const { item, result } of pipeline.analyseAll(collages, {
          ...options,
          sourceOf: ({ picture }) => picture,
        })) {
          const { faces } = photoOf(result);
          const covers = (a: { box: Box }, b: Box) => overlap(a.box, b) > MIN_OVERLAP;
          found += item.faces.filter((box) => faces.some((face) => covers(face, box))).length;
          beyond += faces.filter(({ box }) =>
            item.faces.every((face) => overlap(box, face) < MIN_OVERLAP / 2),
          ).length;
        }
        const ms = (performance.now() - started) / collages.length;
        const recall = ((found / count) * 100).toFixed(2);
        columns.push(`${detectorSize}: ${recall} % (+${beyond}) ${ms.toFixed(0)} ms`);
      }
      console.log(`${canvas.join('x')}, ${faceHeight} px: ${columns.join('   ')}`);
    }
  }
}

async function groupPhotos(): Promise<void> {
  if (!existsSync(GROUP_PHOTOS)) {
    console.log(`skipped: no group photos at ${GROUP_PHOTOS}`);
    return;
  }
  for (const [file, [people, more]] of Object.entries(GROUPS)) {
    const { faces } = await pipeline.analyse(join(GROUP_PHOTOS, file), { embed: false });
    const right = faces.length >= people && faces.length <= people + more;
    const boxes = faces.map(({ box, score }) => `${Math.round(box.height)}/${score.toFixed(2)}`);
    const allowed = more === 0 ? `${people}` : `${people} to ${people + more}`;
    console.log(
      `${right ? 'ok   ' : 'WRONG'} ${file}: ${faces.length} of ${allowed} (${boxes.join(' ')})`,
    );
  }
}

async function picturesWithoutFace(): Promise<void> {
  await countFalseFaces('photographs of objects', await photographedObjects());
  await countFalseFaces('generated pictures', generatedPictures(Math.ceil(count / 10)));
}

async function countFalseFaces(
  what: string,
  pictures: Iterable<FacelessPicture> | AsyncIterable<FacelessPicture>,
): Promise<void> {
  let seen = 0;
  let wrong = 0;
  const options = { embed: false, sourceOf: ({ source }: FacelessPicture) => source } as const;
  for await (const { item, result } of pipeline.analyseAll(pictures, options)) {
    seen++;
    for (const { box, score } of photoOf(result).faces) {
      wrong++;
      console.log(`  ${item.name}: ${Math.round(box.height)} px, score ${score.toFixed(2)}`);
    }
  }
  console.log(`${what}: ${wrong} false faces in ${seen} pictures`);
}

/** Photos of DevTrain that show exactly one face, spread over all people. */
async function portraitsOf(wanted: number): Promise<Portrait[]> {
  const photos = photosOf('pairsDevTrain.txt');
  const step = Math.max(1, Math.floor(photos.length / (wanted * 1.3)));
  const portraits: Portrait[] = [];
  const spread = photos.filter((_, i) => i % step === 0);
  const options = { embed: false, sourceOf: ({ path }: { path: string }) => path } as const;
  for await (const { item, result } of pipeline.analyseAll(spread, options)) {
    const { width, height, faces } = photoOf(result);
    if (faces.length !== 1) continue;
    portraits.push({ path: item.path, box: faces[0]!.box, width, height });
    if (portraits.length === wanted) break;
  }
  return portraits;
}

function photoOf(result: AnalysedPhoto | PipelineError): AnalysedPhoto {
  if (result instanceof PipelineError) throw result;
  return result;
}

/** Intersection over union. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (a.width * a.height + b.width * b.height - width * height);
}

// Are faces found whatever way the photo lies, and what does looking for them cost? Portraits of LFW View
// 1 DevTrain, stored in all eight EXIF orientations, and turned without one:
// npx tsx bench/orientation.ts [portraits, default 200]
import { Pipeline, PipelineError } from '@facedex/pipeline';
import sharp from 'sharp';
import { storeAs } from '../test-support/store-as.js';
import { photosOf, requireLfw } from './lfw.js';

/** An embedding this like the upright photo's shows that the face was aligned upright. */
const SAME = 0.9;

requireLfw();
const count = Number(process.argv[2] ?? 200);
await using pipeline = await Pipeline.open();
const photos = photosOf('pairsDevTrain.txt');
const portraits = await Promise.all(
  Array.from({ length: count }, (_, i) => {
    const { path } = photos[Math.floor((i * photos.length) / count)]!;
    return sharp(path).png().toBuffer();
  }),
);
const upright = await embeddingsOf(portraits, false);

await report('upright', portraits, false);
await report('upright, any orientation', portraits, true);
for (const orientation of [2, 3, 4, 5, 6, 7, 8]) {
  const stored = await Promise.all(portraits.map((photo) => storeAs(orientation, photo)));
  await report(`EXIF orientation ${orientation}`, stored, false);
}
for (const turn of [90, 180, 270]) {
  const turned = await Promise.all(portraits.map((photo) => sharp(photo).rotate(turn).toBuffer()));
  await report(`turned by ${turn}, not asked`, turned, false);
  await report(`turned by ${turn}, any orientation`, turned, true);
}

async function report(
  what: string,
  pictures: readonly Uint8Array[],
  anyOrientation: boolean,
): Promise<void> {
  const started = performance.now();
  const embeddings = await embeddingsOf(pictures, anyOrientation);
  const ms = (performance.now() - started) / pictures.length;
  let found = 0;
  let same = 0;
  let difference = 0;
  for (const [i, embedding] of embeddings.entries()) {
    if (embedding === undefined) continue;
    found++;
    const reference = upright[i]!;
    let cosine = 0;
    for (const [d, value] of embedding.entries()) {
      cosine += value * reference[d]!;
      difference = Math.max(difference, Math.abs(value - reference[d]!));
    }
    if (cosine > SAME) same++;
  }
  console.log(
    `${what}: a face in ${found} of ${pictures.length}, ${same} as in the upright photo (largest ` +
      `difference of a value ${difference.toExponential(1)}), ${ms.toFixed(0)} ms a photo`,
  );
}

async function embeddingsOf(
  pictures: readonly Uint8Array[],
  anyOrientation: boolean,
): Promise<(Float32Array | undefined)[]> {
  const embeddings: (Float32Array | undefined)[] = [];
  const options = { find: 'subject', anyOrientation } as const;
  for await (const { result } of pipeline.analyseAll(pictures, {
    ...options,
    sourceOf: (picture) => picture,
  })) {
    if (result instanceof PipelineError) throw result;
    embeddings.push(result.faces[0]?.embedding);
  }
  return embeddings;
}

// Which distance gives which false accept rate? All pairs of the photos of LFW View 1 DevTrain.
// The thresholds of the model cards come from here: npx tsx bench/thresholds.ts [model]
import { DEFAULT_MODEL, Pipeline } from '@facedex/pipeline';
import { embedAll, photosOf, requireLfw } from './lfw.js';

const FARS = [1e-2, 1e-3, 1e-4, 1e-5];
const BINS = 400_000;

requireLfw();
const model = process.argv[2] ?? DEFAULT_MODEL;
await using pipeline = await Pipeline.open({ model });
const photos = photosOf('pairsDevTrain.txt');
const faces = await embedAll(pipeline, photos);

// Histograms over the squared distance (0…4): no N x N matrix, and finer than any threshold needs.
const genuine = new Float64Array(BINS);
const impostor = new Float64Array(BINS);
let genuinePairs = 0;
let impostorPairs = 0;
for (let i = 0; i < faces.length; i++) {
  const a = faces[i]!;
  for (let j = 0; j < i; j++) {
    const b = faces[j]!;
    let dot = 0;
    for (let d = 0; d < a.embedding.length; d++) dot += a.embedding[d]! * b.embedding[d]!;
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(((2 - 2 * dot) / 4) * BINS)));
    if (a.person === b.person) {
      genuine[bin]!++;
      genuinePairs++;
    } else {
      impostor[bin]!++;
      impostorPairs++;
    }
  }
}

console.log(`${model}: ${faces.length} of ${photos.length} photos with a face`);
console.log(`${genuinePairs} genuine and ${impostorPairs} impostor pairs`);
for (const far of FARS) {
  const allowed = far * impostorPairs;
  let accepted = 0;
  let bin = 0;
  while (bin < BINS && accepted + impostor[bin]! <= allowed) accepted += impostor[bin++]!;
  let right = 0;
  for (let i = 0; i < bin; i++) right += genuine[i]!;
  const threshold = Math.sqrt((bin / BINS) * 4);
  console.log(
    `FAR ${far.toExponential(0)}: distance ${threshold.toFixed(4)}, ` +
      `TAR ${((right / genuinePairs) * 100).toFixed(2)} %, ${accepted} impostor pairs accepted`,
  );
}

// Which distance gives which false accept rate? All pairs of the photos of LFW View 1 DevTrain.
// The thresholds and figures of the model cards come from here: npx tsx bench/thresholds.ts [model]
import { join } from 'node:path';
import { DEFAULT_MODEL } from '@facedex/pipeline';
import { evaluateAllPairsOfPhotos } from 'facedex';
import { LFW, requireLfw } from './lfw.js';

requireLfw();
const model = process.argv[2] ?? DEFAULT_MODEL;
const { photos, noFace, genuine, impostor, tarAtFar, thresholdAtFar } =
  await evaluateAllPairsOfPhotos({
    images: join(LFW, 'images'),
    pairs: [join(LFW, 'pairsDevTrain.txt')],
    model,
  });
console.log(`${model}: ${photos - noFace} of ${photos} photos with a face`);
console.log(`${genuine} genuine and ${impostor} impostor pairs`);
for (const [far, tar] of Object.entries(tarAtFar)) {
  const distance = thresholdAtFar[far]!.toFixed(4);
  console.log(`FAR ${far}: distance ${distance}, TAR ${(tar * 100).toFixed(2)} %`);
}

// A worker thread of the pipeline: decodes, finds and embeds, so that pixels never cross threads.
import { parentPort } from 'node:worker_threads';

import { workerData } from 'piscina';
import sharp from 'sharp';
import type { PhotoSource } from './decode-photo.js';
import { FaceDetector } from './face-detector.js';
import { FaceVerifier } from './face-verifier.js';
import type { LookOptions } from './find-faces.js';
import { FusedEmbedder } from './fused-embedder.js';
import { LandmarkFinder } from './landmark-finder.js';
import { LandmarkRefiner } from './landmark-refiner.js';
import { LivenessJudge } from './liveness-judge.js';
import type { NetworkFiles } from './locate-networks.js';
import { type AnalysedPhoto, analysePhotos } from './photo-analyser.js';
import { PipelineError, type PipelineErrorCode } from './pipeline-error.js';

/** Photos for a worker to analyse together. */
export interface WorkerTask {
  readonly sources: readonly PhotoSource[];
  readonly look: LookOptions;
  readonly embed: boolean;
}

/** What a worker answers per photo: an error class would not survive the way between threads. */
export type WorkerAnswer =
  | AnalysedPhoto
  | { readonly code: PipelineErrorCode; readonly message: string };

// One decoding thread per photo: several photos are decoded at once as it is.
sharp.concurrency(1);
sharp.cache(false);

const setup: NetworkFiles = workerData;
const [detector, verifier, landmarks, refiner, liveness] = await Promise.all([
  FaceDetector.open(setup.detector.path, setup.detector.scale),
  FaceVerifier.open(setup.verifier.path, setup.verifier.scale),
  LandmarkFinder.open(setup.landmarks.path, setup.landmarks.input),
  setup.refiner && LandmarkRefiner.open(setup.refiner.path, setup.refiner.scale),
  setup.liveness && LivenessJudge.open(setup.liveness.path, setup.liveness.scale),
]);
let embedder: Promise<FusedEmbedder> | undefined;

// The pool waits for this: a thread that is ended while it loads native code takes the process down.
parentPort?.postMessage('ready');

/** Entry point of the thread pool. */
export async function run({ sources, look, embed }: WorkerTask): Promise<WorkerAnswer[]> {
  if (embed) embedder ??= FusedEmbedder.open(setup.embedder);
  const networks = {
    detector,
    verifier,
    landmarks,
    effort: setup.landmarks.input.effort,
    refiner,
    liveness,
    embedder: embed ? await embedder : undefined,
  };
  const photos = await analysePhotos(sources, networks, look);
  return photos.map((photo) =>
    photo instanceof PipelineError ? { code: photo.code, message: photo.message } : photo,
  );
}

import { findEmbedder } from '../../packages/pipeline/src/embedder.js';
import { FaceDetector } from '../../packages/pipeline/src/face-detector.js';
import { FaceVerifier } from '../../packages/pipeline/src/face-verifier.js';
import { FusedEmbedder } from '../../packages/pipeline/src/fused-embedder.js';
import { LandmarkFinder } from '../../packages/pipeline/src/landmark-finder.js';
import { locateNetworks } from '../../packages/pipeline/src/locate-networks.js';
import type { Networks } from '../../packages/pipeline/src/photo-analyser.js';
import { PRESETS } from '../../packages/pipeline/src/presets.js';

/** The networks of a worker of the pipeline, on the calling thread. */
export async function openNetworks(): Promise<Networks> {
  const embedder = await findEmbedder(PRESETS.balanced);
  const files = await locateNetworks(embedder, { liveness: false });
  return {
    detector: await FaceDetector.open(files.detector.path, files.detector.scale),
    verifier: await FaceVerifier.open(files.verifier.path, files.verifier.scale),
    landmarks: await LandmarkFinder.open(files.landmarks.path, files.landmarks.input),
    effort: files.landmarks.input.effort,
    refiner: undefined,
    liveness: undefined,
    embedder: await FusedEmbedder.open(files.embedder),
  };
}

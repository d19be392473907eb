import { embedderCard } from '../../packages/pipeline/src/embedder-card.js';
import { FaceDetector } from '../../packages/pipeline/src/face-detector.js';
import { FaceEmbedder } from '../../packages/pipeline/src/face-embedder.js';
import { LandmarkFinder } from '../../packages/pipeline/src/landmark-finder.js';
import { DEFAULT_MODEL, DETECTOR, LANDMARKS } from '../../packages/pipeline/src/models/catalog.js';
import { loadModel } from '../../packages/pipeline/src/models/model-store.js';
import type { Networks } from '../../packages/pipeline/src/photo-analyser.js';

/** The networks of a worker of the pipeline, on the calling thread. */
export async function openNetworks(): Promise<Networks> {
  const { alignment, input, dimension } = embedderCard(DEFAULT_MODEL);
  const [detector, landmarks, embedder] = await Promise.all(
    [DETECTOR, LANDMARKS, DEFAULT_MODEL].map((id) => loadModel(id)),
  );
  return {
    detector: await FaceDetector.open(detector!.path, detector!.card.input),
    landmarks: await LandmarkFinder.open(landmarks!.path, landmarks!.card.input),
    embedder: await FaceEmbedder.open(embedder!.path, {
      ...alignment,
      colourOrder: input.colourOrder,
      scale: input,
      dimension,
    }),
  };
}

import type { Gallery } from '@facedex/gallery';
import { findEmbedder } from '@facedex/pipeline';
import { ActiveCalibration } from './calibration.js';

/** The distance at which groups of faces are joined; see {@link ActiveCalibration}. */
export async function clusterThreshold({ space, directory }: Gallery): Promise<number> {
  const embedder = await findEmbedder(space.id);
  const calibration = await ActiveCalibration.load(embedder, { gallery: directory });
  return calibration.clusterThreshold();
}

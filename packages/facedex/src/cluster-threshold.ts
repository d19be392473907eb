import type { Gallery } from '@facedex/gallery';
import { findEmbedder } from '@facedex/pipeline';
import { identificationThreshold } from './thresholds.js';

/**
 * The distance at which groups of faces are joined: every face is compared with every other, as when
 * somebody is looked for in the whole gallery, so it is the threshold for that.
 */
export async function clusterThreshold({ space }: Gallery): Promise<number> {
  return identificationThreshold(await findEmbedder(space.id));
}

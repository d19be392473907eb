import { type Box, PipelineError } from '@facedex/pipeline';
import { encodePicture } from './encode-picture.js';
import { regionAroundFace } from './face-region.js';
import type { PictureFormat } from './picture-format.js';
import { openUprightPhoto } from './upright-photo.js';

/** In pixels; pages show it at half the size, for screens of high resolution. */
const SIDE = 320;

/** The head, and not the neighbour's. */
const CONTEXT = 1.5;

/**
 * A square with a face and a little around it.
 *
 * @returns the bytes of a picture file; undefined where the photo is gone or can't be decoded
 */
export async function renderThumbnail(
  { photo, box }: { readonly photo: string; readonly box: Box },
  format: PictureFormat,
): Promise<Uint8Array | undefined> {
  try {
    const upright = await openUprightPhoto(photo);
    const region = regionAroundFace(box, upright, { context: CONTEXT });
    return await encodePicture(await upright.read(region, { width: SIDE, height: SIDE }), format);
  } catch (error) {
    if (error instanceof PipelineError) return undefined;
    throw error;
  }
}

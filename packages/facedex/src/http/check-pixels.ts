import { checkPhotoFormat, PipelineError } from '@facedex/pipeline';
import sharp from 'sharp';

/**
 * Reads a picture's header, and refuses one that would take more memory than it is given, before anything
 * of it is decoded.
 *
 * @throws {PipelineError} `PHOTO_TOO_LARGE`, `UNREADABLE_PHOTO`
 */
export async function checkPixels(picture: Uint8Array, mostPixels: number): Promise<void> {
  checkPhotoFormat(picture);
  const size = await sharp(picture, { limitInputPixels: mostPixels })
    .metadata()
    .catch((error: unknown) => {
      if (error instanceof Error && /exceeds pixel limit/i.test(error.message)) return undefined;
      throw new PipelineError(
        'UNREADABLE_PHOTO',
        'the file is not a picture in a known format (JPEG, PNG, WebP, AVIF, GIF, TIFF), or is damaged',
      );
    });
  if (size === undefined || size.width * size.height > mostPixels) {
    throw new PipelineError(
      'PHOTO_TOO_LARGE',
      `the picture has more than ${mostPixels.toLocaleString('en')} pixels: scale it down`,
    );
  }
}

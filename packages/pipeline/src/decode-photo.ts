import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { checkPhotoFormat } from './photo-format.js';
import { PipelineError } from './pipeline-error.js';

/** A photo file's path, or the bytes of a photo file. */
export type PhotoSource = string | Uint8Array;

/** An upright photo in memory. */
export interface Pixels {
  /** Pixels, after the EXIF orientation has been applied and the size bounded. */
  readonly width: number;
  readonly height: number;
  /** RGB, 8 bits a channel, row by row: `width * height * 3` bytes. */
  readonly data: Uint8Array;
  /** Size of the photo itself, upright. */
  readonly fullWidth: number;
  readonly fullHeight: number;
}

/**
 * The longest side that is decoded, in pixels. A larger photo is scaled down while it is decoded,
 * which bounds memory at 50 MB a photo; a face that is 1/40 of its side still fills a 112-pixel crop.
 */
export const MAX_DECODED_SIDE = 4096;

/** The most pixels a photo may have (sharp's own default): more is taken for a decompression bomb. */
export const MAX_PHOTO_PIXELS = 268_402_689;

/** Decoding the largest photo takes some seconds: one that takes longer was made to. */
const MAX_SECONDS = 60;

/**
 * Decodes JPEG, PNG, WebP, GIF, TIFF, AVIF (and HEIC where libvips has it) into upright 8-bit RGB.
 * Transparent parts become grey, an animation gives its first frame. `maxSide` bounds the decoded
 * size.
 *
 * @throws {PipelineError} `PHOTO_NOT_FOUND`, `PHOTO_TOO_LARGE`, `UNREADABLE_PHOTO`
 */
export async function decodePhoto(
  source: PhotoSource,
  { maxSide = MAX_DECODED_SIDE }: { readonly maxSide?: number } = {},
): Promise<Pixels> {
  const bytes = typeof source === 'string' ? await readPhoto(source) : source;
  const name = typeof source === 'string' ? source : 'the file';
  checkPhotoFormat(bytes, name);
  try {
    const image = sharp(bytes, { limitInputPixels: MAX_PHOTO_PIXELS, failOn: 'warning' });
    const { autoOrient } = await image.metadata();
    const { data, info } = await image
      .autoOrient()
      .resize({
        width: maxSide,
        height: maxSide,
        fit: 'inside',
        withoutEnlargement: true,
      })
      .flatten({ background: '#808080' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .timeout({ seconds: MAX_SECONDS })
      .toBuffer({ resolveWithObject: true });
    return {
      width: info.width,
      height: info.height,
      data: info.channels === 1 ? greyToRgb(data) : data,
      fullWidth: autoOrient.width,
      fullHeight: autoOrient.height,
    };
  } catch (error) {
    throw decodingError(name, error);
  }
}

async function readPhoto(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new PipelineError('PHOTO_NOT_FOUND', `no such file: ${path}`);
    }
    throw new PipelineError(
      'UNREADABLE_PHOTO',
      code === 'EISDIR'
        ? `${path} is a folder: expected a picture`
        : `can't read ${path} (${code})`,
    );
  }
}

function decodingError(name: string, error: unknown): PipelineError {
  const message = error instanceof Error ? error.message : String(error);
  if (/exceeds pixel limit/i.test(message)) {
    return new PipelineError(
      'PHOTO_TOO_LARGE',
      `${name} has more than ${MAX_PHOTO_PIXELS.toLocaleString('en')} pixels: scale it down`,
    );
  }
  return new PipelineError(
    'UNREADABLE_PHOTO',
    `${name} is damaged or incomplete: ${message.split('\n')[0]}`,
  );
}

function greyToRgb(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) rgb.fill(grey[i]!, i * 3, i * 3 + 3);
  return rgb;
}

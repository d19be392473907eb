import { readFile } from 'node:fs/promises';
import { checkPhotoFormat, PipelineError } from '@facedex/pipeline';
import { type Canvas, createCanvas, ImageData } from '@napi-rs/canvas';
import sharp from 'sharp';
import type { Region } from './face-region.js';

/** A photo as a person sees it: its EXIF orientation applied. */
export interface UprightPhoto {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Decodes a part of the photo, scaled to a size in pixels. */
  read(region: Region, size: { readonly width: number; readonly height: number }): Promise<Canvas>;
}

/**
 * Opens a photo file by its path or bytes; only its header is decoded.
 *
 * @throws {PipelineError} `PHOTO_NOT_FOUND`, `UNREADABLE_PHOTO`; `read` throws the latter, too
 */
export async function openUprightPhoto(source: string | Uint8Array): Promise<UprightPhoto> {
  const bytes = typeof source === 'string' ? await readBytes(source) : source;
  checkPhotoFormat(bytes);
  const { autoOrient } = await orUnreadable(() => sharp(bytes).metadata());
  return {
    ...autoOrient,
    read: (region, { width, height }) =>
      orUnreadable(async () => {
        const { data, info } = await sharp(bytes)
          .autoOrient()
          .extract(region)
          .resize(width, height, { fit: 'fill' })
          .flatten({ background: '#fff' })
          .toColourspace('srgb')
          .raw({ depth: 'uchar' })
          .toBuffer({ resolveWithObject: true });
        return toCanvas(data, info);
      }),
  };
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing) throw new PipelineError('PHOTO_NOT_FOUND', `no such file: ${path}`);
    throw unreadable(error);
  }
}

async function orUnreadable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(error: unknown): PipelineError {
  const reason = error instanceof Error ? error.message : String(error);
  return new PipelineError('UNREADABLE_PHOTO', `can't decode the photo: ${reason}`);
}

function toCanvas(
  data: Uint8Array,
  { width, height, channels }: { width: number; height: number; channels: number },
): Canvas {
  const rgba = new Uint8ClampedArray(width * height * 4);
  // A grey photo stays at one channel whatever colour space is asked for.
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  for (let i = 0; i < width * height; i++) {
    rgba[i * 4] = data[i * channels]!;
    rgba[i * 4 + 1] = data[i * channels + green]!;
    rgba[i * 4 + 2] = data[i * channels + blue]!;
    rgba[i * 4 + 3] = 255;
  }
  const canvas = createCanvas(width, height);
  canvas.getContext('2d').putImageData(new ImageData(rgba, width, height), 0, 0);
  return canvas;
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Gallery, type GalleryOptions } from '../src/index.js';
import { SPACE } from './synthetic-photos.js';

/** A directory that goes with the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'facedex-gallery-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Opens a gallery that is closed when the test ends, if the test has not closed it. */
export async function openGallery(
  directory: string,
  options: Partial<GalleryOptions> = {},
): Promise<Gallery> {
  const gallery = await Gallery.open(directory, { space: SPACE, mode: 'write', ...options });
  onTestFinished(() => gallery[Symbol.asyncDispose]());
  return gallery;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) {
    all.push(item);
  }
  return all;
}

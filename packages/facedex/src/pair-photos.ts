import { readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { type Pair, type PhotoReference, parsePairs } from '@facedex/gallery';
import { FacedexError } from './facedex-error.js';

/**
 * The pairs of a file in the format of Labeled Faces in the Wild.
 *
 * @throws {FacedexError} `FILE_NOT_FOUND`
 * @throws {GalleryError} `INVALID_FILE` where it is not in that format
 */
export async function readPairs(path: string): Promise<Pair[]> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new FacedexError('FILE_NOT_FOUND', `can't read ${path}: expected a pairs file of LFW`);
  });
  return parsePairs(text);
}

/** The name of a photo of a pairs file, without its extension. */
export function photoKey({ person, number }: PhotoReference): string {
  return `${person}_${String(number).padStart(4, '0')}`;
}

/**
 * The path of every photo that the pairs name, by its {@link photoKey}; each once, in a stable order.
 *
 * @throws {FacedexError} `PHOTO_MISSING`
 */
export async function locatePhotos(
  pairs: readonly Pair[],
  images: string,
): Promise<Map<string, string>> {
  const wanted = new Map(
    pairs.flatMap(({ a, b }) => [a, b]).map((photo) => [photoKey(photo), photo.person]),
  );
  const folders = new Map<string, Map<string, string>>();
  const found = new Map<string, string>();
  for (const key of [...wanted.keys()].sort()) {
    const folder = join(images, wanted.get(key)!);
    let files = folders.get(folder);
    if (files === undefined) {
      const names = await readdir(folder).catch(() => []);
      files = new Map(names.map((name) => [parse(name).name, join(folder, name)]));
      folders.set(folder, files);
    }
    const path = files.get(key);
    if (path === undefined) {
      throw new FacedexError(
        'PHOTO_MISSING',
        `${join(folder, key)}.jpg is named by the pairs file but is not there: check --images`,
      );
    }
    found.set(key, path);
  }
  return found;
}

import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { FacedexError } from './facedex-error.js';

/** A photo file of a folder of people. */
export interface PhotoFile {
  /** Absolute. */
  readonly path: string;
  /** Name of the first-level sub-folder that the file lies in; null at the top of the folder. */
  readonly person: string | null;
  readonly bytes: number;
  /** Time of the last change, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

const PHOTO_EXTENSIONS = new Set(
  '.jpg .jpeg .jpe .jfif .png .webp .gif .tif .tiff .avif .heic .heif .jxl .bmp'.split(' '),
);

/**
 * The photo files under a folder with one sub-folder per person, in a stable order (by path), so
 * that an interrupted run goes on exactly where it stopped. Hidden files and files with other
 * extensions are passed over; links are followed, loops are not.
 *
 * @throws {FacedexError} `FOLDER_NOT_FOUND`
 */
export async function listPhotos(folder: string): Promise<PhotoFile[]> {
  const root = resolve(folder);
  const info = await stat(root).catch(() => undefined);
  if (!info?.isDirectory()) {
    throw new FacedexError(
      'FOLDER_NOT_FOUND',
      `${folder} is ${info ? 'not a folder' : 'not there'}: expected a folder with one sub-folder of photos per person`,
    );
  }
  const files: PhotoFile[] = [];
  await walk(root, null, new Set(), files);
  return files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function walk(
  folder: string,
  person: string | null,
  visited: Set<string>,
  files: PhotoFile[],
): Promise<void> {
  const real = await realpath(folder);
  if (visited.has(real)) return;
  visited.add(real);
  for (const name of await readdir(folder)) {
    if (name.startsWith('.')) continue;
    const path = join(folder, name);
    // A file may go away while the folder is read, and a link may lead nowhere.
    const info = await stat(path).catch(() => undefined);
    if (info?.isDirectory()) {
      await walk(path, person ?? name, visited, files);
    } else if (info?.isFile() && PHOTO_EXTENSIONS.has(extname(name).toLowerCase())) {
      files.push({ path, person, bytes: info.size, modifiedMs: Math.trunc(info.mtimeMs) });
    }
  }
}

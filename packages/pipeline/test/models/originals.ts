import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { defaultCacheDirectory } from '../../src/models/cache-directory.js';
import { catalogEntry } from '../../src/models/catalog.js';
import { fetchSource, type PackageFiles } from '../../src/models/fetch-source.js';
import { replaceFile } from '../../src/models/replace-file.js';
import { PipelineError } from '../../src/pipeline-error.js';

/**
 * Files of a model's source package as they were published, kept in the cache between test runs.
 * A reason in place of the files when the registry can't be reached.
 */
export async function fetchOriginals(
  modelId: string,
  extraFiles: readonly string[] = [],
): Promise<PackageFiles | string> {
  const { source } = catalogEntry(modelId).card;
  const files = [...source.files, ...extraFiles];
  const folder = originalPath(modelId);
  const kept = await readAll(folder, files);
  if (kept) return kept;
  try {
    const fetched = await fetchSource({ ...source, files });
    for (const [file, content] of fetched) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await replaceFile(join(folder, file), content);
    }
    return fetched;
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'FETCH_FAILED') return error.message;
    throw error;
  }
}

/** Where {@link fetchOriginals} keeps a file of a model's source package. */
export function originalPath(modelId: string, file = ''): string {
  const { source } = catalogEntry(modelId).card;
  const name = `${source.package.replaceAll('/', '-')}-${source.version}`;
  return join(defaultCacheDirectory(), 'test-originals', name, file);
}

async function readAll(
  folder: string,
  files: readonly string[],
): Promise<PackageFiles | undefined> {
  try {
    return new Map(
      await Promise.all(
        files.map(async (file) => [file, await readFile(join(folder, file))] as const),
      ),
    );
  } catch {
    return undefined;
  }
}

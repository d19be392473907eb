import type { IndexStats } from '../gallery-options.js';
import { ID_BYTES } from './choose-index.js';
import type { IndexBuild, IndexInfo } from './vector-index.js';

/** What is told of an index. */
export function indexStats(
  index: IndexInfo & { factory: string; build: IndexBuild; fileBytes: number },
): IndexStats {
  const { why, search } = index.build;
  return {
    factory: index.factory,
    why,
    size: index.size,
    parameters: search.parameters,
    candidates: search.candidates,
    recall: search.recall ?? null,
    vectorBytes: index.vectorBytes,
    bytesPerFace: index.vectorBytes + ID_BYTES,
    fileBytes: index.fileBytes,
  };
}

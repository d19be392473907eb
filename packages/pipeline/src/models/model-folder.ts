import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '../pipeline-error.js';
import { type ModelCard, modelCardSchema } from './model-card.js';
import { replaceFile } from './replace-file.js';

const CARD = 'model.json';

/** Path of a model's ONNX file: `<cache>/models/<id>/<file>`, beside its card. */
export function modelPath(cacheDirectory: string, { id, file }: ModelCard): string {
  return join(cacheDirectory, 'models', id, file);
}

/**
 * The card in a model's folder; undefined where there is none.
 *
 * @throws {PipelineError} `MODEL_CORRUPT` where it isn't a card, or one of another id;
 * `CACHE_FAILED`
 */
export async function readCard(cacheDirectory: string, id: string): Promise<ModelCard | undefined> {
  // An id that is none must not lead out of the folder.
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id)) return undefined;
  const path = join(cacheDirectory, 'models', id, CARD);
  const text = await readIfPresent(path);
  if (text === undefined) return undefined;
  try {
    const card = modelCardSchema.parse(JSON.parse(text.toString()));
    if (card.id !== id) throw new Error(`it is the card of ${card.id}`);
    return card;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PipelineError(
      'MODEL_CORRUPT',
      `${path} is not the card of ${id}: ${reason}; remove the model, and add it again`,
      { cause },
    );
  }
}

/** Ids of the models that have a card, sorted. */
export async function storedIds(cacheDirectory: string): Promise<string[]> {
  const folder = join(cacheDirectory, 'models');
  try {
    const names = await readdir(folder);
    return names.filter((name) => existsSync(join(folder, name, CARD))).sort();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cacheFailed('read', cause);
  }
}

/** SHA-256 of a model's ONNX file; undefined where there is none. */
export async function modelHash(
  cacheDirectory: string,
  card: ModelCard,
): Promise<string | undefined> {
  const content = await readIfPresent(modelPath(cacheDirectory, card));
  return content && sha256(content);
}

/**
 * Writes a model's card and ONNX file.
 *
 * @throws {PipelineError} `CACHE_FAILED`
 */
export async function writeModel(
  cacheDirectory: string,
  { card, model }: { readonly card: ModelCard; readonly model: Uint8Array },
): Promise<void> {
  const path = modelPath(cacheDirectory, card);
  try {
    // The card goes first: a model that is there has one.
    await replaceFile(join(path, '..', CARD), `${JSON.stringify(card, null, 2)}\n`);
    await replaceFile(path, model);
  } catch (cause) {
    throw cacheFailed('written', cause);
  }
}

/** Deletes a model's folder; whether there was one. */
export async function deleteModel(cacheDirectory: string, id: string): Promise<boolean> {
  // Also what is left of one, without its card, where a process was killed as it deleted it.
  const folder = join(cacheDirectory, 'models', id);
  if (!existsSync(folder)) return false;
  try {
    await rm(folder, { recursive: true });
    return true;
  } catch (cause) {
    throw cacheFailed('written', cause);
  }
}

export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

async function readIfPresent(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
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

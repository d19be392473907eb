import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { PipelineError } from '../pipeline-error.js';
import type { AlignmentName } from './alignments.js';
import { defaultCacheDirectory } from './cache-directory.js';
import { CATALOG } from './catalog.js';
import { convertFacenetPytorch } from './convert/convert-facenet-pytorch.js';
import { convertOnnxEmbedder } from './convert/convert-onnx-embedder.js';
import type { EmbedderCard } from './model-card.js';
import { modelPath, readCard, sha256, writeModel } from './model-folder.js';
import type { ModelStoreOptions } from './model-store.js';
import { completeCard, type NewCard } from './new-card.js';
import { decodeOnnx, toNumber } from './onnx/onnx-model.js';
import { runEmbedder } from './verify-model.js';

/** How to add a model. */
export interface AddOptions extends ModelStoreOptions {
  /** What the user knows of it; all but the id may be left out. */
  readonly card: NewCard;
}

/**
 * Adds an embedder of the user's: an ONNX file with one input [N, 3, H, W], or a checkpoint (`.pt`)
 * of facenet-pytorch's InceptionResnetV1. It is made to take any number of faces, run on noise to
 * see that it gives embeddings, and kept beside its completed card.
 *
 * @throws {PipelineError} `INVALID_MODEL` where the file or the card can't be used, or the id is
 * taken; `MODEL_CORRUPT` where the card of a model of that id can't be read; `CACHE_FAILED`
 */
export async function addModel(path: string, options: AddOptions): Promise<EmbedderCard> {
  const { cacheDirectory = defaultCacheDirectory() } = options;
  const card = isCheckpoint(path) ? withTemplate(options.card, 'facenet') : options.card;
  await refuseTakenId(card.id, cacheDirectory);
  const original = await readFile(path).catch((cause: unknown) => {
    throw new PipelineError('INVALID_MODEL', `can't read ${path}: ${String(cause)}`, { cause });
  });
  const name = basename(path);
  const model = await convert(original, name);
  const facts = {
    sha256: sha256(model),
    source: { from: 'file', name, sha256: sha256(original) },
    side: inputSide(model),
  } as const;
  // The card is checked first, as it may say which size to run the network at.
  const { alignment } = completeCard(card, { ...facts, dimension: 1 });
  const { outputs } = await runEmbedder(model, { side: alignment.size });
  const [embedding] = Object.values(outputs);
  const completed = completeCard(card, { ...facts, dimension: embedding!.length });
  await writeModel(cacheDirectory, { card: completed, model });
  return completed;
}

/** A model isn't replaced: galleries may hold embeddings of the one that is there. */
async function refuseTakenId(id: string, cacheDirectory: string): Promise<void> {
  if (CATALOG.some(({ card }) => card.id === id)) {
    throw new PipelineError('INVALID_MODEL', `${id} is a built-in model: choose another id`);
  }
  const taken = await readCard(cacheDirectory, id);
  // A card without its model is what a process left that was killed as it added it.
  if (taken !== undefined && existsSync(modelPath(cacheDirectory, taken))) {
    throw new PipelineError(
      'INVALID_MODEL',
      `there is a model ${id} already: choose another id, or remove it: npx facedex models remove ${id}`,
    );
  }
}

async function convert(original: Uint8Array, name: string): Promise<Uint8Array> {
  try {
    return isCheckpoint(name)
      ? await convertFacenetPytorch(original)
      : convertOnnxEmbedder(original);
  } catch (cause) {
    if (!(cause instanceof PipelineError)) throw cause;
    throw new PipelineError('INVALID_MODEL', `${name} can't be used: ${cause.message}`, { cause });
  }
}

function isCheckpoint(path: string): boolean {
  return /\.(pt|pth)$/i.test(path);
}

/** With a template for where the card names none. */
function withTemplate(card: NewCard, template: AlignmentName): NewCard {
  return { ...card, alignment: { template, ...card.alignment } };
}

/** Side of the square pictures that a network takes, in pixels; 0 where it takes any size. */
function inputSide(model: Uint8Array): number {
  const [input] = decodeOnnx(model).graph.input;
  const sizes = (input?.type.tensorType.shape.dim ?? []).map(({ dimValue }) =>
    toNumber(dimValue ?? 0),
  );
  const [, channels, height, width] = sizes;
  if (sizes.length !== 4 || channels !== 3 || height !== width) {
    throw new PipelineError(
      'INVALID_MODEL',
      `expected a network that takes square pictures as [N, 3, size, size], received one that takes [${sizes.map((size) => size || '?').join(', ')}]`,
    );
  }
  return height ?? 0;
}

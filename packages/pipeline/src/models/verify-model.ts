import { PipelineError } from '../pipeline-error.js';
import { openSession, runSession } from '../session.js';
import type { ModelCard } from './model-card.js';
import { loadModel, type ModelStoreOptions } from './model-store.js';

/** What a run of a model on noise gave. */
export interface ModelCheck {
  readonly id: string;
  readonly kind: ModelCard['kind'];
  /** Values of each output for one picture, by the output's name. */
  readonly outputs: Readonly<Record<string, number>>;
  /** Of one run on one picture on one thread, in milliseconds. */
  readonly runMs: number;
}

/** Side of the picture for a network that takes any size. */
const ANY_SIDE = 320;

/** An embedder's batch, to see that it takes several faces. */
const FACES = 3;

/**
 * The largest difference of an embedding alone and in a batch, as a share of its largest value:
 * well above what another order of sums makes of it, well below any other face.
 */
const TOLERANCE = 1e-3;

/**
 * Checks a model's file against its card's hash, opens it, and runs it once on noise: what comes out
 * must be finite, and of an embedder `dimension` values that can be scaled to unit length, the same
 * for a face alone and among others.
 *
 * @throws {PipelineError} `UNKNOWN_MODEL`, `MODEL_MISSING`, `MODEL_CORRUPT`, `CACHE_FAILED`;
 * `INVALID_MODEL` where it opens but doesn't do what its card says
 */
export async function verifyModel(
  id: string,
  options: ModelStoreOptions = {},
): Promise<ModelCheck> {
  const { card, path } = await loadModel(id, options);
  const { outputs, runMs } =
    card.kind === 'embedder'
      ? await runEmbedder(path, { side: card.alignment.size, expected: card.dimension })
      : await runOnNoise(path, [1, 0, card.input.height || ANY_SIDE, card.input.width || ANY_SIDE]);
  const sizes = Object.entries(outputs).map(([name, values]) => [name, values.length] as const);
  return { id, kind: card.kind, outputs: Object.fromEntries(sizes), runMs };
}

/**
 * Runs an embedder on noise, on one face and on several.
 *
 * @throws {PipelineError} `INVALID_MODEL` where it can't be opened or run, doesn't give `expected`
 * values, or gives a face another embedding when it is not alone
 */
export async function runEmbedder(
  model: string | Uint8Array,
  { side, expected }: { readonly side: number; readonly expected?: number },
): Promise<NoiseRun> {
  const alone = await runOnNoise(model, [1, 3, side, side]);
  const [embedding = new Float32Array()] = Object.values(alone.outputs);
  if (expected !== undefined && embedding.length !== expected) {
    throw invalid(`it gives ${embedding.length} values where its card says ${expected}`);
  }
  const largest = embedding.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) throw invalid('it gives zeros, which have no direction');
  const together = await runOnNoise(model, [FACES, 3, side, side]).catch((error: unknown) => {
    throw invalid(`it takes one face but not ${FACES} at once: ${String(error)}`);
  });
  const [embeddings = new Float32Array()] = Object.values(together.outputs);
  const isSame = embedding.every(
    (value, i) => Math.abs(value - embeddings[i]!) <= TOLERANCE * largest,
  );
  if (embeddings.length !== FACES * embedding.length || !isSame) {
    throw invalid('a face has another embedding among others than alone');
  }
  return alone;
}

/** Outputs of a run, by name. */
interface NoiseRun {
  readonly outputs: Readonly<Record<string, Float32Array>>;
  readonly runMs: number;
}

/** Where a size is 0, it is the network's own: some look at grey pictures. */
async function runOnNoise(model: string | Uint8Array, sizes: readonly number[]): Promise<NoiseRun> {
  try {
    const session = await openSession(model);
    try {
      const [input] = session.inputMetadata;
      const shape = sizes.map((size, i) => size || (input?.isTensor ? Number(input.shape[i]) : 0));
      const started = performance.now();
      const outputs = await runSession(session, noise(shape), shape);
      const runMs = performance.now() - started;
      for (const [name, values] of Object.entries(outputs)) {
        if (!values.every(Number.isFinite)) throw invalid(`output ${name} is not finite`);
      }
      return { outputs, runMs };
    } finally {
      await session.release();
    }
  } catch (cause) {
    if (cause instanceof PipelineError) throw cause;
    throw invalid(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** Values from -1 to 1, the same in every run, and the same first picture in every batch. */
function noise(shape: readonly number[]): Float32Array {
  let state = 1;
  const length = shape.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length }, () => {
    // A linear congruential generator with the constants of Numerical Recipes.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function invalid(reason: string, cause?: unknown): PipelineError {
  return new PipelineError('INVALID_MODEL', `the network can't be used: ${reason}`, { cause });
}

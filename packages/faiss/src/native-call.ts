import { checkInteger } from './arguments.js';
import { toFaissError } from './faiss-error.js';

/** The most threads that a call can ask for; there are never more than `OMP_NUM_THREADS`. */
const MAX_THREADS = 1024;

/**
 * For what was started and is awaited later, such as a copy when a queued call begins: else its failure
 * would count as unhandled until then.
 */
export function awaitedLater<T>(started: Promise<T>): Promise<T> {
  started.catch(() => {});
  return started;
}

/** Waits for the addon, and gives its failures the package's type. */
export async function asFaissError<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw toFaissError(error);
  }
}

/**
 * How many threads a call uses: all, unless the caller asked for fewer, and never more than rows.
 *
 * @throws {FaissError} `INVALID_ARGUMENT`
 */
export function threadsFor(rows: number, threads: number = MAX_THREADS): number {
  checkInteger('threads', threads, [1, MAX_THREADS]);
  return Math.max(1, Math.min(rows, threads));
}

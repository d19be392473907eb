import { checkInteger, checkOptions } from './arguments.js';
import { loadNative } from './load-native.js';

/** More are a mistake. */
const MOST_THREADS = 1024;

/**
 * The most threads that a call of this package uses, in this process: at first the value of
 * `OMP_NUM_THREADS`, else the number of cores.
 *
 * @throws {FaissError} `ADDON_UNAVAILABLE`
 */
export function maxThreads(): number {
  return loadNative().maxThreads();
}

/**
 * Limits the threads of each following call, to 1 to 1,024. Calls that run beside each other each
 * have their own.
 *
 * @throws {FaissError} `INVALID_ARGUMENT`, `ADDON_UNAVAILABLE`
 */
export function setMaxThreads(threads: number): void {
  checkInteger('threads', threads, [1, MOST_THREADS]);
  loadNative().setMaxThreads(threads);
}

/**
 * The number of threads that a call asks for.
 *
 * @throws {FaissError} `INVALID_ARGUMENT`
 */
export function checkThreads(options: { threads?: number }): number | undefined {
  checkOptions('options', options);
  const { threads } = options;
  if (threads !== undefined) {
    checkInteger('threads', threads, [1, MOST_THREADS]);
  }
  return threads;
}

import { createRequire } from 'node:module';
import { FaissError } from './faiss-error.js';
import type { Native } from './native.js';

const require = createRequire(import.meta.url);
const ADDON = '../build/Release/facedex_faiss.node';

/**
 * Loads the addon; Node keeps it after the first time.
 *
 * @throws {FaissError} `ADDON_UNAVAILABLE`
 */
export function loadNative(): Native {
  try {
    return requireAddon();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new FaissError(
      'ADDON_UNAVAILABLE',
      `The FAISS addon can't be loaded on ${process.platform}-${process.arch} (${reason}). ` +
        'Things to try: install FAISS and OpenBLAS (Debian and Ubuntu: apt-get install ' +
        'libfaiss-dev libopenblas-serial-dev g++; macOS: brew install faiss openblas libomp), ' +
        'then compile the addon with `npm run build:native` in the folder of @facedex/faiss.',
      { cause: error },
    );
  }
}

/**
 * OpenMP's threads spin while they wait for each other, which on cores that others use as well made
 * training an LSQ index 25 times slower. OpenMP reads its environment once, when it is loaded with
 * the addon; what the user has set is left alone, and nothing stays behind for child processes.
 */
function requireAddon(): Native {
  if (process.env.OMP_WAIT_POLICY !== undefined) {
    return require(ADDON) as Native;
  }
  process.env.OMP_WAIT_POLICY = 'passive';
  try {
    return require(ADDON) as Native;
  } finally {
    delete process.env.OMP_WAIT_POLICY;
  }
}

import { loadNative } from './load-native.js';
import type { FaissSimd } from './simd.js';

/**
 * The build of the addon in use, `'baseline'` or `'avx2'`: the fastest one that is there and that the
 * processor can run, or the one that `FACEDEX_FAISS_SIMD` says.
 *
 * @throws {FaissError} `ADDON_UNAVAILABLE`
 * @example
 * import { faissSimd, faissVersion } from '@facedex/faiss';
 *
 * console.log(`FAISS ${faissVersion()}, ${faissSimd()}`);
 */
export function faissSimd(): FaissSimd {
  return loadNative().simd;
}

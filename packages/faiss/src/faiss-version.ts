import { loadNative } from './load-native.js';

/**
 * The version of the FAISS library in use, such as `'1.7.3'`.
 *
 * @throws {FaissError} `ADDON_UNAVAILABLE`
 */
export function faissVersion(): string {
  return loadNative().faissVersion;
}

import type { Embedder } from '../embedder.js';

/** Built-in embedders of several networks. */
export const FUSIONS: readonly Embedder[] = [];

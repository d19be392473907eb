// The builds of the addon beside the baseline, which runs on any processor of the platform.
//
// simd-variants.json is the one table of them, fastest first; src/simd.ts reads it as well. A name is
// FAISS's own (FAISS_OPT_LEVEL), and optimize.mjs makes the library for it.

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where facedex keeps what it can make again; as packages/pipeline has it. */
export function cacheFolder() {
  const { FACEDEX_CACHE, XDG_CACHE_HOME } = process.env;
  if (FACEDEX_CACHE) return FACEDEX_CACHE;
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, 'facedex');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'facedex');
  return join(homedir(), '.cache', 'facedex');
}

/** The variants of this platform. */
export function simdVariants() {
  const table = JSON.parse(readFileSync(new URL('../simd-variants.json', import.meta.url), 'utf8'));
  return table[`${process.platform}-${process.arch}`] ?? [];
}

export function addonName(variant) {
  return variant === 'baseline' ? 'facedex_faiss.node' : `facedex_faiss_${variant}.node`;
}

/** The file that says which library optimize.mjs made last for a variant. */
export function choiceFile(variant) {
  return join(cacheFolder(), 'faiss', `${process.platform}-${process.arch}-${variant}.json`);
}

/** FAISS as optimize.mjs made it for a variant: its library and headers; undefined without. */
export function optimizedFaiss(variant) {
  let folder;
  try {
    folder = JSON.parse(readFileSync(choiceFile(variant), 'utf8')).folder;
  } catch {
    return undefined;
  }
  const faiss = {
    folder,
    library: join(folder, 'lib', `libfaiss_${variant}.a`),
    include: join(folder, 'include'),
  };
  return existsSync(faiss.library) && existsSync(faiss.include) ? faiss : undefined;
}

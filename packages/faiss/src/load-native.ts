import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FaissError } from './faiss-error.js';
import type { Native } from './native.js';
import { prebuiltPackage } from './prebuilt-package.js';
import { addonName, type FaissSimd, runnableSimd } from './simd.js';

const require = createRequire(import.meta.url);
const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));

/** The addon with the name of its build. */
export type LoadedNative = Native & { readonly simd: FaissSimd };

/** Node keeps an addon as well, but would look for it anew each time. */
let loaded: LoadedNative | undefined;

/**
 * Loads the addon, once: the one compiled here, else the one of the platform's package; of each the
 * fastest that the processor can run.
 *
 * @throws {FaissError} `ADDON_UNAVAILABLE`
 */
export function loadNative(): LoadedNative {
  loaded ??= findNative();
  return loaded;
}

function findNative(): LoadedNative {
  const runnable = runnableSimd();
  const tried: string[] = [];
  let cause: unknown;
  for (const findFolder of [() => join(PACKAGE, 'build', 'Release'), () => prebuiltFolder(tried)]) {
    const folder = findFolder();
    if (folder === undefined) continue;
    for (const simd of runnable) {
      const path = join(folder, addonName(simd));
      if (!existsSync(path)) {
        tried.push(`${path}: there is no such file`);
        continue;
      }
      try {
        return { ...requireAddon(path), simd };
      } catch (error) {
        cause ??= error;
        const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
        tried.push(`${path}: ${reason}`);
      }
    }
  }
  throw new FaissError('ADDON_UNAVAILABLE', explain(tried), { cause });
}

function prebuiltFolder(tried: string[]): string | undefined {
  const name = prebuiltPackage();
  if (name === undefined) return undefined;
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    tried.push(`${name}: not installed`);
    return undefined;
  }
}

function explain(tried: string[]): string {
  const name = prebuiltPackage();
  const simd = process.env.FACEDEX_FAISS_SIMD;
  return [
    `The FAISS addon can't be loaded on ${process.platform}-${process.arch}. Tried:`,
    ...tried.map((line) => `- ${line}`),
    'Things to try:',
    ...(name === undefined
      ? []
      : [
          `- install the compiled addon: npm install ${name} (npm leaves optional packages out with ` +
            '--omit=optional, and where package-lock.json was made on another platform)',
        ]),
    '- or compile it: install FAISS and OpenBLAS (Debian and Ubuntu: apt-get install libfaiss-dev ' +
      'libopenblas-pthread-dev g++; macOS: brew install faiss openblas libomp), then run ' +
      `\`node ${join(PACKAGE, 'scripts', 'build-native.mjs')}\``,
    ...(simd ? [`- unset FACEDEX_FAISS_SIMD, which asks for ${simd} only`] : []),
  ].join('\n');
}

/**
 * What the libraries below FAISS read once, when they are loaded with the addon.
 *
 * OpenMP's threads spin while they wait for each other, which on cores that others use as well made
 * training an LSQ index 25 times slower. OpenBLAS would start a thread for each core, which nobody
 * needs: FAISS has threads of its own.
 */
const LIBRARY_SETTINGS = { OMP_WAIT_POLICY: 'passive', OPENBLAS_NUM_THREADS: '1' };

/** What the user has set is left alone, and nothing stays behind for child processes. */
function requireAddon(path: string): Native {
  const added = Object.entries(LIBRARY_SETTINGS).filter(([name]) => !(name in process.env));
  try {
    Object.assign(process.env, Object.fromEntries(added));
    return require(path) as Native;
  } finally {
    for (const [name] of added) {
      delete process.env[name];
    }
  }
}

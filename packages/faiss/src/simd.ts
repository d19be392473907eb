import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { FaissError } from './faiss-error.js';

/** The vector instructions that FAISS uses: those of any processor of the platform, or AVX2. */
export type FaissSimd = 'baseline' | 'avx2';

/** A build of the addon that needs more of the processor than the baseline. */
interface Variant {
  name: FaissSimd;
  /** As Linux names them in /proc/cpuinfo. */
  cpuFlags: string[];
}

/** What the choice depends on. */
export interface Machine {
  /** The value of `FACEDEX_FAISS_SIMD`; nothing, or empty, for the best. */
  forced: string | undefined;
  /** Such as linux-x64. */
  platform: string;
  cpuFlags: () => ReadonlySet<string>;
}

const THIS_MACHINE: Machine = {
  get forced() {
    return process.env.FACEDEX_FAISS_SIMD;
  },
  platform: `${process.platform}-${process.arch}`,
  cpuFlags,
};

/**
 * The builds that can run on a machine, the one to prefer first; only the one that is forced where
 * one is.
 *
 * @throws {FaissError} `ADDON_UNAVAILABLE` where it says what doesn't exist, or what the processor
 *   would end the process for.
 */
export function runnableSimd(machine: Machine = THIS_MACHINE): FaissSimd[] {
  const { forced } = machine;
  const variants = variantsOf(machine.platform);
  if (!forced) {
    const flags = variants.length > 0 ? machine.cpuFlags() : new Set<string>();
    return [
      ...variants.filter((variant) => missingFlags(variant, flags).length === 0).map(nameOf),
      'baseline',
    ];
  }
  if (forced === 'baseline') return [forced];
  const variant = variants.find(({ name }) => name === forced);
  if (variant === undefined) {
    const known = ['baseline', ...variants.map(nameOf)].join(', ');
    throw new FaissError(
      'ADDON_UNAVAILABLE',
      `Expected FACEDEX_FAISS_SIMD to be one of ${known}, received ${forced}. Correct or unset it.`,
    );
  }
  const missing = missingFlags(variant, machine.cpuFlags());
  if (missing.length > 0) {
    throw new FaissError(
      'ADDON_UNAVAILABLE',
      `Expected a processor with ${variant.cpuFlags.join(', ')} for FACEDEX_FAISS_SIMD=${forced}, ` +
        `but this one lacks ${missing.join(', ')}. Set it to baseline, or unset it.`,
    );
  }
  return [variant.name];
}

/** The file of a build. */
export function addonName(simd: FaissSimd): string {
  return simd === 'baseline' ? 'facedex_faiss.node' : `facedex_faiss_${simd}.node`;
}

function nameOf({ name }: Variant): FaissSimd {
  return name;
}

function variantsOf(platform: string): Variant[] {
  // The build scripts read it too. Not an import: JSON modules print a warning in Node 20.
  const require = createRequire(import.meta.url);
  const table: Record<string, Variant[]> = require('../simd-variants.json');
  return table[platform] ?? [];
}

function missingFlags(variant: Variant, flags: ReadonlySet<string>): string[] {
  return variant.cpuFlags.filter((flag) => !flags.has(flag));
}

/** Of the first processor; none where that can't be read, so that only the baseline runs. */
function cpuFlags(): Set<string> {
  try {
    const [, line = ''] = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8')) ?? [];
    return new Set(line.trim().split(/\s+/));
  } catch {
    return new Set();
  }
}

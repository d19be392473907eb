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

/**
 * The builds that can run here, the one to prefer first; what `FACEDEX_FAISS_SIMD` says where that is
 * set.
 *
 * @throws {FaissError} `ADDON_UNAVAILABLE` where it says what doesn't exist, or what the processor
 *   would end the process for.
 */
export function runnableSimd(): FaissSimd[] {
  const variants = variantsOfPlatform();
  const forced = process.env.FACEDEX_FAISS_SIMD;
  if (!forced) {
    const flags = variants.length > 0 ? cpuFlags() : new Set<string>();
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
  const missing = missingFlags(variant, cpuFlags());
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

function variantsOfPlatform(): Variant[] {
  // The build scripts read it too. Not an import: JSON modules print a warning in Node 20.
  const require = createRequire(import.meta.url);
  const table = require('../simd-variants.json') as Record<string, Variant[]>;
  return table[`${process.platform}-${process.arch}`] ?? [];
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

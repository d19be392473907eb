import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const AVX2_ADDON = new URL('../build/Release/facedex_faiss_avx2.node', import.meta.url);
const AVX2_FLAGS = ['avx2', 'fma', 'f16c', 'popcnt'];

/** Why the AVX2 build can't be tested here; undefined where it can. */
const reason = !existsSync(AVX2_ADDON)
  ? 'the AVX2 build is not there (npm run faiss:optimize)'
  : !AVX2_FLAGS.every((flag) => cpuFlags().includes(flag))
    ? 'the processor has no AVX2'
    : undefined;
if (reason !== undefined) console.log(`skipped: builds are not compared, since ${reason}`);

const FACTORIES = [
  'Flat',
  'SQ8',
  'SQfp16',
  'PQ8',
  'IVF8,Flat',
  'IVF8,PQ8x4fs',
  'HNSW16',
  'PQ4,RFlat',
];
const K = 5;

describe('FACEDEX_FAISS_SIMD', () => {
  test.each(['avx1024', 'AVX2', 'toString'])('refuses %s', (simd) => {
    const { status, errors } = run([], simd);
    expect(status).toBe(1);
    expect(errors).toContain('ADDON_UNAVAILABLE');
    expect(errors).toContain('FACEDEX_FAISS_SIMD to be one of baseline');
  });

  test('chooses the baseline', () => {
    expect(run([], 'baseline').report.simd).toBe('baseline');
  });

  test.skipIf(reason !== undefined)('chooses AVX2, which is the choice without it as well', () => {
    expect(run([], 'avx2').report.simd).toBe('avx2');
    expect(run([], undefined).report.simd).toBe('avx2');
    expect(run([], '').report.simd).toBe('avx2');
  });

  test.runIf(reason !== undefined)('says that it asks for what is not there', () => {
    const { status, errors } = run([], 'avx2');
    expect(status).toBe(1);
    expect(errors).toContain('ADDON_UNAVAILABLE');
    expect(errors).toContain('FACEDEX_FAISS_SIMD');
    expect(run([], undefined).report.simd).toBe('baseline');
  });
});

// Each kind has inner loops of its own. An index is made once and opened by the other build, since
// training may round differently.
describe.skipIf(reason !== undefined).each([
  ['baseline', 'avx2'],
  ['avx2', 'baseline'],
])('what %s made and %s opened', (maker, reader) => {
  let folder: string;
  let made: Found;
  let opened: Found;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'faiss-simd-'));
    made = succeed(['make', folder, ...FACTORIES], maker);
    opened = succeed(['load', folder, ...FACTORIES], reader);
  });

  afterAll(() => rm(folder, { recursive: true }));

  test.each(FACTORIES)('has the same neighbours in %s', (factory) => {
    const [a, b] = [made[factory]!, opened[factory]!];
    expect(a.ids).toHaveLength(20 * K);
    expect(a.ids.every((id) => id >= 0)).toBe(true);
    for (const [i, distance] of a.distances.entries()) {
      // Sums of 16 floats in another order differ by some units in the last place.
      expect(Math.abs(b.distances[i]! - distance)).toBeLessThanOrEqual(1e-5 * distance);
    }
    for (let start = 0; start < a.ids.length; start += K) {
      expect(certain(b, start)).toEqual(certain(a, start));
    }
  });
});

interface Neighbours {
  ids: number[];
  distances: number[];
}

type Found = Record<string, Neighbours>;

/** The neighbours that are clearly nearer than the last one, whose rivals may be as near as it is. */
function certain({ ids, distances }: Neighbours, start: number): number[] {
  const limit = distances[start + K - 1]! * 0.9999;
  return ids
    .slice(start, start + K)
    .filter((_, rank) => distances[start + rank]! < limit)
    .sort();
}

function succeed(args: string[], simd: string): Found {
  const { status, errors, report } = run(args, simd);
  expect(errors).toBe('');
  expect(status).toBe(0);
  expect(report.simd).toBe(simd);
  return report.found;
}

function run(args: string[], simd: string | undefined) {
  const script = fileURLToPath(new URL('use-simd.ts', import.meta.url));
  const { FACEDEX_FAISS_SIMD: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', script, ...args],
    {
      encoding: 'utf8',
      env: simd === undefined ? env : { ...env, FACEDEX_FAISS_SIMD: simd },
    },
  );
  const report: { simd?: string; found: Found } = status === 0 ? JSON.parse(stdout) : { found: {} };
  return { status, errors: stderr.trim(), report };
}

function cpuFlags(): string[] {
  try {
    return (/^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '').split(' ');
  } catch {
    return [];
  }
}

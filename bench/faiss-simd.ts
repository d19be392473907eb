// How much faster is FAISS with vector instructions than the baseline build?
//
//   npm run faiss:optimize && npx tsx --conditions=facedex-source bench/faiss-simd.ts
//
// 100,000 random vectors of 128 components; each build in a process of its own, in turn, three times;
// the best run counts.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FaissIndex, faissSimd, faissVersion } from '@facedex/faiss';

const COUNT = 100_000;
const DIMENSION = 128;
const ROUNDS = 3;
const CASES = [
  { factory: 'Flat', queries: 200 },
  { factory: 'IVF256,SQ8', queries: 2000, nprobe: 16 },
  { factory: 'PQ16x4fs', queries: 1000 },
  { factory: 'HNSW16', queries: 2000, count: 10_000 },
];

interface Report {
  version: string;
  /** Milliseconds for each of CASES: to add, to search. */
  results: { add: number; search: number }[];
}

if (process.argv[2] === 'measure') {
  console.log(JSON.stringify(await measure()));
} else {
  const best: Record<string, Report> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const simd of ['baseline', 'avx2']) {
      const report = runChild(simd);
      const before = best[simd]?.results;
      best[simd] = {
        ...report,
        results: report.results.map(({ add, search }, i) => ({
          add: Math.min(add, before?.[i]?.add ?? Infinity),
          search: Math.min(search, before?.[i]?.search ?? Infinity),
        })),
      };
    }
  }
  print(best.baseline!, best.avx2!);
}

async function measure(): Promise<Report> {
  if (faissSimd() !== process.env.FACEDEX_FAISS_SIMD) throw new Error('not the build asked for');
  const vectors = random(COUNT);
  const results: Report['results'] = [];
  for (const { factory, queries, nprobe, count = COUNT } of CASES) {
    await using index = FaissIndex.create({ dimension: DIMENSION, factory });
    if (!index.isTrained) await index.train(vectors.subarray(0, 20_000 * DIMENSION));
    const ids = BigInt64Array.from({ length: count }, (_, i) => BigInt(i));
    const added = performance.now();
    await index.add(vectors.subarray(0, count * DIMENSION), ids);
    const add = performance.now() - added;
    const asked = vectors.subarray(0, queries * DIMENSION);
    const options = { k: 10, ...(nprobe === undefined ? {} : { nprobe }) };
    await index.search(asked.subarray(0, DIMENSION), options);
    const searched = performance.now();
    await index.search(asked, options);
    results.push({ add, search: performance.now() - searched });
  }
  return { version: faissVersion(), results };
}

function runChild(simd: string): Report {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...['--conditions=facedex-source', '--import', 'tsx'],
      fileURLToPath(import.meta.url),
      'measure',
    ],
    { encoding: 'utf8', env: { ...process.env, FACEDEX_FAISS_SIMD: simd } },
  );
  if (status === 0) return JSON.parse(stdout);
  console.log(
    `skipped: the ${simd} build doesn't run here. Run: npm run faiss:optimize\n${stderr}`,
  );
  process.exit(0);
}

function print(baseline: Report, fast: Report): void {
  console.log(`baseline: FAISS ${baseline.version}; avx2: FAISS ${fast.version}\n`);
  console.log('| factory | search, queries a second | with avx2 | ratio | ratio of add |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const [i, { factory, queries }] of CASES.entries()) {
    const [slow, quick] = [baseline.results[i]!, fast.results[i]!];
    const rate = (ms: number) => Math.round((queries / ms) * 1000).toLocaleString('en');
    const ratio = (key: 'add' | 'search') => `${(slow[key] / quick[key]).toFixed(1)}×`;
    console.log(
      `| \`${factory}\` | ${rate(slow.search)} | ${rate(quick.search)} | ${ratio('search')} | ${ratio('add')} |`,
    );
  }
}

function random(count: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count * DIMENSION }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x3fffffff - 1;
  });
}

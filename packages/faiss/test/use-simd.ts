// What one build of the addon makes of indexes: `make FOLDER FACTORY…` saves one of each kind,
// `load FOLDER FACTORY…` opens them; both print the build and the neighbours of some queries.
import { join } from 'node:path';
import { FaissIndex, faissSimd } from '../src/index.js';
import { consecutiveIds, randomVectors, trainIfNeeded } from './vectors.js';

const DIMENSION = 16;

// As wide as there are vectors: which part of a graph a narrow search sees, versions of FAISS differ in.
const EF_SEARCH = 1000;

const [task, folder = '', ...factories] = process.argv.slice(2);
const found: Record<string, { ids: number[]; distances: number[] }> = {};
for (const [i, factory] of factories.entries()) {
  const path = join(folder, `${i}.faiss`);
  await using index = task === 'make' ? await make(factory) : await FaissIndex.load(path);
  if (task === 'make') await index.save(path);
  const options = factory.startsWith('HNSW') ? { k: 5, efSearch: EF_SEARCH } : { k: 5 };
  const { ids, distances } = await index.search(randomVectors(20, DIMENSION, 3), options);
  found[factory] = { ids: Array.from(ids, Number), distances: [...distances] };
}
console.log(JSON.stringify({ simd: faissSimd(), found }));

async function make(factory: string): Promise<FaissIndex> {
  const index = FaissIndex.create({ dimension: DIMENSION, factory });
  await trainIfNeeded(index);
  await index.add(randomVectors(1000, DIMENSION), consecutiveIds(1000));
  return index;
}

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { FaissIndex } from '../src/index.js';
import { consecutiveIds, randomVectors } from './vectors.js';

export const DIMENSION = 4;
export const COUNT = 40;

/** One of every kind whose files can be read, small so that damage hits what matters. */
export const KINDS = [
  'Flat',
  'SQ8',
  'SQ4',
  'SQ6',
  'SQfp16',
  'PQ2x4',
  'PQ2x4fs',
  'LSH',
  'LSHrt',
  'HNSW4',
  'HNSW4_SQ8',
  'HNSW4_PQ2',
  'IVF4,Flat',
  'IVF4,SQ8',
  'IVF4,PQ2x4',
  'IVF4,PQ2x4fs',
  'IVF4,PQ2x4fsr',
  'IVF4,PQ2+2',
  'IVF4_HNSW4,Flat',
  'IVF4(SQfp16),SQ8',
  'IVF100,Flat',
  'IMI2x3,Flat',
  'PCA2,Flat',
  'PCAR3,IVF4,SQ8',
  'RR4,SQ8',
  'L2norm,Flat',
  'Pad6,Flat',
  'ITQ2,LSH',
  'SQ8,RFlat',
  'IVF4,PQ2x4,RFlat',
  'PCA2,IVF4,Flat,Refine(SQ8)',
] as const;

/** A file of this kind, by our own export. Ids are 1000, 1001, … */
export async function exportKind(folder: string, factory: string): Promise<string> {
  await using index = FaissIndex.create({ dimension: DIMENSION, factory });
  if (!index.isTrained) {
    await index.train(randomVectors(300, DIMENSION, 3));
  }
  await index.add(randomVectors(COUNT, DIMENSION, 4), consecutiveIds(COUNT, 1000n));
  const path = join(folder, factory);
  await index.exportFaiss(path);
  return path;
}

/** A Python that has FAISS, or undefined. */
export function findPython(): string | undefined {
  return ['python3', '/usr/bin/python3'].find((python) => {
    try {
      execFileSync(python, ['-c', 'import faiss'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

/** Runs a script with `faiss`, `np`, `x` (random vectors), `folder` and `kinds` at hand. */
export function runPython(
  python: string,
  script: string,
  { folder, kinds = KINDS }: { folder: string; kinds?: readonly string[] },
): string {
  const before = `
import sys, json, faiss, numpy as np
faiss.omp_set_num_threads(1)
folder, kinds = sys.argv[1], json.loads(sys.argv[2])
x = np.random.RandomState(5).rand(300, ${DIMENSION}).astype('float32')
`;
  const args = ['-c', before + script, folder, JSON.stringify(kinds)];
  return execFileSync(python, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** Writes a file of each kind: without ids, and in ways that our own export doesn't. */
export const WRITE_KINDS = `
def quick(index):
    # What would take most of the time, and changes nothing here: polysemous training.
    index = faiss.downcast_index(index)
    for part in ('index', 'storage', 'base_index'):
        if hasattr(index, part):
            quick(getattr(index, part))
    if hasattr(index, 'do_polysemous_training'):
        index.do_polysemous_training = False

for kind in kinds + ['OPQ2,PQ2x4', 'OPQ2_2,IVF4,PQ2x4fs', 'IVF4(PCA2,Flat),SQ8']:
    index = faiss.index_factory(${DIMENSION}, kind)
    if kind.startswith('OPQ'):
        opq = faiss.downcast_VectorTransform(index.chain.at(0))
        opq.niter, opq.niter_pq_0, opq.niter_pq = 2, 2, 1
    quick(index)
    index.train(x)
    index.add(x[:${COUNT}])
    faiss.write_index(index, f'{folder}/python {kind}')
for wrapper in ('IDMap', 'IDMap2'):
    index = faiss.index_factory(${DIMENSION}, f'{wrapper},IVF4,SQ8')
    index.train(x)
    index.add_with_ids(x[:${COUNT}], np.arange(1000, 1000 + ${COUNT}))
    faiss.write_index(index, f'{folder}/python {wrapper}')
for type in (faiss.DirectMap.Array, faiss.DirectMap.Hashtable):
    index = faiss.index_factory(${DIMENSION}, 'IVF4,Flat')
    index.train(x)
    index.add(x[:${COUNT}])
    index.set_direct_map_type(type)
    faiss.write_index(index, f'{folder}/python map {type}')
for kind in ('IVF4,PQ2x4', 'IVF4,PQ2x4fsr', 'SQ8', 'PCA2,Flat', 'ITQ2,LSH', 'IMI2x3,PQ2x4'):
    faiss.write_index(faiss.index_factory(${DIMENSION}, kind), f'{folder}/python untrained {kind}')
index = faiss.index_factory(${DIMENSION}, 'IVF4,Flat', faiss.METRIC_INNER_PRODUCT)
index.train(x)
faiss.write_index(index, f'{folder}/python empty')
`;

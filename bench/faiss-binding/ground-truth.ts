import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { CASE_NAMES, caseFor, K } from './cases.js';
import type { DataFiles } from './data.js';
import { type PeerName, startPeer } from './peers.js';

/** So many queries are also compared with all vectors here, to trust no library. */
const CHECKED = 5;

/** The K nearest of each query: by an exact index of the first peer that is there. */
export async function groundTruth(
  files: DataFiles,
  { folder, threads, peers }: { folder: string; threads: number; peers: readonly PeerName[] },
): Promise<number[]> {
  const path = `${files.vectors}.nearest-${K}.json`;
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  for (const name of peers) {
    const { process, hello } = await startPeer(name, folder);
    await using peer = process;
    if ('missing' in hello) continue;
    const exact = caseFor(CASE_NAMES[1], files.dimension);
    await peer.ask('build', { case: exact, files, threads, k: K });
    const { ids } = await peer.ask('results', {});
    check(files, ids);
    writeFileSync(path, JSON.stringify(ids));
    return ids;
  }
  throw new Error('no peer can search exactly');
}

function check(files: DataFiles, ids: number[]): void {
  const { dimension, count } = files;
  const queries = floats(files.queries);
  const vectors = floats(files.vectors);
  for (let query = 0; query < CHECKED; query++) {
    const distance = (id: number) => {
      let sum = 0;
      for (let i = 0; i < dimension; i++) {
        sum += (vectors[id * dimension + i]! - queries[query * dimension + i]!) ** 2;
      }
      return sum;
    };
    const row = ids.slice(query * K, (query + 1) * K);
    const farthest = Math.max(...row.map(distance));
    let nearer = 0;
    for (let id = 0; id < count; id++) if (distance(id) < farthest * (1 - 1e-5)) nearer++;
    if (new Set(row).size !== K || nearer >= K) {
      throw new Error(
        `query ${query}: ${nearer} vectors are nearer than the ${K}th that was found`,
      );
    }
  }
}

function floats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}

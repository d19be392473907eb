import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ADD_CHUNK, type CaseName, MOST_TRAINING } from './cases.js';
import { installPeer, type NpmPeer, PEERS_FOLDER_VARIABLE } from './npm-peers.js';
import { PeerProcess } from './peer-process.js';
import type { Hello } from './protocol.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const GRAPHS: CaseName[] = ['hnsw'];

export const PEER_NAMES = [
  'python',
  'python-passive',
  'facedex',
  'facedex-avx2',
  'faiss-node',
  'usearch',
  'hnswlib',
] as const;

export type PeerName = (typeof PEER_NAMES)[number];

interface PeerKind {
  title: string;
  /** All, where it is missing. */
  cases?: CaseName[];
  npm?: NpmPeer;
  script: string;
  /** Reads FAISS's own files, and is built of the same FAISS or a newer one. */
  readsFaiss?: true;
  env?: Record<string, string>;
}

export const PEERS: Record<PeerName, PeerKind> = {
  python: { title: 'python3-faiss', script: 'peer-python.py', readsFaiss: true },
  // What @facedex/faiss chooses. By default OpenMP's threads spin while they wait, which saves 0.3 ms
  // where nothing else runs, and makes a batch 25 times slower where something does.
  'python-passive': {
    title: 'python3-faiss, OMP_WAIT_POLICY=passive',
    script: 'peer-python.py',
    readsFaiss: true,
    env: { OMP_WAIT_POLICY: 'passive' },
  },
  facedex: {
    title: '@facedex/faiss',
    script: 'peer-facedex.ts',
    readsFaiss: true,
    env: { FACEDEX_FAISS_SIMD: 'baseline' },
  },
  'facedex-avx2': {
    title: '@facedex/faiss, AVX2',
    script: 'peer-facedex.ts',
    readsFaiss: true,
    env: { FACEDEX_FAISS_SIMD: 'avx2' },
  },
  'faiss-node': {
    title: 'faiss-node',
    npm: 'faiss-node',
    script: 'peer-faiss-node.ts',
    cases: ['call', 'flat'],
  },
  usearch: { title: 'usearch', npm: 'usearch', script: 'peer-usearch.ts', cases: GRAPHS },
  hnswlib: { title: 'hnswlib-node', npm: 'hnswlib-node', script: 'peer-hnswlib.ts', cases: GRAPHS },
};

/** Starts a peer's process; it may answer that it is missing. */
export async function startPeer(
  name: PeerName,
  folder: string,
): Promise<{ process: PeerProcess; hello: Hello }> {
  const { npm, script, env } = PEERS[name];
  if (npm !== undefined) installPeer(npm, folder);
  const path = join(HERE, script);
  const environment = { ...process.env, ...env, [PEERS_FOLDER_VARIABLE]: folder };
  if (script.endsWith('.py')) {
    // Debian's, which is not the first in PATH where there is pyenv or the like.
    const python = process.env.PYTHON ?? '/usr/bin/python3';
    return await PeerProcess.start(
      python,
      [path, String(ADD_CHUNK), String(MOST_TRAINING)],
      environment,
    );
  }
  const args = ['--expose-gc', '--import', 'tsx', path];
  return await PeerProcess.start(process.execPath, args, environment);
}

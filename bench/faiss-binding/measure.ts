import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type CaseName, caseFor, K } from './cases.js';
import type { DataFiles } from './data.js';
import type { PeerProcess } from './peer-process.js';
import { PEERS, type PeerName, startPeer } from './peers.js';
import type { Built } from './protocol.js';
import { median, recall } from './statistics.js';

/** One kind of index of one peer. */
export interface Measured extends Built {
  peer: PeerName;
  version: string;
  /** Medians of each round. */
  singleUs: number[];
  batchMs: number[];
  /** Of the processor, for one search on average. */
  singleCpuUs: number[];
  batchCpuMs: number[];
  /** Nothing where an index has only a part of the vectors. */
  recall?: number;
}

export interface Options {
  /** For the peers that come from npm. */
  folder: string;
  threads: number;
  rounds: number;
  /** Single queries in each round. */
  singles: number;
  peers: PeerName[];
}

/**
 * All peers build one after the other; then they search in turns, so that whatever else the machine
 * does hits all alike. Never do two work at once.
 */
export async function measure(
  name: CaseName,
  files: DataFiles,
  truth: number[],
  options: Options,
): Promise<{ measured: Measured[]; skipped: string[] }> {
  const started: PeerProcess[] = [];
  try {
    return await measureAll(name, files, truth, { ...options, started });
  } finally {
    for (const process of started) await process[Symbol.asyncDispose]();
  }
}

async function measureAll(
  name: CaseName,
  files: DataFiles,
  truth: number[],
  options: Options & { started: PeerProcess[] },
): Promise<{ measured: Measured[]; skipped: string[] }> {
  const running: { process: PeerProcess; result: Measured }[] = [];
  const skipped: string[] = [];
  const wanted = caseFor(name, files.dimension);
  for (const peer of options.peers) {
    const { title, cases } = PEERS[peer];
    if (cases && !cases.includes(name)) continue;
    const { process, hello } = await startPeer(peer, options.folder);
    options.started.push(process);
    if ('missing' in hello) {
      skipped.push(`${title}: ${hello.missing}`);
      continue;
    }
    const built = await process.ask('build', {
      case: wanted,
      files,
      threads: options.threads,
      k: K,
    });
    const result: Measured = {
      peer,
      version: hello.version,
      ...built,
      singleUs: [],
      batchMs: [],
      singleCpuUs: [],
      batchCpuMs: [],
    };
    running.push({ process, result });
  }
  await shareIndex(running, join(options.folder, 'index.faiss'));
  for (let round = 0; round < options.rounds; round++) {
    for (const { process, result } of round % 2 === 0 ? running : running.toReversed()) {
      const count = options.singles;
      const single = await process.ask('single', { first: round * count, count });
      result.singleUs.push(median(single.us));
      result.singleCpuUs.push(single.cpuUs);
      const batch = await process.ask('batch', {});
      result.batchMs.push(median(batch.ms));
      result.batchCpuMs.push(batch.cpuMs);
    }
  }
  for (const { process, result } of running) {
    if (wanted.count !== undefined) continue;
    result.recall = recall((await process.ask('results', {})).ids, truth, K);
  }
  return { measured: running.map(({ result }) => result), skipped };
}

/**
 * All libraries that are FAISS search the same index, the one that Python built: the lists of two
 * trainings are not of the same lengths, which is up to a fifth of a search.
 */
async function shareIndex(
  running: readonly { process: PeerProcess; result: Measured }[],
  path: string,
): Promise<void> {
  const faiss = running.filter(({ result }) => PEERS[result.peer].readsFaiss);
  const [first, ...others] = faiss;
  if (first?.result.peer !== 'python' || others.length === 0) return;
  await first.process.ask('save', { path });
  for (const { process } of others) await process.ask('load', { path });
  await rm(path);
}

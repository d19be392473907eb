import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { ADD_CHUNK, type Case, MOST_TRAINING } from './cases.js';
import type { DataFiles } from './data.js';
import type { Built, Hello, MessageName, Messages } from './protocol.js';

/** The index that a library has to make. */
export interface Wanted extends Case {
  dimension: number;
  /** How many vectors will be added. */
  total: number;
  threads: number;
}

/** A library under test. Q is a set of queries as it takes them, R what its search gives. */
export interface Peer<Q, R> {
  create(wanted: Wanted): void;
  train(vectors: Float32Array): void | Promise<void>;
  add(vectors: Float32Array, firstId: number): void | Promise<void>;
  /** Takes an index of FAISS's own format in place of the one that was built. */
  load?(path: string): Promise<void>;
  /** Into the form that `search` takes; not measured. */
  prepare(queries: Float32Array, dimension: number): Q;
  search(queries: Q, k: number): R | Promise<R>;
  idsOf(result: R): number[];
}

const WARM_UP_CALLS = 3000;
const WARM_UP_MS = 1500;
/** Batches are repeated, to average over noise, up to so often and so long. */
const BATCH_REPEATS = 5;
const BATCH_MS = 500;

interface Opened<Q, R> {
  peer: Peer<Q, R>;
  version: string;
}

/** Answers the benchmark's messages until it closes the pipe. */
export async function serve<Q, R>(open: () => Opened<Q, R> | Promise<Opened<Q, R>>) {
  let opened: Opened<Q, R>;
  try {
    opened = await open();
  } catch (error) {
    say<Hello>({ missing: error instanceof Error ? error.message.split('\n')[0]! : String(error) });
    return;
  }
  say<Hello>({ version: opened.version });
  const bench = new Bench(opened.peer);
  for await (const line of createInterface({ input: process.stdin })) {
    const { do: name, ...request } = JSON.parse(line) as { do: MessageName };
    say(await bench[name](request as never));
  }
}

class Bench<Q, R> {
  readonly #peer: Peer<Q, R>;
  #k = 0;
  #all: Q | undefined;
  #each: Q[] = [];

  constructor(peer: Peer<Q, R>) {
    this.#peer = peer;
  }

  async build(request: Messages['build']['request']): Promise<Built> {
    const { files, k, threads } = request;
    const { dimension } = files;
    const total = request.case.count ?? files.count;
    const queries = new Float32Array(files.queryCount * dimension);
    read(files.queries, 0, queries);
    this.#k = k;
    this.#all = this.#peer.prepare(queries, dimension);
    this.#each = Array.from({ length: files.queryCount }, (_, i) =>
      this.#peer.prepare(queries.slice(i * dimension, (i + 1) * dimension), dimension),
    );
    await collectGarbage();
    const before = memory();
    this.#peer.create({ ...request.case, dimension, total, threads });
    const samples = request.case.factory.startsWith('IVF') ? Math.min(total, MOST_TRAINING) : 0;
    const trainSeconds = await this.#train(files, samples);
    const addSeconds = await this.#add(files, total);
    await collectGarbage();
    const after = memory();
    await this.#warmUp();
    return {
      trainSeconds,
      addSeconds,
      memoryMb: after.now - before.now,
      peakMb: after.peak - before.now,
    };
  }

  async save(): Promise<Record<never, never>> {
    throw new Error('only Python writes an index for the others');
  }

  async load({ path }: Messages['load']['request']): Promise<Record<never, never>> {
    await this.#peer.load?.(path);
    await this.#warmUp();
    return {};
  }

  async batch(): Promise<Messages['batch']['answer']> {
    const ms: number[] = [];
    const cpu = process.cpuUsage();
    const started = performance.now();
    do {
      const before = performance.now();
      await this.#peer.search(this.#all as Q, this.#k);
      ms.push(performance.now() - before);
    } while (ms.length < BATCH_REPEATS && performance.now() - started < BATCH_MS);
    return { ms, cpuMs: microseconds(process.cpuUsage(cpu)) / ms.length / 1000 };
  }

  async single({
    first,
    count,
  }: Messages['single']['request']): Promise<Messages['single']['answer']> {
    const us: number[] = [];
    const cpu = process.cpuUsage();
    for (let i = first; i < first + count; i++) {
      const query = this.#each[i % this.#each.length] as Q;
      const before = performance.now();
      await this.#peer.search(query, this.#k);
      us.push((performance.now() - before) * 1000);
    }
    return { us, cpuUs: microseconds(process.cpuUsage(cpu)) / count };
  }

  async results(): Promise<{ ids: number[] }> {
    return { ids: this.#peer.idsOf(await this.#peer.search(this.#all as Q, this.#k)) };
  }

  async #train(files: DataFiles, samples: number): Promise<number> {
    if (samples === 0) return 0;
    const vectors = new Float32Array(samples * files.dimension);
    read(files.vectors, 0, vectors);
    const started = performance.now();
    await this.#peer.train(vectors);
    return (performance.now() - started) / 1000;
  }

  async #add(files: DataFiles, total: number): Promise<number> {
    let seconds = 0;
    for (let first = 0; first < total; first += ADD_CHUNK) {
      const chunk = new Float32Array(Math.min(ADD_CHUNK, total - first) * files.dimension);
      read(files.vectors, first * files.dimension, chunk);
      const started = performance.now();
      await this.#peer.add(chunk, first);
      seconds += (performance.now() - started) / 1000;
    }
    return seconds;
  }

  /** Compilers and caches reach their normal state. */
  async #warmUp(): Promise<void> {
    const started = performance.now();
    for (let i = 0; i < WARM_UP_CALLS && performance.now() - started < WARM_UP_MS; i++) {
      await this.single({ first: i, count: 1 });
    }
    await this.#peer.search(this.#all as Q, this.#k);
  }
}

function microseconds({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}

function say<T>(message: T): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

function read(path: string, firstFloat: number, into: Float32Array): void {
  const bytes = new Uint8Array(into.buffer);
  const file = openSync(path, 'r');
  try {
    for (let done = 0; done < bytes.length; ) {
      const count = readSync(file, bytes, done, bytes.length - done, firstFloat * 4 + done);
      if (count === 0) throw new Error(`${path} is too short`);
      done += count;
    }
  } finally {
    closeSync(file);
  }
}

/** Resident, in MB (10^6 bytes). */
function memory(): { now: number; peak: number } {
  const status = readFileSync('/proc/self/status', 'utf8');
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return { now: (kib('VmRSS') * 1024) / 1e6, peak: (kib('VmHWM') * 1024) / 1e6 };
}

/** The node process is started with --expose-gc. Array buffers are freed by a thread of V8's. */
async function collectGarbage(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    (globalThis as { gc?: () => void }).gc?.();
    await setTimeout(100);
  }
}

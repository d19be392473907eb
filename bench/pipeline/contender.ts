import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a contender is asked to do; its process does nothing else meanwhile. */
export interface Task {
  readonly files: readonly string[];
  /** Whether the answer holds the embeddings. */
  readonly embeddings?: boolean;
  /** Sample memory after every so many photos. */
  readonly memoryEvery?: number;
}

export interface Answer {
  readonly seconds: number;
  /** Of the processor, on all threads. */
  readonly cpuSeconds: number;
  readonly faces: number;
  /** Photos without a face. */
  readonly missed: number;
  /** Of the first face of each photo; null where there is none. */
  readonly embeddings?: (Float32Array | null)[];
  /** Resident memory in MB. */
  readonly memory?: number[];
}

/** Faces of photos, from a library under test. */
export interface Library {
  analyse(
    files: readonly string[],
    onPhoto: (embeddings: readonly Float32Array[]) => void,
  ): Promise<void>;
}

/** A library in a process of its own. */
export class Contender implements AsyncDisposable {
  readonly #child: ChildProcess;

  /** @param cores such as `0`, where it may not run on all */
  constructor(script: string, { args = [], cores }: { args?: string[]; cores?: string } = {}) {
    const pinned = cores === undefined ? [] : ['taskset', '-c', cores];
    const node = [process.execPath, '--import', 'tsx', join(import.meta.dirname, script)];
    const [program, ...rest] = [...pinned, ...node, ...args];
    this.#child = spawn(program!, rest, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
  }

  /** Until it can take photos. */
  async ready(): Promise<void> {
    await this.#next();
  }

  async ask(task: Task): Promise<Answer> {
    this.#child.send(task);
    return (await this.#next()) as Answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, 'exit');
    }
  }

  async #next(): Promise<unknown> {
    const ended = once(this.#child, 'exit').then(() => {
      throw new Error(`${this.#child.spawnargs.join(' ')} ended`);
    });
    const [message] = await Promise.race([once(this.#child, 'message'), ended]);
    return message;
  }
}

/** Called in the contender's process: answers tasks until the benchmark has no more. */
export async function serve(open: () => Promise<Library>): Promise<void> {
  const library = await open();
  process.on('message', (task: Task) => {
    void answer(library, task).then((result) => process.send!(result));
  });
  process.on('disconnect', () => process.exit(0));
  process.send!('ready');
}

async function answer(library: Library, task: Task): Promise<Answer> {
  const embeddings: (Float32Array | null)[] = [];
  const memory: number[] = [];
  let faces = 0;
  let missed = 0;
  let photos = 0;
  const cpu = process.cpuUsage();
  const started = performance.now();
  await library.analyse(task.files, (found) => {
    photos++;
    faces += found.length;
    if (found.length === 0) missed++;
    if (task.embeddings) embeddings.push(found[0] ?? null);
    if (task.memoryEvery !== undefined && photos % task.memoryEvery === 0) {
      memory.push(process.memoryUsage.rss() / 1e6);
    }
  });
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    faces,
    missed,
    ...(task.embeddings ? { embeddings } : {}),
    ...(task.memoryEvery === undefined ? {} : { memory }),
  };
}

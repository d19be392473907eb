import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const LOADER = new URL('./typescript-loader.mjs', import.meta.url).href;

/** A process that runs a script from source. */
export class Child {
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #closed: Promise<unknown>;
  #isClosed = false;
  #stderr = '';

  constructor(script: string, ...args: (string | number)[]) {
    this.#process = spawn(process.execPath, ['--import', LOADER, script, ...args.map(String)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#closed = once(this.#process, 'close').then(() => {
      this.#isClosed = true;
    });
    this.#process.stderr?.on('data', (text) => {
      this.#stderr += text;
    });
    if (this.#process.stdout !== null) {
      createInterface(this.#process.stdout).on('line', (line) => this.lines.push(line));
    }
  }

  /** Waits until the child has said a line, or one that is right. */
  async says(wanted: string | ((line: string) => boolean)): Promise<void> {
    const isWanted = typeof wanted === 'string' ? (line: string) => line === wanted : wanted;
    while (!this.lines.some(isWanted)) {
      // Not as soon as it has ended: its last lines may still be on their way.
      if (this.#isClosed) {
        throw new Error(`the child ended without saying "${wanted}": ${this.#stderr}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** Waits for the child to end. */
  async end(): Promise<void> {
    await this.#closed;
    if (this.#stderr !== '') {
      throw new Error(this.#stderr);
    }
  }

  /** @throws where the child had failed before */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#closed;
    if (this.#process.exitCode) {
      throw new Error(this.#stderr);
    }
  }
}

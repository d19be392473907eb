import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const LOADER = new URL('./typescript-loader.mjs', import.meta.url).href;
const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

/** A process that runs child.ts; it is killed when the test ends, if not before. */
export class Child {
  readonly lines: string[] = [];
  readonly #process: ChildProcess;
  readonly #closed: Promise<unknown>;
  #stderr = '';

  constructor(...args: (string | number)[]) {
    this.#process = spawn(process.execPath, ['--import', LOADER, CHILD, ...args.map(String)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#closed = once(this.#process, 'close');
    this.#process.stderr?.on('data', (text) => {
      this.#stderr += text;
    });
    if (this.#process.stdout !== null) {
      createInterface(this.#process.stdout).on('line', (line) => this.lines.push(line));
    }
    onTestFinished(() => this.kill());
  }

  /** Waits until the child has said a line. */
  async says(line: string): Promise<void> {
    while (!this.lines.includes(line)) {
      if (this.#process.exitCode !== null) {
        throw new Error(`the child ended without saying "${line}": ${this.#stderr}`);
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

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#closed;
  }
}

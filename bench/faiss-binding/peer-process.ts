import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Hello, MessageName, Messages } from './protocol.js';

/** A peer in a process of its own. It works only while a message is unanswered. */
export class PeerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #errors = '';

  private constructor(program: string, args: string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.on('error', (error) => {
      this.#errors += error.message;
    });
    this.#child.stderr!.on('data', (data) => {
      this.#errors += data;
    });
    this.#child.stdin!.on('error', () => {}); // shows as a missing answer
    this.#lines = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  static async start(
    program: string,
    args: string[],
    env: NodeJS.ProcessEnv,
  ): Promise<{ process: PeerProcess; hello: Hello }> {
    const process = new PeerProcess(program, args, env);
    const hello = (await process.#answer()) as Hello;
    return { process, hello };
  }

  async ask<N extends MessageName>(
    name: N,
    request: Messages[N]['request'],
  ): Promise<Messages[N]['answer']> {
    this.#child.stdin!.write(`${JSON.stringify({ do: name, ...request })}\n`);
    return (await this.#answer()) as Messages[N]['answer'];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin!.end();
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, 'close');
    }
  }

  async #answer(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#child.spawnfile} ended:\n${this.#errors.trim()}`);
    return JSON.parse(value);
  }
}

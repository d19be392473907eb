import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const BIN = resolve(import.meta.dirname, '../../packages/facedex/bin/facedex.js');

/** `facedex serve` in a process of its own, so that load and server don't share a thread. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  /** Resident memory now, in megabytes. */
  memory(): Promise<number>;
}

export async function startServer(args: readonly string[]): Promise<ServerProcess> {
  const child = spawn(process.execPath, [BIN, 'serve', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const url = await urlOf(child);
  return {
    url,
    async memory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
    },
    async [Symbol.asyncDispose]() {
      const ended = new Promise((done) => child.once('close', done));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function urlOf(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let output = '';
    child.once('close', () => fail(new Error('the server ended')));
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = /^(http:\S+)/m.exec(output);
      if (found !== null) done(found[1]!);
    });
  });
}

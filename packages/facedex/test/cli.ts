import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { resolve } from 'node:path';

const BIN = resolve(import.meta.dirname, '../bin/facedex.js');

/** What a run of the command line left. */
export interface CliResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the real command line in a process of its own. */
export function startFacedex(
  args: readonly string[],
  cwd: string,
  stdio: StdioOptions = ['ignore', 'pipe', 'pipe'],
): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1' },
    stdio,
  });
}

/** Runs the real command line to its end. */
export async function facedex(args: readonly string[], cwd: string): Promise<CliResult> {
  const child = startFacedex(args, cwd);
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (exitCode, signal) => done({ exitCode, signal, stdout, stderr }));
  });
}

/** Runs a command with `--json`, expects it to succeed, and returns its document. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every shape
export async function facedexJson(args: readonly string[], cwd: string): Promise<any> {
  const { exitCode, stdout, stderr } = await facedex([...args, '--json'], cwd);
  if (exitCode !== 0)
    throw new Error(`facedex ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout);
}

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HostileFile } from './hostile-pictures.js';

/** What became of a file. */
export interface Outcome {
  readonly name: string;
  /** `ok`, or the code of the error. */
  readonly result: string;
  readonly ms: number;
  /** Of the process, in megabytes, after the file. */
  readonly rssMb: number;
}

/** What became of many files in a process of their own. */
export interface ChildReport {
  readonly outcomes: readonly Outcome[];
  /** Exit code of the process, or the signal that ended it; 0 where all went well. */
  readonly exit: number | string;
  /** The most memory that the process held, in megabytes. */
  readonly peakMb: number;
}

const INDEX = join(import.meta.dirname, '../packages/pipeline/dist/index.js');

const PROGRAM = `
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
const { Pipeline } = await import(process.argv[1]);
const folder = process.argv[2];
const pipeline = await Pipeline.open({ workers: 1 });
for (const name of readdirSync(folder).sort()) {
  const started = performance.now();
  const result = await pipeline.analyse(join(folder, name)).then(
    () => 'ok',
    (error) => error.code ?? 'no code: ' + error,
  );
  const ms = performance.now() - started;
  console.log(JSON.stringify({ name, result, ms, rssMb: process.memoryUsage.rss() / 1e6 }));
}
console.log(JSON.stringify({ peakMb: process.resourceUsage().maxRSS / 1e3 }));
await pipeline[Symbol.asyncDispose]();
`;

/** Analyses files in a child process, which is killed when one of them takes longer than the limit. */
export async function analyseInChild(
  files: Iterable<HostileFile>,
  { limitMs }: { readonly limitMs: number },
): Promise<ChildReport> {
  const folder = await mkdtemp(join(tmpdir(), 'facedex-hostile-'));
  try {
    for (const { name, bytes } of files) await writeFile(join(folder, name), bytes);
    const args = ['--input-type=module', '--eval', PROGRAM, INDEX, folder];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const outcomes: Outcome[] = [];
    let peakMb = Number.NaN;
    let timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    const exit = new Promise<number | string>((resolve) => {
      child.on('exit', (code, signal) => resolve(signal ?? code ?? 'unknown'));
    });
    for await (const line of createInterface({ input: child.stdout })) {
      clearTimeout(timer);
      timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
      const report = JSON.parse(line);
      if ('peakMb' in report) peakMb = report.peakMb;
      else outcomes.push(report);
    }
    clearTimeout(timer);
    return { outcomes, exit: await exit, peakMb };
  } finally {
    await rm(folder, { recursive: true });
  }
}

import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultCacheDirectory } from '../../src/models/cache-directory.js';

/**
 * Path of a Python that has some packages at pinned versions, kept in the cache between test runs.
 * A reason in place of `{ python }` where Python or the packages can't be had.
 */
export async function pythonWith(
  packages: readonly string[],
): Promise<{ python: string } | string> {
  const name = packages.join('-').replaceAll(/[^\w.-]+/g, '-');
  const folder = join(defaultCacheDirectory(), 'test-originals', `python-${name}`);
  const python = join(folder, 'bin', 'python');
  const done = join(folder, 'pyvenv.cfg.done');
  if (existsSync(done)) return { python };
  const run = promisify(execFile);
  try {
    await rm(folder, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', folder]);
    const quiet = ['--quiet', '--disable-pip-version-check', '--only-binary=:all:'];
    await run(python, ['-m', 'pip', 'install', ...quiet, ...packages], { timeout: 300_000 });
    await run(python, ['-c', `open(${JSON.stringify(done)}, 'w')`]);
    return { python };
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    return `no Python with ${packages.join(', ')}: ${stderr.trim().split('\n').at(-1) || message}`;
  }
}

/** Runs a script that reads 32-bit floats from stdin and writes 32-bit floats to stdout. */
export function runPython(
  python: string,
  { script, args, input }: { script: string; args: readonly string[]; input: Float32Array },
): Promise<Float32Array> {
  return new Promise((done, fail) => {
    const child = spawn(python, ['-c', script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    let errors = '';
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.on('error', fail);
    child.on('close', (code) => {
      if (code !== 0) fail(new Error(`Python ended with ${code}: ${errors}`));
      else done(new Float32Array(new Uint8Array(Buffer.concat(output)).buffer));
    });
    // Where Python ends early, its exit code and its message say why.
    child.stdin.on('error', () => {});
    child.stdin.end(Buffer.from(input.buffer, input.byteOffset, input.byteLength));
  });
}

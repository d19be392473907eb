import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const VERSIONS = { usearch: '2.26.2', 'hnswlib-node': '3.0.0', 'faiss-node': '0.5.1' };
const MULTIARCH: Record<string, string> = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/** In the environment of a peer's process. */
export const PEERS_FOLDER_VARIABLE = 'FACEDEX_BENCH_PEERS';

export type NpmPeer = keyof typeof VERSIONS;

/**
 * Installs a package in a project of its own, without its scripts, and compiles it where it has no
 * binary. A failure shows when the peer's process starts.
 */
export function installPeer(name: NpmPeer, folder: string): void {
  const project = join(folder, name);
  if (existsSync(join(project, 'done'))) return;
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n');
  const wanted = `${name}@${VERSIONS[name]}`;
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', wanted], project);
  const installed = join(project, 'node_modules', name);
  if (!existsSync(installed)) return;
  if (name === 'hnswlib-node') {
    const headers = dirname(dirname(process.execPath));
    const nodeGyp = join(REPOSITORY, 'node_modules', '.bin', 'node-gyp');
    run(nodeGyp, ['rebuild', `--nodedir=${headers}`], installed);
  }
  if (name === 'faiss-node') compileFaissNode(installed);
  writeFileSync(join(project, 'done'), '');
}

/** @throws where it could not be installed */
export function requirePeer<T>(name: NpmPeer): { module: T; version: string } {
  const project = join(process.env[PEERS_FOLDER_VARIABLE] ?? '', name);
  const require = createRequire(join(project, 'package.json'));
  try {
    return { module: require(name) as T, version: VERSIONS[name] };
  } catch (error) {
    throw new Error(`could not be installed or compiled: ${(error as Error).message}`);
  }
}

/**
 * Its binary comes from outside of the registry, so it is compiled from the sources in its package,
 * with the FAISS that the others use. That may be older than the one it was written for, where idx_t
 * had another place.
 */
function compileFaissNode(installed: string): void {
  const libraries = join('/usr/lib', MULTIARCH[process.arch] ?? '');
  const index = readFileSync('/usr/include/faiss/Index.h', 'utf8');
  const shim = join(installed, 'shim.h');
  const older = /^ {4}using idx_t = int64_t/m.test(index);
  const alias = older ? 'namespace faiss { using idx_t = Index::idx_t; }\n' : '';
  writeFileSync(shim, `#include <faiss/Index.h>\n${alias}`);
  const require = createRequire(join(installed, 'package.json'));
  const output = join(installed, 'build', 'Release');
  mkdirSync(output, { recursive: true });
  run(
    'c++',
    [
      ...['-std=c++17', '-O3', '-fPIC', '-fopenmp', '-shared', '-fvisibility=hidden'],
      ...['-DNAPI_VERSION=8', '-DFINTEGER=int', '-include', shim],
      ...['-isystem', join(dirname(dirname(process.execPath)), 'include', 'node')],
      ...['-isystem', dirname(require.resolve('node-addon-api/package.json'))],
      join('src', 'faiss.cc'),
      ...['-o', join(output, 'faiss-node.node')],
      join(libraries, 'libfaiss.a'),
      join(libraries, 'openblas-serial', 'libopenblas.so'),
      ...['-Wl,--exclude-libs,ALL', '-Wl,-Bsymbolic'],
    ],
    installed,
  );
}

function run(program: string, args: string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) {
    const tail = `${stdout}${stderr}`.trim().split('\n').slice(-5).join('\n');
    console.log(`${program} failed in ${cwd}:\n${tail}`);
  }
}

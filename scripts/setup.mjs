#!/usr/bin/env node
// Makes a fresh checkout ready: system libraries, npm packages, native parts, build, models.
// Plain Node, because nothing is installed yet when it runs. Every step looks first and does
// nothing where its result is there already, so `npm test` and `npm run demo` can call it always.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const LOCK_STAMP = join(ROOT, 'node_modules', '.facedex-lock-sha256');
const require = createRequire(join(ROOT, 'package.json'));

class SetupError extends Error {}

const steps = [
  ['system libraries', systemLibraries],
  ['npm packages', npmPackages],
  ['better-sqlite3', betterSqlite3],
  ['FAISS addon', faissAddon],
  ['TypeScript build', typescriptBuild],
  ['page', page],
  ['models', models],
  ['browser', browser],
];

try {
  const started = performance.now();
  for (const [name, step] of steps) await run(name, step);
  say(`ready in ${seconds(started)}`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`\nsetup: ${error.message}\n`);
  process.exitCode = 1;
}

/** A step returns undefined where there was nothing to do, else what it did. */
async function run(name, step) {
  const started = performance.now();
  const done = await step((text) => say(`${name}: ${text}`));
  if (done !== undefined) say(`${name}: ${done} in ${seconds(started)}`);
}

function systemLibraries(announce) {
  if (process.platform === 'linux') return debianLibraries(announce);
  if (process.platform === 'darwin') return brewLibraries(announce);
  throw new SetupError(
    `this set-up knows Debian/Ubuntu (apt) and macOS (brew), not ${process.platform}. ` +
      'On Windows use WSL 2 with Ubuntu.',
  );
}

function debianLibraries(announce) {
  const wanted = [
    ['libfaiss-dev', () => findLibrary('libfaiss.a', 'libfaiss.so') && existsInInclude('faiss')],
    ['libopenblas-pthread-dev', () => findLibrary('openblas-pthread/libopenblas.so')],
    ['g++', () => has('c++', '--version')],
    ['make', () => has('make', '--version')],
    ['python3', () => has('python3', '--version')], // node-gyp is written in it
    ['libnode-dev', () => nodeHeaders() !== undefined],
  ];
  const missing = wanted.filter(([, present]) => !present()).map(([name]) => name);
  if (missing.length === 0) return undefined;
  const install = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!has('apt-get', '--version')) {
    throw new SetupError(
      `missing: ${missing.join(', ')} (Debian's names). This system has no apt-get: install FAISS ` +
        '(with headers), OpenBLAS, a C++17 compiler, make, Python 3 and Node headers with its own ' +
        'package manager, then run this again.',
    );
  }
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (sudo.length > 0 && !has('sudo', '-n', 'true')) {
    throw new SetupError(`needs system packages. Run: sudo ${install}`);
  }
  announce(`installing ${missing.join(', ')} with apt`);
  const options = { DEBIAN_FRONTEND: 'noninteractive' };
  command([...sudo, 'apt-get', 'update', '-q'], options);
  command([...sudo, ...install.split(' ')], options);
  return `installed ${missing.join(', ')}`;
}

function brewLibraries(announce) {
  if (!has('brew', '--version')) {
    throw new SetupError('needs Homebrew (brew.sh) to install faiss, openblas and libomp.');
  }
  if (!has('c++', '--version'))
    throw new SetupError('needs a compiler. Run: xcode-select --install');
  const missing = ['faiss', 'openblas', 'libomp'].filter((name) => !has('brew', 'list', name));
  if (missing.length === 0) return undefined;
  announce(`installing ${missing.join(', ')} with brew`);
  command(['brew', 'install', ...missing]);
  return `installed ${missing.join(', ')}`;
}

function npmPackages(announce) {
  const lock = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  if (existsSync(LOCK_STAMP) && readFileSync(LOCK_STAMP, 'utf8') === lock) return undefined;
  announce('npm ci');
  // Install scripts are left out: onnxruntime-node ships its CPU library and would only look for
  // GPU files elsewhere, better-sqlite3 would look for a prebuilt binary elsewhere (built below).
  npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  writeFileSync(LOCK_STAMP, lock);
  return 'installed';
}

function betterSqlite3(announce) {
  const directory = dirname(require.resolve('better-sqlite3/package.json'));
  const addon = join(directory, 'build', 'Release', 'better_sqlite3.node');
  if (existsSync(addon) && has(process.execPath, '-e', `require(${JSON.stringify(addon)})`)) {
    return undefined;
  }
  announce('compiling SQLite (a minute or two)');
  const headers = nodeHeaders();
  if (headers === undefined) {
    throw new SetupError(
      `the headers of Node ${process.version} are not installed. Use Node from nodejs.org, ` +
        'NodeSource or nvm, which bring them, or install the libnode-dev package.',
    );
  }
  rmSync(join(directory, 'build'), { recursive: true, force: true });
  const nodeGyp = require.resolve('node-gyp/bin/node-gyp.js');
  command(
    [process.execPath, nodeGyp, 'rebuild', '--release', `--nodedir=${headers}`],
    { npm_config_loglevel: 'warn' },
    directory,
  );
  return 'compiled';
}

function faissAddon(announce) {
  const script = join(ROOT, 'packages', 'faiss', 'scripts', 'build-native.mjs');
  if (has(process.execPath, script, '--check')) return undefined;
  announce('compiling');
  command([process.execPath, script]);
  return 'compiled';
}

function typescriptBuild() {
  const before = performance.now();
  command([process.execPath, require.resolve('typescript/bin/tsc'), '-b', '--pretty', 'false']);
  // An incremental build that finds everything current is not worth a line.
  return performance.now() - before > 1500 ? 'built' : undefined;
}

/** The page is built anew where a source of it is newer than what was built. */
function page(announce) {
  const web = join(ROOT, 'packages', 'web');
  const built = join(ROOT, 'packages', 'facedex', 'page', 'index.html');
  const sources = ['src', 'public', 'scripts', 'index.html', 'vite.config.ts', 'package.json'];
  const client = join(ROOT, 'packages', 'client', 'src');
  const newest = Math.max(
    ...[...sources.map((name) => join(web, name)), client, LOCK_STAMP].map(lastChange),
  );
  if (existsSync(built) && statSync(built).mtimeMs > newest) return undefined;
  announce('building');
  npm(['run', 'build', '--silent', '-w', 'packages/web']);
  return 'built';
}

/** When a file, or anything in a folder, was changed last. */
function lastChange(path) {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => lastChange(join(path, name))));
}

async function models(announce) {
  const { pullModels } = await import('../packages/pipeline/dist/models/index.js');
  const pulled = await pullModels({ onProgress: (event) => announce(event.message) });
  const fresh = pulled.filter((model) => model.action === 'pulled').map((model) => model.id);
  return fresh.length === 0 ? undefined : `prepared ${fresh.join(', ')}`;
}

/** The prefix whose include/node holds this Node's headers, or undefined. */
function nodeHeaders() {
  const prefixes = [dirname(dirname(process.execPath)), '/usr', '/usr/local'];
  const major = process.versions.node.split('.')[0];
  return prefixes.find((prefix) => {
    const header = join(prefix, 'include', 'node', 'node_version.h');
    return (
      existsSync(header) && readFileSync(header, 'utf8').includes(`NODE_MAJOR_VERSION ${major}\n`)
    );
  });
}

function findLibrary(...names) {
  const triplet = spawnSync('cc', ['-print-multiarch'], { encoding: 'utf8' }).stdout?.trim();
  const folders = [...(triplet ? [`/usr/lib/${triplet}`] : []), '/usr/lib', '/usr/local/lib'];
  return folders.some((folder) => names.some((name) => existsSync(join(folder, name))));
}

function existsInInclude(name) {
  return ['/usr/include', '/usr/local/include'].some((folder) => existsSync(join(folder, name)));
}

/** A browser for the page's tests, which skip without one: nothing else needs it. */
function browser(announce) {
  if (process.platform !== 'linux' || hasBrowser() || !has('apt-get', '--version'))
    return undefined;
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (sudo.length > 0 && !has('sudo', '-n', 'true')) return undefined;
  announce('installing chromium with apt');
  const [program, ...install] = [...sudo, 'apt-get', 'install', '-y', '-q', 'chromium'];
  if (
    has(program, ...install) ||
    (has(...sudo, 'apt-get', 'update', '-q') && has(program, ...install))
  ) {
    return 'installed chromium';
  }
  return "could not install chromium, so the page's tests will be skipped,";
}

function hasBrowser() {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  return names.some((name) => existsSync(`/usr/bin/${name}`));
}

function has(program, ...args) {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

function npm(args) {
  const cli = process.env.npm_execpath;
  command(cli?.endsWith('.js') ? [process.execPath, cli, ...args] : ['npm', ...args]);
}

/** Runs quietly; where the command fails, shows all that it printed. */
function command([program, ...args], env = {}, cwd = ROOT) {
  const result = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  const reason = result.error?.message ?? `it ended with ${result.status ?? result.signal}`;
  throw new SetupError(`could not run: ${[program, ...args].join(' ')} (${reason}). See above.`);
}

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

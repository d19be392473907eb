#!/usr/bin/env node
// Compiles native/ into build/Release/facedex_faiss.node; does nothing where that is current.
//
// The addon uses Node-API only, so it needs neither Node's own headers nor node-gyp (and with it
// Python and make): a C++ compiler, called directly, is all. The same file runs in every Node.
//
//   node scripts/build-native.mjs           builds where needed
//   node scripts/build-native.mjs --check   builds nothing; ends with 0 where the build is current

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));
const NATIVE = join(PACKAGE, 'native');
const OBJECTS = join(PACKAGE, 'build', 'objects');
const ADDON = join(PACKAGE, 'build', 'Release', 'facedex_faiss.node');
const STAMP = `${ADDON}.sha256`;

const MULTIARCH = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

class BuildError extends Error {}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main();
}

/** Whether the compiled addon belongs to these sources, libraries and options. */
export function nativeIsCurrent() {
  try {
    return isCurrent(fingerprint(findToolchain()));
  } catch (error) {
    if (error instanceof BuildError) return false;
    throw error;
  }
}

/** Compiles the addon where it is not current. Resolves with whether there was anything to do. */
export async function buildNative() {
  const toolchain = findToolchain();
  const wanted = fingerprint(toolchain);
  if (isCurrent(wanted)) return false;
  mkdirSync(OBJECTS, { recursive: true });
  mkdirSync(dirname(ADDON), { recursive: true });
  const objects = await compileAll(toolchain);
  // Linked beside and renamed: a process that has the old addon loaded keeps it.
  const linked = join(OBJECTS, basename(ADDON));
  await run(toolchain.compiler, [
    ...toolchain.linkFlags,
    '-o',
    linked,
    ...objects,
    ...toolchain.libraries,
  ]);
  renameSync(linked, ADDON);
  writeFileSync(STAMP, wanted);
  return true;
}

async function main() {
  if (process.argv.includes('--check')) {
    process.exitCode = nativeIsCurrent() ? 0 : 1;
    return;
  }
  const started = performance.now();
  try {
    const built = await buildNative();
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(built ? `faiss addon: compiled in ${seconds} s` : 'faiss addon: up to date');
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`faiss addon: ${error.message}`);
    process.exitCode = 1;
  }
}

/** The compiler with all flags, and the files outside this package that the result depends on. */
function findToolchain() {
  const require = createRequire(import.meta.url);
  let includes;
  try {
    includes = [
      dirname(require.resolve('node-addon-api/package.json')),
      require('node-api-headers').include_dir,
    ];
  } catch {
    throw new BuildError(
      'the npm packages node-addon-api and node-api-headers are missing. Run: npm ci',
    );
  }
  const system = process.platform === 'darwin' ? brewLibraries() : linuxLibraries();
  const compileFlags = [
    '-std=c++17',
    '-O3',
    '-fPIC',
    '-fexceptions',
    '-frtti',
    '-fvisibility=hidden',
    '-Wall',
    '-Wextra',
    '-DNDEBUG',
    '-DFINTEGER=int',
    '-DNAPI_VERSION=8',
    // Else a std::exception in a synchronous call would end the process.
    '-DNODE_ADDON_API_CPP_EXCEPTIONS_ALL',
    ...system.compileFlags,
    // As system headers: their warnings are not ours.
    ...[...includes, ...system.includes].flatMap((folder) => ['-isystem', folder]),
  ];
  return { compiler: process.env.CXX || 'c++', ...system, compileFlags };
}

function linuxLibraries() {
  if (process.platform !== 'linux') {
    throw new BuildError(
      `builds on Linux and macOS, not on ${process.platform}. On Windows use WSL 2.`,
    );
  }
  const folders = [
    ...(MULTIARCH[process.arch] ? [join('/usr/lib', MULTIARCH[process.arch])] : []),
    '/usr/local/lib64',
    '/usr/local/lib',
    '/usr/lib64',
    '/usr/lib',
  ];
  const faiss = firstFile(folders, ['libfaiss.a', 'libfaiss.so']);
  if (faiss === undefined || !existsSync(headerFor(faiss))) {
    throw new BuildError(
      `FAISS is missing. Run: apt-get install libfaiss-dev (looked in ${folders.join(', ')})`,
    );
  }
  // The serial flavour: FAISS has threads of its own, and OpenBLAS's beside them slow both down.
  const openblas = firstFile(folders, ['openblas-serial/libopenblas.so', 'libopenblas.so']);
  if (openblas === undefined) {
    throw new BuildError('OpenBLAS is missing. Run: apt-get install libopenblas-serial-dev');
  }
  return {
    includes: faiss.startsWith('/usr/local/') ? ['/usr/local/include'] : [],
    compileFlags: ['-fopenmp'],
    linkFlags: [
      '-shared',
      '-fopenmp',
      // FAISS's and OpenMP's symbols stay inside, whatever else the process has loaded.
      '-Wl,--exclude-libs,ALL',
      '-Wl,-Bsymbolic',
      ...new Set([openblas, faiss].map((library) => `-Wl,-rpath,${dirname(library)}`)),
    ],
    libraries: [faiss, openblas],
    dependencies: [faiss, openblas],
  };
}

function brewLibraries() {
  const prefix =
    process.env.HOMEBREW_PREFIX || (process.arch === 'arm64' ? '/opt/homebrew' : '/usr/local');
  const keg = (name) => join(prefix, 'opt', name);
  const faiss = firstFile([join(keg('faiss'), 'lib')], ['libfaiss.dylib', 'libfaiss.a']);
  const openblas = firstFile([join(keg('openblas'), 'lib')], ['libopenblas.dylib']);
  const openmp = firstFile([join(keg('libomp'), 'lib')], ['libomp.dylib']);
  if (faiss === undefined || openblas === undefined || openmp === undefined) {
    throw new BuildError(
      `libraries are missing below ${prefix}. Run: brew install faiss openblas libomp`,
    );
  }
  return {
    includes: [join(keg('faiss'), 'include'), join(keg('libomp'), 'include')],
    compileFlags: ['-Xpreprocessor', '-fopenmp'],
    linkFlags: ['-bundle', '-undefined', 'dynamic_lookup'],
    libraries: [faiss, openblas, openmp],
    dependencies: [faiss, openblas, openmp],
  };
}

function firstFile(folders, names) {
  for (const folder of folders) {
    for (const name of names) {
      const path = join(folder, name);
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}

function headerFor(library) {
  const prefix = library.startsWith('/usr/local/') ? '/usr/local' : '/usr';
  return join(prefix, 'include', 'faiss', 'Index.h');
}

/** Stands for everything that the compiled addon depends on. */
function fingerprint(toolchain) {
  const hash = createHash('sha256');
  const { compiler, compileFlags, linkFlags, libraries, dependencies } = toolchain;
  hash.update(
    JSON.stringify([process.platform, process.arch, compiler, compileFlags, linkFlags, libraries]),
  );
  for (const dependency of dependencies) {
    const { size, mtimeMs } = statSync(dependency);
    hash.update(`${dependency} ${size} ${mtimeMs}\n`);
  }
  const require = createRequire(import.meta.url);
  hash.update(require('node-addon-api/package.json').version);
  for (const name of readdirSync(NATIVE).sort()) {
    hash.update(`${name}\n`).update(readFileSync(join(NATIVE, name)));
  }
  return hash.digest('hex');
}

function isCurrent(wanted) {
  return existsSync(ADDON) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted;
}

async function compileAll({ compiler, compileFlags }) {
  const sources = readdirSync(NATIVE).filter((name) => name.endsWith('.cc'));
  const waiting = [...sources];
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      await run(compiler, [...compileFlags, '-c', join(NATIVE, name), '-o', objectOf(name)]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return sources.map(objectOf);
}

function objectOf(source) {
  return join(OBJECTS, `${basename(source, '.cc')}.o`);
}

/** Runs quietly, but shows warnings; where the command fails, shows it. */
function run(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('error', (error) => {
      const fix = process.platform === 'darwin' ? 'xcode-select --install' : 'apt-get install g++';
      reject(new BuildError(`no C++ compiler (${error.message}). Run: ${fix}`));
    });
    child.on('close', (code, signal) => {
      if (code === 0) return resolve();
      const reason = code === null ? `was ended by ${signal}` : `failed with ${code}`;
      reject(
        new BuildError(
          `the compiler ${reason}, see above. It was: ${[program, ...args].join(' ')}`,
        ),
      );
    });
  });
}

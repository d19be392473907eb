// The compiler with all flags, and the libraries: what the addon is made with and depends on.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { optimizedFaiss, simdVariants } from './simd-variants.mjs';

const MULTIARCH = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

export class BuildError extends Error {}

/** The builds that are possible here: always the baseline, and the variants that FAISS is there for. */
export function findToolchains() {
  const system = process.platform === 'darwin' ? brewLibraries() : linuxLibraries();
  const base = toolchain('baseline', system);
  const variants = simdVariants().flatMap(({ name, compileFlags }) => {
    const faiss = optimizedFaiss(name);
    if (faiss === undefined) return [];
    const replaced = (path) => (path === system.faiss ? faiss.library : path);
    return toolchain(name, {
      ...system,
      faiss: faiss.library,
      // Before the compiler's own folders, which have the headers of another FAISS.
      includes: [faiss.include, ...system.includes],
      compileFlags: [...system.compileFlags, ...compileFlags],
      libraries: system.libraries.map(replaced),
    });
  });
  return [base, ...variants];
}

function toolchain(variant, system) {
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
    ...[...nodeApiIncludes(), ...system.includes].flatMap((folder) => ['-isystem', folder]),
  ];
  return { variant, compiler: process.env.CXX || 'c++', ...system, compileFlags };
}

function nodeApiIncludes() {
  const require = createRequire(import.meta.url);
  try {
    return [
      dirname(require.resolve('node-addon-api/package.json')),
      require('node-api-headers').include_dir,
    ];
  } catch {
    throw new BuildError(
      'the npm packages node-addon-api and node-api-headers are missing. Run: npm ci, or in a ' +
        'project of your own: npm install --save-dev node-addon-api@8 node-api-headers@1',
    );
  }
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
  // Not the serial flavour: it isn't built to be called on several threads at once, and then gives
  // wrong results. Nor OpenMP's, which was three times slower for calls beside each other.
  const openblas = firstFile(folders, ['openblas-pthread/libopenblas.so', 'libopenblas.so']);
  if (openblas === undefined) {
    throw new BuildError('OpenBLAS is missing. Run: apt-get install libopenblas-pthread-dev');
  }
  return {
    faiss,
    includes: faiss.startsWith('/usr/local/') ? ['/usr/local/include'] : [],
    compileFlags: ['-fopenmp'],
    linkFlags: [
      '-shared',
      '-fopenmp',
      // FAISS's and OpenMP's symbols stay inside, whatever else the process has loaded.
      '-Wl,--exclude-libs,ALL',
      '-Wl,-Bsymbolic',
    ],
    rpaths: [...new Set([openblas, faiss].map(dirname))],
    libraries: [faiss, openblas],
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
    faiss,
    includes: [join(keg('faiss'), 'include'), join(keg('libomp'), 'include')],
    compileFlags: ['-Xpreprocessor', '-fopenmp'],
    linkFlags: ['-bundle', '-undefined', 'dynamic_lookup'],
    rpaths: [],
    libraries: [faiss, openblas, openmp],
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

#!/usr/bin/env node
// Compiles the addon with a sanitizer, into a copy of the package below build/, and makes every call
// on it: the first error that the sanitizer sees ends this with its report.
//
//   node scripts/sanitize.mjs address|thread [--faiss <libfaiss.a>] [-- <script of the package> …]
//
// address (with undefined): memory that is not ours, and arithmetic without meaning.
// thread: two threads of the pool or of workers at the same memory. Sanitizers don't see OpenMP's
// barriers, so that each call has one thread of OpenMP there (OMP_NUM_THREADS=1): what is tested is
// our own order of calls.
//
// The system's FAISS is not compiled with the sanitizer, which then sees only what our code does, and
// what FAISS does by malloc, free, memcpy and the like. --faiss links one that is. The script after --
// is test/stress/sanitize-child.ts unless given, for instance scripts/sweep-factories.mjs.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));
const SUPPRESSIONS = join(PACKAGE, 'test', 'stress', 'thread-suppressions.txt');

const SANITIZERS = {
  address: {
    flags: '-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-sanitize=vptr',
    library: 'libasan.so',
    environment: {
      // V8 keeps most of its memory until the end, on purpose: leaks are for scripts/leaks.mjs.
      ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=1:allocator_may_return_null=1',
      UBSAN_OPTIONS: 'print_stacktrace=1',
    },
  },
  thread: {
    flags: '-fsanitize=thread',
    library: 'libtsan.so',
    environment: {
      TSAN_OPTIONS: `suppressions=${SUPPRESSIONS}:second_deadlock_stack=1:ignore_noninstrumented_modules=1`,
      OMP_NUM_THREADS: '1',
    },
  },
};

const { values: options, positionals } = parseArgs({
  options: { faiss: { type: 'string' } },
  allowPositionals: true,
});
const [name, script = 'test/stress/sanitize-child.ts', ...args] = positionals;
if (!Object.hasOwn(SANITIZERS, name ?? '')) {
  console.error('Expected a sanitizer: node scripts/sanitize.mjs address|thread');
  process.exit(2);
}
const sanitizer = SANITIZERS[name];
const copy = join(PACKAGE, 'build', `sanitize-${name}`);
copyPackage();
build();
process.exitCode = runChild();

/** What is compiled stays, for the next time. Dependencies are found in the folders above. */
function copyPackage() {
  for (const entry of ['native', 'src', 'test', 'scripts']) {
    rmSync(join(copy, entry), { recursive: true, force: true });
  }
  mkdirSync(copy, { recursive: true });
  for (const entry of readdirSync(PACKAGE)) {
    if (['build', 'dist', 'node_modules'].includes(entry)) continue;
    cpSync(join(PACKAGE, entry), join(copy, entry), { recursive: true, preserveTimestamps: true });
  }
  rmSync(join(copy, 'node_modules'), { recursive: true, force: true });
  try {
    symlinkSync(join(PACKAGE, 'node_modules'), join(copy, 'node_modules'));
  } catch {
    // There need not be any.
  }
}

/** By a compiler that adds flags: the last ones count. */
function build() {
  const compiler = join(copy, 'compiler');
  const faiss = options.faiss === undefined ? '' : resolve(options.faiss);
  writeFileSync(
    compiler,
    `#!/bin/sh
faiss='${faiss}'
for argument do
  shift
  case "$argument" in
    */libfaiss.a) set -- "$@" "\${faiss:-$argument}" ;;
    *) set -- "$@" "$argument" ;;
  esac
done
exec ${process.env.CXX || 'c++'} "$@" -O1 -g -fno-omit-frame-pointer ${sanitizer.flags}
`,
  );
  chmodSync(compiler, 0o755);
  // What is linked is not part of what the build compares.
  rmSync(join(copy, 'build', 'Release'), { recursive: true, force: true });
  run('node', ['scripts/build-native.mjs'], { CXX: compiler });
}

function runChild() {
  const { stdout } = spawnSync('c++', [`-print-file-name=${sanitizer.library}`], {
    encoding: 'utf8',
  });
  const program = [process.execPath, '--import', 'tsx', script, ...args];
  // ThreadSanitizer wants to know where memory is.
  const [command, ...rest] = name === 'thread' ? ['setarch', '-R', ...program] : program;
  return run(command, rest, {
    LD_PRELOAD: stdout.trim(),
    OMP_WAIT_POLICY: 'passive',
    // --faiss stands in for the system's FAISS, not for the faster builds beside it.
    FACEDEX_FAISS_SIMD: process.env.FACEDEX_FAISS_SIMD ?? 'baseline',
    ...sanitizer.environment,
  });
}

function run(command, args, environment) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: copy,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  if (error) throw error;
  if (status !== 0) {
    console.error(`${command} ended with ${signal ?? status}`);
    process.exit(1);
  }
  return status;
}

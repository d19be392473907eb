#!/usr/bin/env node
// Compiles native/ into build/Release/, for the baseline and for each variant that optimize.mjs made
// a FAISS for; does nothing where that is current.
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
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addonName, simdVariants } from './simd-variants.mjs';
import { BuildError, findToolchains } from './toolchain.mjs';

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));
const NATIVE = join(PACKAGE, 'native');
const RELEASE = join(PACKAGE, 'build', 'Release');

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main();
}

/** Whether the compiled addons belong to these sources, libraries and options. */
export function nativeIsCurrent() {
  try {
    const toolchains = findToolchains();
    return toolchains.every(isCurrent) && staleAddons(toolchains).length === 0;
  } catch (error) {
    if (error instanceof BuildError) return false;
    throw error;
  }
}

/** Compiles the addons that are not current. Resolves with the names of these variants. */
export async function buildNative() {
  const toolchains = findToolchains();
  const built = [];
  for (const toolchain of toolchains) {
    if (isCurrent(toolchain)) continue;
    const objects = await compileAll(toolchain);
    const addon = addonOf(toolchain.variant);
    mkdirSync(RELEASE, { recursive: true });
    // Linked beside and renamed: a process that has the old addon loaded keeps it.
    const linked = join(objectsOf(toolchain.variant), basename(addon));
    const rpaths = toolchain.rpaths.map((folder) => `-Wl,-rpath,${folder}`);
    await link(toolchain, { objects, output: linked, flags: rpaths });
    renameSync(linked, addon);
    writeFileSync(stampOf(toolchain.variant), fingerprint(toolchain));
    built.push(toolchain.variant);
  }
  for (const variant of staleAddons(toolchains)) {
    rmSync(addonOf(variant));
    rmSync(stampOf(variant), { force: true });
  }
  return built;
}

/** The object files of a variant, from its last build. */
export function objectFiles(variant) {
  return sources().map((source) => objectOf(variant, source));
}

/** Links an addon from object files. */
export async function link({ compiler, linkFlags, libraries }, { objects, output, flags }) {
  await run(compiler, [...linkFlags, ...flags, '-o', output, ...objects, ...libraries]);
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
    console.log(
      built.length > 0
        ? `faiss addon: compiled (${built.join(', ')}) in ${seconds} s`
        : 'faiss addon: up to date',
    );
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`faiss addon: ${error.message}`);
    process.exitCode = 1;
  }
}

function addonOf(variant) {
  return join(RELEASE, addonName(variant));
}

function stampOf(variant) {
  return `${addonOf(variant)}.sha256`;
}

function objectsOf(variant) {
  return join(PACKAGE, 'build', 'objects', variant);
}

function objectOf(variant, source) {
  return join(objectsOf(variant), `${basename(source, '.cc')}.o`);
}

function sources() {
  return readdirSync(NATIVE).filter((name) => name.endsWith('.cc'));
}

/** Addons of older sources, whose FAISS is gone: the loader must not find them. */
function staleAddons(toolchains) {
  const possible = toolchains.map(({ variant }) => variant);
  return simdVariants()
    .map(({ name }) => name)
    .filter((name) => !possible.includes(name) && existsSync(addonOf(name)));
}

function isCurrent(toolchain) {
  const stamp = stampOf(toolchain.variant);
  return (
    existsSync(addonOf(toolchain.variant)) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === fingerprint(toolchain)
  );
}

/** Stands for everything that the compiled addon depends on. */
function fingerprint(toolchain) {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([process.platform, process.arch, toolchain]));
  for (const dependency of toolchain.libraries) {
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

async function compileAll({ variant, compiler, compileFlags }) {
  mkdirSync(objectsOf(variant), { recursive: true });
  const waiting = sources();
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      await run(compiler, [
        ...compileFlags,
        '-c',
        join(NATIVE, name),
        '-o',
        objectOf(variant, name),
      ]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return objectFiles(variant);
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

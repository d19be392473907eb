#!/usr/bin/env node
// Makes FAISS with vector instructions, and the addon against it.
//
// Distributions build FAISS for any processor of the platform, and its inner loops fall back to
// scalar code there. The library goes into facedex's cache, so each checkout after the first has it.
//
//   node scripts/optimize.mjs                   the newest FAISS that can be had here
//   node scripts/optimize.mjs --faiss 1.7.3     that one

import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildNative } from './build-native.mjs';
import { FAISS_SOURCES, OptimizeError, output } from './faiss-sources.mjs';
import { cacheFolder, choiceFile, simdVariants } from './simd-variants.mjs';
import { BuildError } from './toolchain.mjs';

const CMAKE_OPTIONS = [
  '-DCMAKE_BUILD_TYPE=Release',
  '-DFAISS_ENABLE_GPU=OFF',
  '-DFAISS_ENABLE_MKL=OFF',
  '-DFAISS_ENABLE_PYTHON=OFF',
  '-DFAISS_ENABLE_C_API=OFF',
  '-DFAISS_ENABLE_EXTRAS=OFF',
  '-DBUILD_TESTING=OFF',
  '-DBUILD_SHARED_LIBS=OFF',
  '-DCMAKE_POSITION_INDEPENDENT_CODE=ON',
  '-DBLA_VENDOR=OpenBLAS',
];

try {
  const variants = simdVariants();
  if (variants.length === 0) {
    say(
      `nothing to do on ${process.platform}-${process.arch}: FAISS has no faster build for it ` +
        '(there is one for Linux on x64)',
    );
  } else {
    const { values } = parseArgs({ options: { faiss: { type: 'string' } } });
    for (const { name } of variants) optimize(name, values.faiss);
    const built = await buildNative();
    say(built.length > 0 ? `compiled the addon (${built.join(', ')})` : 'the addon is up to date');
  }
} catch (error) {
  if (!(error instanceof OptimizeError || error instanceof BuildError)) throw error;
  say(error.message);
  process.exitCode = 1;
}

/** Makes the library of a variant from the first source that works. */
function optimize(variant, version) {
  const sources = FAISS_SOURCES.filter(
    (source) => version === undefined || source.version === version,
  );
  const known = FAISS_SOURCES.map((source) => source.version).join(' or ');
  if (sources.length === 0)
    throw new OptimizeError(`Expected --faiss ${known}, received ${version}.`);
  for (const source of sources) {
    try {
      const folder = library(variant, source);
      const choice = { version: source.version, folder };
      writeFileSync(choiceFile(variant), `${JSON.stringify(choice, null, 2)}\n`);
      return;
    } catch (error) {
      if (!(error instanceof OptimizeError)) throw error;
      say(`${variant}: no FAISS ${source.version}: ${error.message}`);
    }
  }
  throw new OptimizeError('could not make FAISS, see above. The baseline addon works as before.');
}

/** The folder with lib/ and include/, made where it is not there. */
function library(variant, source) {
  const compiler = process.env.CXX || 'c++';
  const compilerVersion = output([compiler, '--version'], {}, 'no C++ compiler').split('\n')[0];
  const key = createHash('sha256')
    .update(JSON.stringify([variant, source.identity(), CMAKE_OPTIONS, compilerVersion]))
    .digest('hex')
    .slice(0, 12);
  const cache = join(cacheFolder(), 'faiss');
  const folder = join(cache, `${source.version}-${key}`);
  if (existsSync(folder)) {
    say(`${variant}: FAISS ${source.version} is in ${folder}`);
    return folder;
  }
  requireCmake();
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'building-'));
  try {
    say(`${variant}: FAISS ${source.version}, ${source.origin}; a minute or two on 2 cores`);
    const started = performance.now();
    const fetched = join(work, 'source');
    mkdirSync(fetched);
    const made = build(variant, { source: source.fetch(fetched), work });
    try {
      renameSync(made, folder);
    } catch (error) {
      // Another process was faster.
      if (!existsSync(folder)) throw error;
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    say(`${variant}: made in ${seconds} s`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}

function build(variant, { source, work }) {
  const objects = join(work, 'objects');
  const target = `faiss_${variant}`;
  output(
    ['cmake', '-S', source, '-B', objects, ...CMAKE_OPTIONS, `-DFAISS_OPT_LEVEL=${variant}`],
    {},
    'cmake failed',
  );
  const jobs = String(availableParallelism());
  output(['cmake', '--build', objects, '--target', target, '-j', jobs], {}, 'the compiler failed');
  const made = join(work, 'made');
  mkdirSync(join(made, 'lib'), { recursive: true });
  cpSync(join(objects, 'faiss', `lib${target}.a`), join(made, 'lib', `lib${target}.a`));
  cpSync(join(source, 'LICENSE'), join(made, 'LICENSE'));
  const headers = readdirSync(join(source, 'faiss'), { recursive: true }).filter(
    (name) => name.endsWith('.h') && !name.startsWith('gpu'),
  );
  for (const name of headers) {
    cpSync(join(source, 'faiss', name), join(made, 'include', 'faiss', name));
  }
  return made;
}

/** Installs cmake where it is missing and that needs no question, as scripts/setup.mjs does. */
function requireCmake() {
  try {
    output(['cmake', '--version'], {}, '');
    return;
  } catch {}
  const install = 'apt-get install -y --no-install-recommends cmake make';
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (sudo.length > 0) output([...sudo, 'true'], {}, `needs cmake. Run: sudo ${install}`);
  say('installing cmake with apt');
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  output([...sudo, 'apt-get', 'update', '-q'], options, `needs cmake. Run: ${install}`);
  output([...sudo, ...install.split(' ')], options, `needs cmake. Run: ${install}`);
}

function say(text) {
  process.stderr.write(`faiss:optimize: ${text}\n`);
}

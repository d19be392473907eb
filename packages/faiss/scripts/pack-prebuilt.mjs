#!/usr/bin/env node
// Packs @facedex/faiss and, for the platform that it runs on, the package with the compiled addons and
// all libraries that they need, so that who installs both needs no compiler and no system package.
//
//   node scripts/pack-prebuilt.mjs      two .tgz files in build/prebuilt/
//
// The addons are linked anew, to find their libraries beside them. Runs on Linux.

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildNative, link, objectFiles } from './build-native.mjs';
import { bundledLibraries, newestSymbol, ownerOf } from './bundled-libraries.mjs';
import { addonName, optimizedFaiss, simdVariants } from './simd-variants.mjs';
import { BuildError, findToolchains } from './toolchain.mjs';

const PACKAGE = dirname(dirname(fileURLToPath(import.meta.url)));
const ROOT = dirname(dirname(PACKAGE));
const OUTPUT = join(PACKAGE, 'build', 'prebuilt');
const require = createRequire(import.meta.url);

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    for (const path of await packPrebuilt()) console.log(path);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`faiss packages: ${error.message}`);
    process.exitCode = 1;
  }
}

/** Resolves with the paths of the two packages: @facedex/faiss, and that of this platform. */
export async function packPrebuilt() {
  if (process.platform !== 'linux') {
    throw new BuildError(
      `prebuilt packages are made on Linux only so far, not on ${process.platform}`,
    );
  }
  await buildNative();
  execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-b', PACKAGE], {
    stdio: 'inherit',
  });
  rmSync(OUTPUT, { recursive: true, force: true });
  const { PREBUILT_PLATFORMS, prebuiltPackage } = await import('../dist/prebuilt-package.js');
  const name = prebuiltPackage();
  if (name === undefined) {
    throw new BuildError(
      `there is no package for ${process.platform}-${process.arch}, only for ` +
        `${PREBUILT_PLATFORMS.join(', ')}`,
    );
  }
  const { version } = readManifest();
  return [
    pack(stageMain(PREBUILT_PLATFORMS.map((platform) => `@facedex/faiss-${platform}`))),
    pack(await stagePlatform(name, version)),
  ];
}

/** @facedex/faiss as users get it: compiled, and with the platforms' packages as optional ones. */
function stageMain(platformPackages) {
  const folder = join(OUTPUT, 'faiss');
  mkdirSync(folder, { recursive: true });
  const { devDependencies, scripts, ...manifest } = readManifest();
  // Not in the repository's own manifest, where npm would look for packages that are being made.
  manifest.optionalDependencies = Object.fromEntries(
    platformPackages.map((name) => [name, manifest.version]),
  );
  const { types, default: main } = manifest.exports['.'];
  manifest.exports = { '.': { types, default: main } };
  writeManifest(folder, manifest);
  for (const name of readdirSync(join(PACKAGE, 'dist'))) {
    if (!/\.(js|d\.ts)$/.test(name) && name.includes('.')) continue;
    cpSync(join(PACKAGE, 'dist', name), join(folder, 'dist', name), {
      recursive: true,
      filter: (path) => !/\.(map|tsbuildinfo)$/.test(path),
    });
  }
  for (const name of manifest.files.filter((file) => file !== 'dist')) {
    cpSync(join(PACKAGE, name), join(folder, name), {
      recursive: true,
      filter: (path) => !basename(path).startsWith('pack-'),
    });
  }
  copyFileSync(join(PACKAGE, 'README.md'), join(folder, 'README.md'));
  copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  return folder;
}

async function stagePlatform(name, version) {
  const folder = join(OUTPUT, basename(name));
  mkdirSync(join(folder, 'licenses'), { recursive: true });
  const addons = [];
  for (const toolchain of findToolchains()) {
    const output = join(folder, addonName(toolchain.variant));
    // An old-style rpath, since that one holds for the libraries' own libraries as well. The C++
    // library stays out: linked in, it would ask for a newer glibc than the shared one does.
    const flags = ['-s', '-Wl,--disable-new-dtags', '-Wl,-rpath,$ORIGIN'];
    const objects = objectFiles(toolchain.variant);
    await link(toolchain, { objects, output, flags });
    addons.push(output);
  }
  const libraries = bundledLibraries(addons, findToolchains()[0].rpaths);
  for (const { soname, path } of libraries) copyFileSync(path, join(folder, soname));
  const files = [...addons, ...libraries.map(({ path }) => path)];
  const needs = ['GLIBC', 'GLIBCXX'].flatMap((name) => newestSymbol(files, name) ?? []);
  writeLicenses(folder, libraries);
  const libc = name.endsWith('-musl') ? 'musl' : 'glibc';
  const description = `The compiled addon of @facedex/faiss for ${basename(name).slice('faiss-'.length)}`;
  writeManifest(folder, {
    name,
    version,
    description,
    license: 'Apache-2.0 AND MIT AND BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1',
    os: [process.platform],
    cpu: [process.arch],
    libc: [libc],
    engines: readManifest().engines,
    preferUnplugged: true,
  });
  writeFileSync(
    join(folder, 'README.md'),
    [
      `# ${name}\n`,
      `${description}, with the libraries that it needs.`,
      'Install `@facedex/faiss`, which brings this package where it fits.',
      ...(needs.length > 0 ? [`Needs ${needs.join(' and ')} of the system, or newer.`] : []),
      '`LICENSE` says what is in it.\n',
    ].join('\n'),
  );
  return folder;
}

/** What is bundled, by whom, from which source, and each one's own words. */
function writeLicenses(folder, libraries) {
  const system = libraries.map(({ soname, debian, source, copyright }) => {
    copyFileSync(copyright, join(folder, 'licenses', `${debian}.txt`));
    return `- ${soname}: Debian's package ${debian}, of the source package ${source}\n  licenses/${debian}.txt`;
  });
  const debianFaiss = findToolchains()[0].libraries[0];
  const baseline = ownerOf(debianFaiss);
  copyFileSync(baseline.copyright, join(folder, 'licenses', 'faiss.txt'));
  const optimized = simdVariants().flatMap(({ name }) => {
    const faiss = optimizedFaiss(name);
    if (faiss === undefined) return [];
    copyFileSync(join(faiss.folder, 'LICENSE'), join(folder, 'licenses', `faiss-${name}.txt`));
    return [
      `- ${addonName(name)}: FAISS ${basename(faiss.folder).split('-')[0]} (MIT), linked into it\n` +
        `  licenses/faiss-${name}.txt`,
    ];
  });
  copyFileSync(join(ROOT, 'LICENSE'), join(folder, 'licenses', 'facedex.txt'));
  copyFileSync('/usr/share/common-licenses/GPL-3', join(folder, 'licenses', 'GPL-3.txt'));
  writeFileSync(
    join(folder, 'LICENSE'),
    [
      'The addons (facedex_faiss*.node) are part of facedex, Apache License 2.0 (licenses/facedex.txt).',
      'They contain or come with work of others, under the terms in licenses/:',
      '',
      `- ${addonName('baseline')}: FAISS (MIT), of Debian's source package ${baseline.source}, linked`,
      '  into it',
      '  licenses/faiss.txt',
      ...optimized,
      ...system,
      '',
      'OpenBLAS is under the BSD 3-clause licence. libgomp, libgfortran and libquadmath are of GCC: GPL-3',
      '(licenses/GPL-3.txt) with the GCC Runtime Library Exception, libquadmath LGPL-2.1 or later. They',
      "are Debian's unchanged files; their source is at https://snapshot.debian.org under the names and",
      'versions above.',
      '',
    ].join('\n'),
  );
}

function readManifest() {
  return JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
}

function writeManifest(folder, manifest) {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function pack(folder) {
  const npm = process.env.npm_execpath;
  const [program, ...first] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', OUTPUT];
  const printed = execFileSync(program, [...first, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return join(OUTPUT, packedFile(JSON.parse(printed)));
}

/** npm prints an array, from version 12 on an object by package. */
function packedFile(report) {
  const [packed] = Object.values(report);
  return packed.filename;
}

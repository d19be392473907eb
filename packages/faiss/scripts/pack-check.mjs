#!/usr/bin/env node
// Proves that the packages work as installed: packs both, installs the two files into an empty folder
// with nothing else to be had, and runs the README's first example there, without a compiler.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { packPrebuilt } from './pack-prebuilt.mjs';
import { simdVariants } from './simd-variants.mjs';
import { BuildError } from './toolchain.mjs';

const BUNDLED = /\/lib(openblas|gfortran|quadmath|gomp)[^/]*$/;

/** Prints the build in use, then the paths of all libraries in the process. */
const PROBE = `
const { readFileSync } = await import('node:fs');
const { faissSimd } = await import('@facedex/faiss');
console.log(faissSimd());
const maps = readFileSync('/proc/self/maps', 'utf8').split('\\n').map((line) => line.split(/\\s+/)[5]);
console.log([...new Set(maps.filter((path) => path?.startsWith('/')))].join('\\n'));
`;

const folder = mkdtempSync(join(tmpdir(), 'faiss-packages-'));
try {
  await check();
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(`faiss:pack-check: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function check() {
  const [main, platform] = await packPrebuilt();
  const { code, printed } = example();
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  writeFileSync(join(project, 'example.js'), `${code}${PROBE}`);

  install(project, [main, platform]);
  const seen = new Set();
  for (const simd of ['baseline', undefined]) {
    const { status, output, errors } = run(project, simd);
    const [example, used, ...libraries] = output.split('\n');
    expect(status === 0 && errors === '', `the example runs, but it printed ${errors}`);
    expect(example === printed, `the example prints ${printed}, but it printed ${example}`);
    const inside = (path) => path.startsWith(join(project, 'node_modules'));
    const bundled = libraries.filter((path) => BUNDLED.test(path));
    expect(bundled.length >= 4, `four libraries are loaded, but it was ${bundled.join(', ')}`);
    const foreign = bundled.filter((path) => !inside(path));
    expect(foreign.length === 0, `libraries are the package's, but ${foreign.join(', ')} is not`);
    seen.add(used);
  }

  rmSync(
    join(project, 'node_modules', '@facedex', basename(platform).replace(/^facedex-|-\d.*$/g, '')),
    {
      recursive: true,
    },
  );
  const { status, errors } = run(project, undefined);
  expect(status === 1, 'it fails without the package of the platform');
  for (const part of ['ADDON_UNAVAILABLE', 'not installed', 'npm install', 'build-native.mjs']) {
    expect(errors.includes(part), `the error has ${part}, but it is ${errors}`);
  }
  const variants = simdVariants().map(({ name }) => name);
  const untried = variants.filter((name) => !seen.has(name));
  console.log(
    `faiss:pack-check: ${basename(main)} and ${basename(platform)} work (${[...seen].join(', ')})` +
      (untried.length > 0
        ? `; skipped ${untried.join(', ')}: not built or not this processor`
        : ''),
  );
}

/** The README's first example, in JavaScript for every Node, with what it prints. */
function example() {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, code, printed] = /```ts\n(.*?)```\n\nprints `(.*?)`/s.exec(readme) ?? [];
  const typescript = createRequire(import.meta.url)('typescript');
  const { outputText } = typescript.transpileModule(code, {
    compilerOptions: {
      target: typescript.ScriptTarget.ES2022,
      module: typescript.ModuleKind.ESNext,
    },
  });
  return { code: outputText, printed };
}

/** Offline and with an empty cache, so that nothing but the two files is there. */
function install(project, packages) {
  const npm = process.env.npm_execpath;
  const [program, ...first] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const cache = join(folder, 'npm-cache');
  const options = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--cache', cache];
  execFileSync(program, [...first, 'install', ...options, ...packages], {
    cwd: project,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Without a PATH there is no compiler. */
function run(project, simd) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['example.js'], {
    cwd: project,
    encoding: 'utf8',
    env: { PATH: '/nonexistent', ...(simd === undefined ? {} : { FACEDEX_FAISS_SIMD: simd }) },
  });
  return { status, output: stdout.trim(), errors: stderr.trim() };
}

function expect(truth, what) {
  if (!truth) throw new BuildError(`expected that ${what}`);
}

// Compiles assembly/pixel-kernels.ts into src/pixel-kernels-wasm.ts, which is kept in the repository
// so that a build needs no compiler but TypeScript's. A test tells when it is out of date.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const FOLDER = dirname(dirname(fileURLToPath(import.meta.url)));
const TARGET = join(FOLDER, 'src', 'pixel-kernels-wasm.ts');

/** The text of src/pixel-kernels-wasm.ts. */
export async function compileKernels() {
  let wasm;
  const { error, stderr } = await asc.main(
    [
      'pixel-kernels.ts',
      ...['--outFile', 'pixel-kernels.wasm'],
      ...[
        '--optimizeLevel',
        '3',
        '--converge',
        '--noAssert',
        '--runtime',
        'stub',
        '--enable',
        'simd',
      ],
    ],
    {
      readFile: (name) => readFile(join(FOLDER, 'assembly', name), 'utf8').catch(() => null),
      writeFile: (_, content) => {
        wasm = content;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr}`);
  const base64 = Buffer.from(wasm).toString('base64');
  const lines = base64.match(/.{1,90}/g).map((line) => `  '${line}'`);
  return [
    '// Made by scripts/build-kernels.mjs from assembly/pixel-kernels.ts.',
    '',
    '/** A WebAssembly module, in base64. */',
    'export const PIXEL_KERNELS =',
    `${lines.join(' +\n')};`,
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(TARGET, await compileKernels());
}

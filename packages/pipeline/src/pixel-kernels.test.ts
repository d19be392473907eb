import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compileKernels } from '../scripts/build-kernels.mjs';
import { scratch } from './pixel-kernels.js';

it('the compiled kernels are those of the source: node packages/pipeline/scripts/build-kernels.mjs', async () => {
  const kept = await readFile(join(import.meta.dirname, 'pixel-kernels-wasm.ts'), 'utf8');
  expect(await compileKernels()).toBe(kept);
}, 30_000);

it('parts of the kernels’ memory do not overlap, and memory grows to hold them', () => {
  const lengths = [1, 16, 200_000, 0, 3];
  const { buffer, at } = scratch(...lengths);
  for (const [i, begin] of at.entries()) {
    expect(begin % 16).toBe(0);
    // A kernel reads one byte behind a part.
    expect(begin + lengths[i]!).toBeLessThan(at[i + 1] ?? buffer.byteLength);
  }
});

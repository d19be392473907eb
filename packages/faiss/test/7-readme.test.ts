import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { ended, startChild } from './child-process.js';

test('the example in the README prints what the README says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, code = '', printed = ''] = /```ts\n(.*?)```\n\nprints `(.*?)`/s.exec(readme) ?? [];
  const source = new URL('../src/index.ts', import.meta.url).href;
  const folder = await mkdtemp(join(tmpdir(), 'faiss-readme-'));
  try {
    const script = join(folder, 'example.mts');
    await writeFile(script, code.replace('@facedex/faiss', source));
    const { output, errors } = await ended(startChild(pathToFileURL(script).href, []));
    expect(errors).toBe('');
    expect(output.trim()).toBe(printed);
  } finally {
    await rm(folder, { recursive: true });
  }
});

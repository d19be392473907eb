import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ended, startChild } from './child-process.js';

interface Example {
  name: string;
  code: string;
  /** What its comments, or the README, say that it prints. */
  expected: string[];
}

const examples = [...(await docExamples()), ...(await readmeExamples())];
let printed: Record<string, string[]>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faiss-examples-'));
  const source = new URL('../src/index.ts', import.meta.url).href;
  for (const { name, code } of examples) {
    await writeFile(join(folder, `${name}.mts`), code.replaceAll('@facedex/faiss', source));
  }
  const { output, errors } = await ended(startChild('run-examples.ts', [folder]));
  expect(errors).toBe('');
  printed = JSON.parse(output);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(10);
});

test.each(examples)('$name prints what it says', ({ name, expected }) => {
  expect(printed[`${name}.mts`]).toEqual(expected);
});

/** Those in the comments of the source. */
async function docExamples(): Promise<Example[]> {
  const sources = new URL('../src/', import.meta.url);
  const found: Example[] = [];
  for (const file of (await readdir(sources)).filter((name) => name.endsWith('.ts')).sort()) {
    const text = await readFile(new URL(file, sources), 'utf8');
    for (const [i, match] of [...text.matchAll(/@example\n.*?```ts\n(.*?)```/gs)].entries()) {
      const code = match[1]!.replace(/^ *\* ?/gm, '');
      found.push(toExample(`${file.replace('.ts', '')}-${i + 1}`, code));
    }
  }
  return found;
}

/** Those that stand by themselves; others are parts, of what the reader has. */
async function readmeExamples(): Promise<Example[]> {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  return [...readme.matchAll(/```ts\n(.*?)```(?:\n\nprints `(.*?)`)?/gs)]
    .filter(([, code = '']) => code.includes("from '@facedex/faiss'"))
    .map(([, code = '', line], i) => {
      const example = toExample(`README-${i + 1}`, code);
      return line === undefined ? example : { ...example, expected: [line] };
    });
}

function toExample(name: string, code: string): Example {
  const printed = [...code.matchAll(/console\.log\(.*\);(?: \/\/ (.*))?$/gm)];
  return { name, code, expected: printed.map(([, line = '']) => line) };
}

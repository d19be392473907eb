import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';
import { makeSample, type Sample } from './sample.js';

let sample: Sample;
beforeAll(async () => {
  sample = await makeSample();
});

it("the README's library example runs as it is printed", async () => {
  const readme = await readFile(resolve(import.meta.dirname, '../../../README.md'), 'utf8');
  const [, code] = /```ts\n(.*?)```/s.exec(readme)!;
  const work = await mkdtemp(join(tmpdir(), 'facedex-readme-'));
  await cp(sample.folder, join(work, 'datasets'), { recursive: true });
  await cp(sample.heldOut[0]!.path, join(work, 'who.jpg'));
  const library = pathToFileURL(resolve(import.meta.dirname, '../dist/index.js')).href;
  await writeFile(join(work, 'example.mts'), code!.replace("'facedex'", `'${library}'`));
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', tsx, 'example.mts'], {
    cwd: work,
  });
  const lines = stdout.trim().split('\n');
  expect(lines[0]).toMatch(new RegExp(`^1 ${sample.heldOut[0]!.person} 0\\.\\d{3}$`));
  expect(lines).toHaveLength(6);
  expect(lines[5]).toContain(sample.heldOut[0]!.person);
});

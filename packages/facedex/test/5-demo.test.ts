import { cp, mkdtemp, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { facedexJson } from './cli.js';

it('the demo indexes, searches and draws; and does so on a folder of the user', async () => {
  const work = await mkdtemp(join(tmpdir(), 'facedex-demo-'));
  const demo = await facedexJson(['demo'], work);
  expect(demo.indexed.skipped).toEqual([]);
  expect(demo.searches).toBeGreaterThanOrEqual(18);
  // The held-out photos are the same shots, turned and darker: all but one at most are found.
  expect(demo.foundFirst).toBeGreaterThanOrEqual(demo.searches - 1);
  expect((await sharp(demo.compare).metadata()).width).toBeGreaterThan(1000);

  await cp(join(work, 'demo-output', 'people'), join(work, 'mine'), { recursive: true });
  const before = (await stat(demo.compare)).mtimeMs;
  const own = await facedexJson(['demo', '--data', 'mine'], work);
  expect(own.indexed.photos).toBe(demo.indexed.photos);
  expect((await stat(own.compare)).mtimeMs).toBeGreaterThan(before);
});

import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFacedex } from './cli.js';

/** Linux's disk that is always full. */
const FULL = '/dev/full';

let work: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'facedex-full-'));
});
afterAll(() => rm(work, { recursive: true, force: true }));

describe.skipIf(!existsSync(FULL))('where what is said goes to a full disk', () => {
  it('an answer that could not be written is an error, with its exit code', async () => {
    await using full = await open(FULL, 'w');
    const child = startFacedex(['models', 'list'], work, ['ignore', full.fd, 'pipe']);
    const [[exitCode], stderr] = await Promise.all([once(child, 'close'), text(child.stderr!)]);
    expect(stderr).toMatch(/^error can't write the answer: ENOSPC.* \(CANNOT_WRITE\)\n$/);
    expect(exitCode).toBe(2);
  });

  it('an error that could not be told still has its exit code', async () => {
    await using full = await open(FULL, 'w');
    const child = startFacedex(['people'], work, ['ignore', 'ignore', full.fd]);
    expect(await once(child, 'close')).toEqual([2, null]);
  });

  it('the service goes on without its log', async () => {
    await using full = await open(FULL, 'w');
    const args = ['serve', '--data', '.', '--port', '0', '--workers', '1'];
    const child = startFacedex(args, work, ['ignore', 'pipe', full.fd]);
    const ended = once(child, 'close');
    const [line] = await Promise.race([once(child.stdout!, 'data'), ended]);
    const [url] = /^http:\S+/.exec(String(line)) ?? [];
    for (const path of ['/v1/galleries', '/v1/none', '/v1/galleries']) {
      expect((await fetch(url + path)).status).toBe(path === '/v1/none' ? 404 : 200);
    }
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});

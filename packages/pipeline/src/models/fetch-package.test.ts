import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchPackage, readPackage } from './fetch-package.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facedex-test-'));
  await mkdir(join(folder, 'package', 'model'), { recursive: true });
  await writeFile(join(folder, 'package', 'model', 'net.bin'), 'weights');
  await writeFile(join(folder, 'package', 'secret.js'), 'not asked for');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

async function archiveOf(paths: string[], prefix?: string) {
  const path = join(folder, 'archive.tgz');
  const options = { file: path, cwd: folder, gzip: true, preservePaths: true };
  await create(prefix === undefined ? options : { ...options, prefix }, paths);
  const digest = createHash('sha512')
    .update(await readFile(path))
    .digest('base64');
  return { path, integrity: `sha512-${digest}` };
}

function request(integrity: string, files = ['model/net.bin']) {
  return { package: 'test-weights', version: '1.2.3', integrity, files };
}

/** Puts a script in npm's place; it sees npm's arguments. */
async function fakeNpm(script: string): Promise<void> {
  const path = join(folder, 'npm-cli.js');
  await writeFile(path, script);
  vi.stubEnv('npm_execpath', path);
}

describe('an archive that is not what it should be', () => {
  it('another content than the pinned one is refused, and both hashes are named', async () => {
    const { path, integrity } = await archiveOf(['package']);
    const other = `sha512-${Buffer.alloc(64).toString('base64')}`;
    await expect(readPackage(path, request(other))).rejects.toMatchObject({
      code: 'PACKAGE_CORRUPT',
      message: expect.stringMatching(/expected sha512-AAAA.*received sha512-/),
    });
    await expect(readPackage(path, request(other))).rejects.toThrow(integrity);
  });

  it('a missing file is named', async () => {
    const { path, integrity } = await archiveOf(['package']);
    const wanted = request(integrity, ['model/net.bin', 'model/other.bin']);
    await expect(readPackage(path, wanted)).rejects.toMatchObject({
      code: 'PACKAGE_CORRUPT',
      message: expect.stringContaining('model/other.bin in test-weights@1.2.3'),
    });
  });

  it('a link in place of a file is not followed', async () => {
    await rm(join(folder, 'package', 'model', 'net.bin'));
    await symlink('/etc/hostname', join(folder, 'package', 'model', 'net.bin'));
    const { path, integrity } = await archiveOf(['package']);
    await expect(readPackage(path, request(integrity))).rejects.toMatchObject({
      code: 'PACKAGE_CORRUPT',
    });
  });

  it('paths that lead out of the archive write nothing anywhere', async () => {
    const { path, integrity } = await archiveOf(['package'], '../../escaped');
    const before = await readdir(join(folder, '..'));
    await expect(readPackage(path, request(integrity))).rejects.toMatchObject({
      code: 'PACKAGE_CORRUPT',
    });
    expect(await readdir(join(folder, '..'))).toEqual(before);
  });

  it('half an archive is refused', async () => {
    const { path } = await archiveOf(['package']);
    const half = (await readFile(path)).subarray(0, 100);
    await writeFile(path, half);
    const integrity = `sha512-${createHash('sha512').update(half).digest('base64')}`;
    await expect(readPackage(path, request(integrity))).rejects.toMatchObject({
      code: 'PACKAGE_CORRUPT',
    });
  });
});

describe('npm', () => {
  it('missing: says what is needed', async () => {
    vi.stubEnv('npm_execpath', '');
    vi.stubEnv('PATH', folder);
    const { execPath } = process;
    process.execPath = join(folder, 'bin', 'node');
    try {
      await expect(fetchPackage(request('sha512-'))).rejects.toMatchObject({
        code: 'FETCH_FAILED',
        message: expect.stringContaining('install Node.js with npm'),
      });
    } finally {
      process.execPath = execPath;
    }
  });

  it('offline: says that the registry can’t be reached, and what npm said', async () => {
    await fakeNpm(
      `console.error('npm error code ENOTFOUND\\nnpm error network request failed'); process.exit(1);`,
    );
    await expect(fetchPackage(request('sha512-'))).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      message: expect.stringMatching(/test-weights@1\.2\.3.*can’t be reached.*code ENOTFOUND/),
    });
  });

  it('another failure: what npm said', async () => {
    await fakeNpm(`console.error('npm error code E404'); process.exit(1);`);
    await expect(fetchPackage(request('sha512-'))).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      message: expect.stringContaining('npm error code E404'),
    });
  });

  it('no archive: says so', async () => {
    await fakeNpm('');
    await expect(fetchPackage(request('sha512-'))).rejects.toThrow(/left no archive/);
  });

  it('fetches the wanted files alone, and leaves nothing behind', async () => {
    const { path, integrity } = await archiveOf(['package']);
    await fakeNpm(`
      const { copyFileSync, writeFileSync } = require('node:fs');
      const target = process.argv[process.argv.indexOf('--pack-destination') + 1];
      copyFileSync(${JSON.stringify(path)}, target + '/test-weights-1.2.3.tgz');
      writeFileSync(${JSON.stringify(join(folder, 'seen'))}, process.argv.slice(2).join(' '));
    `);
    const files = await fetchPackage(request(integrity));
    expect([...files.keys()]).toEqual(['model/net.bin']);
    expect(new TextDecoder().decode(files.get('model/net.bin'))).toBe('weights');
    const seen = await readFile(join(folder, 'seen'), 'utf8');
    expect(seen).toMatch(/^pack test-weights@1\.2\.3 --pack-destination \S+ --ignore-scripts$/);
    const [, target = ''] = /--pack-destination (\S+)/.exec(seen) ?? [];
    await expect(readdir(target)).rejects.toThrow(/ENOENT/);
  });
});

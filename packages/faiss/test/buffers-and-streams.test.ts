import { execFileSync } from 'node:child_process';
import { createReadStream, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { FaissIndex } from '../src/index.js';
import { ended, startChild } from './child-process.js';
import { consecutiveIds, failure, randomVectors, trainIfNeeded } from './vectors.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faiss-buffers-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function filled(factory = 'Flat', count = 50): Promise<FaissIndex> {
  const index = FaissIndex.create({ dimension: 8, factory });
  await trainIfNeeded(index);
  await index.add(randomVectors(count, 8), consecutiveIds(count, 100n));
  return index;
}

/** Files without a name that this process has open. */
function openSpools(): number {
  return readdirSync('/proc/self/fd').filter((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).includes('(deleted)');
    } catch {
      return false; // closed meanwhile
    }
  }).length;
}

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let begin = 0; begin < bytes.length; begin += size) {
    yield bytes.subarray(begin, begin + size);
  }
}

describe('fromBuffer', () => {
  test.each([
    ['nothing', undefined],
    ['a path', '/tmp/index'],
    ['an ArrayBuffer', new ArrayBuffer(100)],
    ['floats', new Float32Array(100)],
    ['an array', [1, 2, 3]],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(100))],
  ])('refuses %s', async (_, value) => {
    await failure('INVALID_ARGUMENT', () => FaissIndex.fromBuffer(value as Uint8Array));
  });

  test('refuses memory that was transferred away, before the call or during it', async () => {
    const before = new Uint8Array(100);
    structuredClone(before, { transfer: [before.buffer] });
    await failure('INVALID_ARGUMENT', () => FaissIndex.fromBuffer(before));
    const during = new Uint8Array(2 ** 24);
    const loading = FaissIndex.fromBuffer(during);
    structuredClone(during, { transfer: [during.buffer] });
    await failure('INVALID_ARGUMENT', () => loading);
  });

  test('no changed or missing byte is loaded, or crashes the process', async () => {
    for (const factory of ['Flat', 'IVF2,Flat', 'HNSW4']) {
      await using index = await filled(factory, 3);
      const bytes = await index.toBuffer({ note: 'n' });
      const path = join(folder, 'small');
      await writeFile(path, bytes);
      const child = await ended(startChild('damaged-buffers.ts', [path]));
      expect({ ...child, output: '' }).toEqual({ code: 0, signal: null, output: '', errors: '' });
      expect(JSON.parse(child.output)).toEqual({ CORRUPT_FILE: 2 * bytes.length, 'LOADED n': 1 });
    }
  });

  test('says what is wrong with other bytes', async () => {
    const message = await failure('CORRUPT_FILE', () => FaissIndex.fromBuffer(new Uint8Array(99)));
    expect(message).toContain('The buffer is not usable');
  });
});

describe.each(['Flat', 'SQ8', 'IVF8,SQ8', 'HNSW8', 'PCA4,IVF8,Flat'])('%s', (factory) => {
  test('comes back from memory and from a stream the same', async () => {
    await using index = await filled(factory);
    const bytes = await index.toBuffer({ note: 'as of change 12 — 人' });
    await using fromBuffer = await FaissIndex.fromBuffer(bytes);
    await using fromStream = await FaissIndex.fromStream(index.toStream());
    expect([fromBuffer.note, fromStream.note]).toEqual(['as of change 12 — 人', '']);
    const queries = randomVectors(9, 8, 3);
    const expected = await index.search(queries, { k: 5 });
    for (const copy of [fromBuffer, fromStream]) {
      expect(await copy.search(queries, { k: 5 })).toEqual(expected);
      await copy.add(randomVectors(1, 8), consecutiveIds(1));
    }
    expect(index.size).toBe(50);
  });
});

test('file, buffer and stream have the same bytes', async () => {
  await using index = await filled();
  const path = join(folder, 'file');
  await index.save(path, { note: 'same' });
  const file = await readFile(path);
  const bytes = await index.toBuffer({ note: 'same' });
  expect(Buffer.from(bytes)).toEqual(file);
  expect(await buffer(index.toStream({ note: 'same' }))).toEqual(file);
  await using loaded = await FaissIndex.fromStream(createReadStream(path));
  expect(loaded.size).toBe(50);
});

test('a buffer has memory of its own, which can be transferred', async () => {
  await using index = await filled();
  const bytes = await index.toBuffer();
  expect(bytes.byteLength).toBe(bytes.buffer.byteLength);
  const moved = structuredClone(bytes, { transfer: [bytes.buffer] });
  expect((await FaissIndex.fromBuffer(moved)).size).toBe(50);
  const part = Buffer.concat([Buffer.alloc(3), moved]).subarray(3); // at an odd address
  expect((await FaissIndex.fromBuffer(part)).size).toBe(50);
});

test('what a caller does to the bytes after the call has no effect', async () => {
  await using index = await filled();
  const bytes = await index.toBuffer();
  const loading = FaissIndex.fromBuffer(bytes);
  bytes.fill(0);
  expect((await loading).size).toBe(50);
});

test('notes are checked', async () => {
  await using index = await filled();
  for (const note of [7, null, 'x'.repeat(2 ** 20 + 1), '\ud800']) {
    const options = { note: note as string };
    await failure('INVALID_ARGUMENT', () => index.toBuffer(options));
    await failure('INVALID_ARGUMENT', () => index.toStream(options));
  }
  await failure('INVALID_ARGUMENT', () => index.toBuffer(null as unknown as object));
});

test('a disposed index gives neither', async () => {
  const index = await filled();
  await index[Symbol.asyncDispose]();
  await failure('DISPOSED', () => index.toBuffer());
  await failure('DISPOSED', () => index.toStream());
});

test('both hold what was there at the call, while searches and changes go on', async () => {
  const index = await filled('Flat', 5000);
  const searching = Array.from({ length: 20 }, (_, i) =>
    index.search(randomVectors(20, 8, i + 1), { k: 3 }),
  );
  const bytes = index.toBuffer();
  const stream = index.toStream();
  const after = index.remove(consecutiveIds(1000, 100n));
  searching.push(index.search(randomVectors(20, 8), { k: 3 }));
  const disposing = index[Symbol.asyncDispose]();
  expect((await FaissIndex.fromBuffer(await bytes)).size).toBe(5000);
  await Promise.all([...searching, after, disposing]);
  expect((await FaissIndex.fromStream(stream)).size).toBe(5000); // read after its index is gone
});

describe('fromStream', () => {
  test.each([
    ['nothing', undefined],
    ['a path', '/tmp/index'],
    ['bytes', new Uint8Array(10)],
    ['a list of chunks', [new Uint8Array(10)]],
  ])('refuses %s', async (_, value) => {
    await failure('INVALID_ARGUMENT', () => FaissIndex.fromStream(value as never));
  });

  test.each([
    ['text', 'fdxfaiss'],
    ['numbers', 7],
    ['floats', new Float32Array(4)],
  ])('refuses chunks that are %s', async (_, chunk) => {
    const source = Readable.from([chunk]);
    await failure('INVALID_ARGUMENT', () => FaissIndex.fromStream(source));
    expect(source.destroyed).toBe(true);
  });

  test('reads chunks of any size, and web streams', async () => {
    await using index = await filled('Flat', 3);
    const bytes = await index.toBuffer();
    for (const size of [1, 7, 63, 64, 65, bytes.length]) {
      expect((await FaissIndex.fromStream(chunksOf(bytes, size))).size).toBe(3);
    }
    const empty = Readable.from([new Uint8Array(0), bytes, new Uint8Array(0)]);
    expect((await FaissIndex.fromStream(empty)).size).toBe(3);
    const web = new Blob([bytes]).stream();
    expect((await FaissIndex.fromStream(web)).size).toBe(3);
  });

  test('says so where the stream ends early, wherever that is', async () => {
    await using index = await filled('Flat', 3);
    const bytes = await index.toBuffer();
    for (let length = 0; length < bytes.length; length += 5) {
      const cut = chunksOf(bytes.subarray(0, length), 64);
      const message = await failure('CORRUPT_FILE', () => FaissIndex.fromStream(cut));
      expect(message).toContain('The stream');
    }
  });

  test('destroys a stream at once that is none of ours, or does not end', async () => {
    let chunks = 0;
    async function* endless(first: Uint8Array) {
      yield first;
      for (;;) {
        chunks++;
        yield new Uint8Array(1000);
      }
    }
    await using index = await filled('Flat', 3);
    for (const first of [new Uint8Array(100), await index.toBuffer()]) {
      chunks = 0;
      const source = Readable.from(endless(first));
      await failure('CORRUPT_FILE', () => FaissIndex.fromStream(source));
      expect(source.destroyed).toBe(true);
      expect(chunks).toBeLessThan(50);
    }
  });

  test('reports what happened to the stream', async () => {
    await using index = await filled('Flat', 3);
    const bytes = await index.toBuffer();
    const cause = new Error('the network is gone');
    async function* failing() {
      yield bytes.subarray(0, 100);
      throw cause;
    }
    await expect(FaissIndex.fromStream(Readable.from(failing()))).rejects.toMatchObject({
      name: 'FaissError',
      code: 'IO_FAILED',
      message: 'The stream failed after 100 bytes: the network is gone',
      cause,
    });
    // Before anything was read.
    const early = new Readable({ read() {} });
    const loading = FaissIndex.fromStream(early);
    early.destroy(cause);
    await expect(loading).rejects.toMatchObject({ code: 'IO_FAILED', cause });
    const destroyed = Readable.from(chunksOf(bytes, 10));
    destroyed.destroy();
    await failure('IO_FAILED', () => FaissIndex.fromStream(destroyed));
    await failure('IO_FAILED', () =>
      FaissIndex.fromStream(createReadStream(join(folder, 'missing'))),
    );
  });
});

describe('temporary files', () => {
  test.runIf(process.platform === 'linux')(
    'are gone when a stream ends, is destroyed, or fails',
    async () => {
      const before = openSpools();
      await using index = await filled('Flat', 50_000); // 2 MB: more than one chunk
      const bytes = await buffer(index.toStream());
      for (const when of ['at once', 'while it is written', 'half-way']) {
        const stream = index.toStream();
        if (when === 'while it is written') {
          await setTimeout(1);
        } else if (when === 'half-way') {
          for await (const chunk of stream) {
            expect(chunk.length).toBeGreaterThan(0);
            break;
          }
        }
        stream.destroy();
        await finished(stream).catch(() => {});
        expect(stream.destroyed).toBe(true);
      }
      await failure('CORRUPT_FILE', () => FaissIndex.fromStream(chunksOf(bytes.subarray(1), 9999)));
      await (await FaissIndex.fromStream(chunksOf(bytes, 9999)))[Symbol.asyncDispose]();
      await expect.poll(openSpools).toBe(before);
    },
  );

  test.runIf(process.platform === 'linux')('are gone when a stream is forgotten', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const before = openSpools();
    await using index = await filled();
    (() => void index.toStream())();
    await expect.poll(openSpools).toBe(before + 1);
    const leftAfterCollecting = () => {
      collect();
      return openSpools();
    };
    await expect.poll(leftAfterCollecting).toBe(before);
  });

  test('that can not be made are an error of the stream', async () => {
    await using index = await filled();
    vi.stubEnv('TMPDIR', join(folder, 'missing'));
    try {
      await expect(buffer(index.toStream())).rejects.toMatchObject({ code: 'IO_FAILED' });
      const message = await failure('IO_FAILED', () =>
        FaissIndex.fromStream(chunksOf(Buffer.alloc(9), 9)),
      );
      expect(message).toContain('TMPDIR');
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('never have a name that stays, and nobody else may open them', async () => {
    const own = await mkdtemp(join(folder, 'spools-'));
    const script = join(own, 'script.mts');
    await writeFile(
      script,
      `import { fstatSync, readdirSync } from 'node:fs';
       import { SpoolFile } from ${JSON.stringify(new URL('../src/spool-file.ts', import.meta.url).href)};
       const file = await SpoolFile.open();
       const { mode, nlink } = fstatSync(file.descriptor);
       console.log(JSON.stringify([(mode & 0o777).toString(8), nlink, readdirSync(process.env.TMPDIR)]));
       process.kill(process.pid, 'SIGKILL');`,
    );
    const temporary = await mkdtemp(join(own, 'tmp-'));
    let output = '';
    try {
      execFileSync(process.execPath, ['--import', 'tsx', script], {
        env: { ...process.env, TMPDIR: temporary },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    } catch (error) {
      output = String((error as { stdout: Buffer }).stdout);
    }
    const [mode, links, names] = JSON.parse(output);
    expect([mode, links]).toEqual(['600', 0]);
    expect(names.filter((name: string) => name.startsWith('facedex'))).toEqual([]);
    const left = readdirSync(temporary).filter((name) => name.startsWith('facedex'));
    expect(left).toEqual([]);
  });
});

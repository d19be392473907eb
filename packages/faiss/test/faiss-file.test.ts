import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { walkFaissFile } from '../src/faiss-file/walk-faiss-file.js';
import { FaissIndex } from '../src/index.js';
import {
  COUNT,
  DIMENSION,
  exportKind,
  findPython,
  KINDS,
  runPython,
  WRITE_KINDS,
} from './faiss-files.js';
import { bruteForce, consecutiveIds, failure, randomVectors } from './vectors.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faiss-own-files-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** Imports what `change` makes of a good file, and gives the message of the failure. */
async function refused(
  factory: string,
  change: (bytes: Buffer) => Buffer,
  code: 'CORRUPT_FILE' | 'DUPLICATE_ID' | 'UNSUPPORTED' = 'CORRUPT_FILE',
): Promise<string> {
  const good = await readFile(await exportKind(folder, factory));
  const path = join(folder, 'changed');
  await writeFile(path, change(good));
  const message = await failure(code, () => FaissIndex.importFaiss(path));
  expect(message).toContain(path);
  return message;
}

/** Where an inner index or a part begins. */
function find(bytes: Buffer, fourcc: string, from = 0): number {
  const place = bytes.indexOf(fourcc, from, 'latin1');
  expect(place, fourcc).toBeGreaterThanOrEqual(0);
  return place;
}

const put = {
  int32: (place: (bytes: Buffer) => number, value: number) => (bytes: Buffer) => {
    bytes.writeInt32LE(value, place(bytes));
    return bytes;
  },
  int64: (place: (bytes: Buffer) => number, value: bigint) => (bytes: Buffer) => {
    bytes.writeBigInt64LE(value, place(bytes));
    return bytes;
  },
};

describe('importFaiss refuses', () => {
  test.each(['', 'a\0b', 7, null, undefined])('the path %s', async (path) => {
    await failure('INVALID_ARGUMENT', () => FaissIndex.importFaiss(path as string));
  });

  test('what is not there, or no file', async () => {
    await failure('FILE_NOT_FOUND', () => FaissIndex.importFaiss(join(folder, 'missing')));
    await failure('IO_FAILED', () => FaissIndex.importFaiss(folder));
    await failure('IO_FAILED', () => FaissIndex.importFaiss('/dev/zero'));
  });

  test.each([
    ['an empty file', ''],
    ['a text', 'Dear Sir or Madam,\n'],
    ['only the first bytes', 'IxF2'],
  ])('%s', async (_, content) => {
    await refused('Flat', () => Buffer.from(content));
  });

  test('a file of save, and says who reads it', async () => {
    const path = join(folder, 'saved');
    await FaissIndex.create({ dimension: 2 }).save(path);
    const message = await failure('CORRUPT_FILE', () => FaissIndex.importFaiss(path));
    expect(message).toContain('FaissIndex.load');
  });

  test('bytes after the end, or missing there', async () => {
    const message = await refused('Flat', (bytes) => Buffer.concat([bytes, Buffer.from('!')]));
    expect(message).toContain('1 bytes follow the end');
    await refused('Flat', (bytes) => bytes.subarray(0, -1));
  });

  test.each([
    ['an additive quantizer', 'IxRq'],
    ['an index of bits', 'IBxF'],
    ['a format from before 2018', 'IvFL'],
  ])('%s, and says what can be read', async (words, fourcc) => {
    const message = await refused('Flat', () => Buffer.from(fourcc.padEnd(100)), 'UNSUPPORTED');
    expect(message).toContain(words);
    expect(message).toContain('Here are Flat');
  });

  test('lists that are elsewhere', async () => {
    const rename = (fourcc: string) => (bytes: Buffer) => {
      bytes.write(fourcc, find(bytes, 'ilar'));
      return bytes;
    };
    expect(await refused('IVF4,Flat', rename('ilod'), 'UNSUPPORTED')).toContain('another file');
    await refused('IVF4,Flat', rename('il00'), 'UNSUPPORTED');
  });

  test('ids that are -1 or not the only ones', async () => {
    const lastId = (bytes: Buffer) => bytes.length - 8;
    for (const factory of ['Flat', 'IVF4,Flat']) {
      await refused(factory, put.int64(lastId, -1n));
      const message = await refused(
        factory,
        (bytes) => put.int64(lastId, bytes.readBigInt64LE(bytes.length - 16))(bytes),
        'DUPLICATE_ID',
      );
      expect(message).toMatch(/has the id 10\d\d more than once/);
    }
  });

  test('sizes and dimensions that contradict each other', async () => {
    const inner = (offset: number) => (bytes: Buffer) => find(bytes, 'IxF2') + offset;
    expect(await refused('Flat', put.int32(inner(4), DIMENSION * 2))).toContain('at byte');
    await refused('Flat', put.int32(inner(4), -1));
    await refused('Flat', put.int64(inner(8), 2n ** 40n));
    await refused('Flat', put.int64(inner(8), BigInt(COUNT - 1)));
    await refused('PCA2,Flat', put.int32(inner(4), 3));
    await refused('IVF4,Flat', put.int64(inner(8), 3n));
    await refused('SQ8,RFlat', put.int64(inner(8), BigInt(COUNT + 1)));
  });

  test('a size that lists do not have together', async () => {
    const sizes = (bytes: Buffer) => find(bytes, 'full') + 4 + 8;
    const message = await refused('IVF4,Flat', (bytes) =>
      put.int64(sizes, bytes.readBigInt64LE(sizes(bytes)) + 1n)(bytes),
    );
    expect(message).toContain(`the lists have ${COUNT + 1} vectors together instead of ${COUNT}`);
  });

  test('a centroid that is no number', async () => {
    const centroid = (bytes: Buffer) => find(bytes, 'IxF2') + 45;
    const notANumber = 0x7fc00000;
    expect(await refused('IVF4,Flat', put.int32(centroid, notANumber))).toContain('NaN');
    // A vector is none that anything depends on.
    const path = join(folder, 'nan');
    const bytes = await readFile(await exportKind(folder, 'Flat'));
    await writeFile(path, put.int32((all) => find(all, 'IxF2') + 45, notANumber)(bytes));
    await using index = await FaissIndex.importFaiss(path);
    expect((await index.reconstruct(1000n))[0]).toBeNaN();
  });

  test('rows that a refinement does not have', async () => {
    // The base has a list's ids before the refinement; they are rows.
    const lastRow = (bytes: Buffer) => find(bytes, 'IxF2', find(bytes, 'ilar')) - 8;
    for (const row of [BigInt(COUNT), -2n, 2n ** 40n]) {
      const message = await refused('IVF4,PQ2x4,RFlat', put.int64(lastRow, row));
      expect(message).toContain(`expected each row from 0 to ${COUNT - 1} once, found ${row}`);
    }
  });
});

describe('a graph', () => {
  // Levels, offsets and links come in this order, each after its length in 8 bytes.
  const storage = (bytes: Buffer) => find(bytes, 'IxF2');
  const entry = (bytes: Buffer) => storage(bytes) - 20;

  test('has links only to nodes that have the level', async () => {
    const link = (bytes: Buffer) => entry(bytes) - 4;
    for (const target of [COUNT, -2, 2 ** 31 - 1]) {
      expect(await refused('HNSW4', put.int32(link, target))).toContain(`a link to ${target}`);
    }
  });

  test('begins at a node with all levels', async () => {
    expect(await refused('HNSW4', put.int32(entry, COUNT))).toContain('the entry point');
    expect(await refused('HNSW4', put.int32(entry, -1))).toContain('the entry point');
    const highest = (bytes: Buffer) => entry(bytes) + 4;
    expect(await refused('HNSW4', put.int32(highest, 9))).toContain('the highest level');
  });
});

describe.each(KINDS)('%s', (factory) => {
  test('comes back with the same answers and ids', async () => {
    const path = await exportKind(folder, factory);
    await using index = FaissIndex.create({ dimension: DIMENSION, factory });
    if (!index.isTrained) {
      await index.train(randomVectors(300, DIMENSION, 3));
    }
    await index.add(randomVectors(COUNT, DIMENSION, 4), consecutiveIds(COUNT, 1000n));
    await using imported = await FaissIndex.importFaiss(path);
    expect(imported.size).toBe(COUNT);
    expect(imported.factory).toBe(factory);
    const queries = randomVectors(5, DIMENSION, 9);
    expect(await imported.search(queries, { k: 10 })).toEqual(
      await index.search(queries, { k: 10 }),
    );
    // And it goes on working.
    await imported.add(randomVectors(1, DIMENSION, 8), new BigInt64Array([5n]));
    expect(imported.has(5n)).toBe(true);
    await failure('DUPLICATE_ID', () =>
      imported.add(randomVectors(1, DIMENSION, 8), new BigInt64Array([1007n])),
    );
  });
});

test('a file of 20 GB is walked without reading or holding its vectors', async () => {
  const path = join(folder, 'large');
  const [dimension, size] = [1024, 5_000_000];
  const header = Buffer.alloc(45);
  header.write('IxF2');
  header.writeInt32LE(dimension, 4);
  header.writeBigInt64LE(BigInt(size), 8);
  header.writeUInt8(1, 32);
  header.writeInt32LE(1, 33);
  header.writeBigInt64LE(BigInt(dimension * size), 37);
  const length = header.length + dimension * size * 4;
  const file = await open(path, 'w+');
  try {
    await file.write(header);
    await file.truncate(length); // a hole, which takes no space
    const part = await walkFaissFile(file, { path, begin: 0, length });
    expect(part).toMatchObject({ dimension, size, factory: 'Flat', metric: 'l2', ids: false });
  } finally {
    await file.close();
  }
});

const python = findPython();
if (python === undefined) {
  console.log('Skipped: files from and for Python, as no python3 here has faiss.');
}

describe.skipIf(python === undefined)('Python', () => {
  const queries = '[[0.1, 0.9, 0.3, 0.5], [0.7, 0.2, 0.6, 0.4]]';
  const queryVectors = new Float32Array([0.1, 0.9, 0.3, 0.5, 0.7, 0.2, 0.6, 0.4]);

  test('gets the same answers from our files', async () => {
    for (const kind of KINDS) {
      await exportKind(folder, kind);
    }
    const script = `
for kind in kinds:
    index = faiss.read_index(f'{folder}/{kind}')
    distances, ids = index.search(np.array(${queries}, dtype='float32'), 5)
    print(json.dumps([index.ntotal, ids.ravel().tolist(), distances.ravel().tolist()]))
`;
    const lines = runPython(python!, script, { folder }).trim().split('\n');
    expect(lines).toHaveLength(KINDS.length);
    for (const [i, line] of lines.entries()) {
      await using index = await FaissIndex.importFaiss(join(folder, KINDS[i]!));
      const [size, ids, distances] = JSON.parse(line.replaceAll('Infinity', '1e39'));
      const found = await index.search(queryVectors, { k: 5 });
      expect(size).toBe(COUNT);
      expect([...found.ids].map(Number), KINDS[i]).toEqual(ids);
      for (const [place, distance] of found.distances.entries()) {
        // The last digits depend on the order in which sums are made.
        if (found.ids[place] !== -1n) expect(distance).toBeCloseTo(distances[place], 5);
      }
    }
  });

  test('writes files that we read, with ids from 0 or with its own', async () => {
    runPython(python!, WRITE_KINDS, { folder });
    const names = [...KINDS, 'OPQ2,PQ2x4', 'OPQ2_2,IVF4,PQ2x4fs', 'map 1', 'map 2'];
    for (const name of names) {
      await using index = await FaissIndex.importFaiss(join(folder, `python ${name}`));
      expect(index.size).toBe(COUNT);
      expect([index.has(0n), index.has(39n), index.has(40n)]).toEqual([true, true, false]);
    }
    for (const name of ['IDMap', 'IDMap2']) {
      await using index = await FaissIndex.importFaiss(join(folder, `python ${name}`));
      expect([index.has(0n), index.has(1000n), index.has(1039n)]).toEqual([false, true, true]);
      expect(await index.remove(new BigInt64Array([1000n]))).toBe(1);
    }
    await using empty = await FaissIndex.importFaiss(join(folder, 'python empty'));
    expect([empty.metric, empty.size, empty.isTrained]).toEqual(['inner_product', 0, true]);
  });

  test('and its vectors are where brute force finds them', async () => {
    const script = `
index = faiss.IndexIDMap(faiss.IndexFlatL2(${DIMENSION}))
index.add_with_ids(x[:20], np.arange(-10, 30, 2)[:20] * 10 + 5)
faiss.write_index(index, f'{folder}/signed')
print(json.dumps([[float(n) for n in row] for row in x[:20]]))
`;
    const rows: number[][] = JSON.parse(runPython(python!, script, { folder }));
    const stored = new Map(
      rows.map((row, i) => [BigInt((-10 + 2 * i) * 10 + 5), new Float32Array(row)]),
    );
    await using index = await FaissIndex.importFaiss(join(folder, 'signed'));
    const query = queryVectors.subarray(0, DIMENSION);
    const { ids } = await index.search(query, { k: 20 });
    expect([...ids]).toEqual(bruteForce(stored, query, 'l2').map(({ id }) => id));
  });
});

// Every call on an index of any kind, as scripts/sweep-factories.mjs, leaks.mjs and sanitize.mjs make
// them. Not one of them may end the process; where a kind can't do something it has to say so.
import { rm } from 'node:fs/promises';
import { FaissError, FaissIndex, type FaissIndexOptions } from '../../src/index.js';
import { randomVectors as anyVectors, consecutiveIds } from '../vectors.js';

/** What came of a case. */
export interface Outcome {
  /** The code with which `create` refused the kind. */
  refused?: string;
  /** Calls that were refused, as `call CODE`. */
  failures: string[];
  /** Answers that can't be right, whatever the kind. */
  wrong: string[];
}

export interface EveryCallOptions {
  /** Where to save to. */
  path: string;
  /** Is told what is tried next. */
  onStep?: (step: string) => void;
  /** How many vectors to train with, and to add. */
  trainCount?: number;
  count?: number;
  /** Whether to try training with hardly any vectors first. */
  fewFirst?: boolean;
  /** Whether to add so many vectors that a filter is left to FAISS, half of them the same. */
  bulk?: boolean;
}

const K_LARGE = 400;
/** Stands for vectors that differ, with the largest components that are allowed. */
const HUGE = Infinity;
/** FAISS names some lists of a multi-index twice where more than ten thousands are asked for. */
const MOST_LISTS = 4096;
/** More than those that a filter compares one by one. */
const BULK = 5000;

/** Makes every call once, and sees to it that answers are at least possible. */
export async function everyCall(
  kind: FaissIndexOptions,
  {
    path,
    onStep = () => {},
    trainCount = 1000,
    count = 200,
    fewFirst = true,
    bulk = true,
  }: EveryCallOptions,
): Promise<Outcome> {
  const outcome: Outcome = { failures: [], wrong: [] };
  const { dimension } = kind;
  const attempt = async <T>(step: string, call: () => Promise<T> | T): Promise<T | undefined> => {
    onStep(step);
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof FaissError)) throw error;
      const detail = error.code === 'FAISS_FAILED' ? `: ${error.message.slice(0, 200)}` : '';
      outcome.failures.push(`${step} ${error.code}${detail}`);
      return undefined;
    }
  };
  const expectThat = (what: string, holds: boolean) => {
    if (!holds) outcome.wrong.push(what);
  };

  // For this metric vectors are distributions.
  const randomVectors: typeof anyVectors = (...args) =>
    kind.metric === 'jensen_shannon' ? anyVectors(...args).map(Math.abs) : anyVectors(...args);

  const queries = randomVectors(7, dimension, 3);
  if (fewFirst) {
    for (const few of [1, 3, 20, 300]) {
      onStep(`train ${few}`);
      const made = await create(kind, outcome);
      if (made === undefined) return outcome;
      await using index = made;
      if (index.isTrained) break;
      await attempt('search untrained', () => index.search(queries, { k: 1 }));
      await attempt('decode untrained', async () => index.decode(new Uint8Array(index.codeSize)));
      await attempt('assign untrained', () => index.assign(queries));
      await attempt('clone untrained', async () => (await index.clone())[Symbol.asyncDispose]());
      await attempt('save untrained', () => index.save(path));
      await attempt('load untrained', async () =>
        (await FaissIndex.load(path))[Symbol.asyncDispose](),
      );
      await attempt(`train ${few}`, () => index.train(randomVectors(few, dimension, 9)));
      if (!index.isTrained) continue;
      await attempt(`add after training with ${few}`, () => index.add(queries));
      await attempt(`search after training with ${few}`, () => index.search(queries, { k: 3 }));
    }
    // From which nothing can be learned.
    for (const value of [0, 1, 1e15, HUGE]) {
      const made = await create(kind, outcome);
      if (made === undefined) return outcome;
      await using index = made;
      const same =
        value === HUGE
          ? randomVectors(300, dimension, 9).map((component) => component * 1e15)
          : new Float32Array(300 * dimension).fill(value);
      await attempt(`train with ${value}`, () => index.train(same));
      if (!index.isTrained) continue;
      await attempt(`add ${value}`, () => index.add(same));
      await attempt(`add after ${value}`, () => index.add(queries));
      await attempt(`search after ${value}`, () => index.search(same, { k: 30 }));
      await attempt(`search after ${value}`, () => index.search(queries, { k: 30 }));
      await attempt(`remove after ${value}`, () => index.remove({ range: [0n, 100n] }));
      await attempt(`search after ${value}`, () => index.search(queries, { k: 30 }));
    }
  }

  onStep('create');
  const made = await create(kind, outcome);
  if (made === undefined) return outcome;
  await using index = made;
  await attempt('train', () => index.train(randomVectors(trainCount, dimension, 9)));
  // Those with codebooks larger than that.
  if (!index.isTrained) {
    await attempt('train more', () => index.train(randomVectors(5000, dimension, 9)));
  }
  if (!index.isTrained) return outcome;

  const stored = randomVectors(count, dimension, 5);
  const ids = consecutiveIds(count, 1000n);
  const known = new Set(ids);
  const checkRows = (step: string, found: { ids: BigInt64Array; k: number } | undefined) => {
    if (found === undefined) return;
    for (let row = 0; row < found.ids.length; row += found.k) {
      const all = found.ids.subarray(row, row + found.k).filter((id) => id !== -1n);
      expectThat(`${step}: an id twice`, new Set(all).size === all.length);
      expectThat(
        `${step}: an id that is not in`,
        all.every((id) => known.has(id)),
      );
    }
  };
  const searchAll = async (step: string) => {
    for (const k of [1, 10, K_LARGE]) {
      const found = await attempt(`${step} k=${k}`, () => index.search(queries, { k }));
      checkRows(`${step} k=${k}`, found);
      if (found)
        expectThat(`${step} k=${k}: distances are NaN`, !found.distances.some(Number.isNaN));
    }
    const single = queries.subarray(0, dimension);
    await attempt(`${step} one query`, () => index.search(single, { k: 5 }));
    const many = randomVectors(40, dimension, 21); // another code path from 20 queries on
    checkRows(step, await attempt(`${step} 40 queries`, () => index.search(many, { k: 3 })));
  };

  const addMany = async () => {
    const many = randomVectors(BULK, dimension, 41);
    many.fill(0.25, many.length / 2);
    const added = await attempt('add many', () => index.add(many));
    for (const id of added ?? []) known.add(id);
    await searchAll('search many');
    for (const k of [10, K_LARGE]) {
      const filter = { not: { ids: [1000n] } };
      const found = await attempt('filter many', () => index.search(queries, { k, filter }));
      checkRows('filter many', found);
      if (found) expectThat('filter many: lets through', !found.ids.includes(1000n));
    }
  };

  await searchAll('search empty');
  await attempt('range search empty', () => index.rangeSearch(queries, { radius: 1 }));
  await attempt('compact empty', () => index.compact());
  await attempt('merge empty', async () => {
    await using other = await index.clone();
    await index.mergeFrom(other);
  });
  await attempt('remove empty', () => index.remove(ids));
  await attempt('reset empty', () => index.reset());
  await attempt('add nothing', () => index.add(new Float32Array(0)));

  const added = await attempt('add', () => index.add(stored.slice(0, dimension), ids.slice(0, 1)));
  if (added === undefined) return outcome; // a kind that only encodes
  await searchAll('search one');
  await attempt('add', () => index.add(stored.slice(dimension), ids.slice(1)));
  if (index.size !== count) {
    outcome.wrong.push(`add: size ${index.size}`);
    return outcome;
  }
  await searchAll('search');
  const { listCount } = index;
  if (listCount > 0) {
    const all = await attempt('search all lists', () =>
      index.search(queries, { k: K_LARGE, nprobe: Math.min(listCount, MOST_LISTS) }),
    );
    checkRows('search all lists', all);
    await attempt('assign', () => index.assign(queries, { k: Math.min(listCount, 3) }));
  }
  for (const radius of [0.5, dimension, -1e9, 1e9]) {
    const found = await attempt('range search', () => index.rangeSearch(queries, { radius }));
    if (found) checkRows('range search', { ids: found.ids.slice(0, found.offsets[1]), k: K_LARGE });
  }
  for (const [name, filter] of Object.entries({
    'few ids': { ids: [1001n, 1002n, 5n] },
    range: { range: [1000n, 1100n] as [bigint, bigint] },
    not: { not: { range: [1000n, 1020n] as [bigint, bigint] } },
    nobody: { ids: [] },
  })) {
    const found = await attempt(`filter ${name}`, () => index.search(queries, { k: 10, filter }));
    checkRows(`filter ${name}`, found);
    if (name === 'few ids' && found) {
      expectThat(
        'filter lets others through',
        found.ids.every((id) => [1001n, 1002n, -1n].includes(id)),
      );
    }
    await attempt(`filter ${name} and radius`, () =>
      index.rangeSearch(queries, { radius: dimension, filter }),
    );
  }
  const codes = await attempt('encode', () => index.encode(queries));
  if (codes) {
    const decoded = await attempt('decode', () => index.decode(codes));
    if (decoded) expectThat('decode: NaN', !decoded.some(Number.isNaN));
    await attempt('decode anything', () =>
      index.decode(codes.map((_, i) => Math.imul(i + 1, 2654435761) >>> 24)),
    );
    await attempt('decode ones', () => index.decode(codes.map(() => 255)));
  }
  await attempt('reconstruct', () => index.reconstructMany(ids));
  await attempt('update', () =>
    index.update(randomVectors(5, dimension, 77), consecutiveIds(5, 1010n)),
  );
  await attempt('update all', () => index.update(stored, ids));
  await searchAll('search updated');

  const removed = await attempt('remove', () => index.remove(ids.slice(0, 50)));
  for (const id of ids.slice(0, 50)) known.delete(id);
  expectThat('remove: how many', removed === 50 && index.size === count - 50);
  await attempt('remove matching', () => index.remove({ range: [1050n, 1060n] }));
  for (const id of ids.slice(50, 60)) known.delete(id);
  await searchAll('search after removal');
  await attempt('range search after removal', () => index.rangeSearch(queries, { radius: 1e9 }));
  await attempt('filter after removal', () =>
    index.search(queries, { k: 10, filter: { not: { ids: [1100n] } } }),
  );

  // Before anything that may change the index in other ways.
  await attempt('save', () => index.save(path, { note: 'a note' }));
  await attempt('load', async () => {
    await using loaded = await FaissIndex.load(path);
    const before = await index.search(queries, { k: 5 });
    const after = await loaded.search(queries, { k: 5 });
    expectThat('load: other results', equal(before.ids, after.ids));
    await loaded.add(queries);
    await loaded.remove(await loaded.ids());
    expectThat('load: not empty', loaded.size === 0);
  });
  await rm(path, { force: true });
  await attempt('clone', async () => {
    await using copy = await index.clone();
    const before = await index.search(queries, { k: 5 });
    const after = await copy.search(queries, { k: 5 });
    expectThat('clone: other results', equal(before.ids, after.ids));
    await copy.reset();
    await copy.add(randomVectors(30, dimension, 8), consecutiveIds(30, 5000n));
    for (const id of consecutiveIds(30, 5000n)) known.add(id);
    await index.mergeFrom(copy);
    expectThat('merge: size', index.size === count - 30 && copy.size === 0);
  });
  await searchAll('search after merge');
  await attempt('merge anew', async () => {
    await using other = FaissIndex.create(kind);
    if (!other.isTrained) await other.train(randomVectors(trainCount, dimension, 31));
    if (!other.isTrained) return;
    await other.add(randomVectors(30, dimension, 8), consecutiveIds(30, 6000n));
    for (const id of consecutiveIds(30, 6000n)) known.add(id);
    await index.mergeFrom(other);
  });
  await attempt('compact', () => index.compact());
  await searchAll('search after compact');
  await attempt('ids', async () => {
    const left = await index.ids();
    expectThat('ids: how many', left.length === index.size);
  });
  await attempt('parameters', () => index.setParameters({ ...index.parameters }));
  await attempt('remove all', async () => index.remove(await index.ids()));
  known.clear();
  expectThat('remove all: size', index.size === 0);
  await searchAll('search after removing all');
  await attempt('compact after removing all', () => index.compact());
  await attempt('add after removing all', () => index.add(stored, ids));
  for (const id of ids) known.add(id);
  await searchAll('search after adding again');
  await attempt('reset', () => index.reset());
  await attempt('add after reset', () => index.add(stored, ids));
  await searchAll('search after reset');
  if (bulk) await addMany();
  outcome.failures = [...new Set(outcome.failures)];
  outcome.wrong = [...new Set(outcome.wrong)];
  return outcome;
}

async function create(kind: FaissIndexOptions, outcome: Outcome): Promise<FaissIndex | undefined> {
  try {
    return FaissIndex.create(kind);
  } catch (error) {
    if (!(error instanceof FaissError)) throw error;
    outcome.refused = error.code;
    return undefined;
  }
}

function equal(a: BigInt64Array, b: BigInt64Array): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

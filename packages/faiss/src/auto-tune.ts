import { setImmediate } from 'node:timers/promises';
import { checkFinite, checkInteger, checkOptions, checkVectors, MAX_K } from './arguments.js';
import { copyFilter } from './copy-filter.js';
import { copyVectors } from './copy-vectors.js';
import { FaissError } from './faiss-error.js';
import type { FaissIndex } from './faiss-index.js';
import type { IdFilter } from './id-filter.js';
import { copyIds, type Ids } from './ids.js';
import {
  canBeOnFront,
  combinationsOf,
  measuringOrder,
  type OperatingPoint,
  type ParameterGrid,
  paretoFront,
} from './operating-points.js';
import type { SearchOptions } from './options.js';
import { checkParameters } from './parameters.js';
import { recallOf } from './recall.js';
import { checkThreads } from './threads.js';

/** A `FaissIndex`, `FaissShards` or `FaissReplicas`. */
export type TunableIndex = Pick<
  FaissIndex,
  'dimension' | 'factory' | 'listCount' | 'parameters' | 'search'
>;

/** Options of {@link autoTune}. */
export interface AutoTuneOptions {
  /** Neighbours to search for each query, 1 to 65,536. */
  k: number;
  /**
   * The ids of the true neighbours of each query, such as an exact index finds: n rows of k' ids, k'
   * from 1 to k. Places with -1 don't count.
   */
  groundTruth: Ids;
  /**
   * The values to try. Parameters that are not named stay as they are.
   *
   * @default of those that the index has: `nprobe` in powers of two up to `listCount`, `efSearch`
   * from 16 to 512, `kFactor` from 1 to 64
   */
  grid?: ParameterGrid;
  /** As in the searches to come. */
  filter?: IdFilter;
  /** Threads of each search. @default one for each query */
  threads?: number;
  /**
   * Each search is repeated for so long, at least twice, and the fastest one counts: 0 to 60,000.
   *
   * @default 100
   */
  minMilliseconds?: number;
  /** After how many seconds to stop, with what was measured until then. @default Infinity */
  maxSeconds?: number;
}

const DEFAULT_MIN_MILLISECONDS = 100;
const MAX_COMBINATIONS = 10_000;

/**
 * Measures which parameters of a search are worth their time, as FAISS's ParameterSpace does. All
 * queries are searched at once with each combination of the values, except for those that can't be
 * better than what was measured, since more of a parameter finds no less in no less time.
 *
 * The answer has the best combinations, fastest first: each finds more than the one before, and
 * takes longer. `recall` is the share of the k' true neighbours among the k that were found
 * (k'-recall@k; with k' = k FAISS's intersection criterion, with k' = 1 its 1-recall@k). The index's
 * parameters stay as they are. Other calls at the same time falsify the times.
 *
 * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `NOT_TRAINED`, `DISPOSED`
 *
 * @example
 * ```ts
 * import { autoTune, FaissIndex } from '@facedex/faiss';
 *
 * const vectors = Float32Array.from({ length: 1000 * 8 }, (_, i) => Math.sin(i * i));
 * await using exact = FaissIndex.create({ dimension: 8 });
 * await using index = FaissIndex.create({ dimension: 8, factory: 'IVF16,Flat' });
 * await index.train(vectors);
 * await Promise.all([exact.add(vectors), index.add(vectors)]);
 * const queries = vectors.subarray(0, 100 * 8);
 * const { ids: groundTruth } = await exact.search(queries, { k: 10 });
 * const points = await autoTune(index, queries, { k: 10, groundTruth });
 * const chosen = points.find(({ recall }) => recall >= 0.95);
 * await index.setParameters(chosen?.parameters ?? {});
 * ```
 */
export async function autoTune(
  index: TunableIndex,
  queries: Float32Array,
  options: AutoTuneOptions,
): Promise<OperatingPoint[]> {
  const { grid, groundTruth, search, minMilliseconds, maxSeconds } = checked(
    index,
    queries,
    options,
  );
  const own = await copyVectors(queries);
  const count = own.length / index.dimension;
  const end = performance.now() + maxSeconds * 1000;
  const measured: OperatingPoint[] = [];
  for (const parameters of measuringOrder(combinationsOf(grid))) {
    if (measured.length > 0 && performance.now() >= end) {
      break;
    }
    if (canBeOnFront(parameters, measured)) {
      const { ids, milliseconds } = await timed(
        () => index.search(own, { ...search, ...parameters }),
        { minMilliseconds, end },
      );
      const recall = await recallOf(ids, groundTruth, count);
      measured.push({ parameters, recall, millisecondsPerQuery: milliseconds / count });
    }
    await setImmediate();
  }
  return paretoFront(measured);
}

/** The options in memory of our own, with defaults. */
function checked(index: TunableIndex, queries: Float32Array, options: AutoTuneOptions) {
  const known = index.parameters; // throws where the index was disposed
  checkVectors('queries', queries, index.dimension);
  checkOptions('options', options);
  const { k, filter, threads } = options;
  const { minMilliseconds = DEFAULT_MIN_MILLISECONDS, maxSeconds = Number.POSITIVE_INFINITY } =
    options;
  checkInteger('k', k, [1, MAX_K]);
  checkThreads(options);
  checkFinite('minMilliseconds', minMilliseconds);
  if (!(minMilliseconds >= 0 && minMilliseconds <= 60_000)) {
    throw invalid(`Expected minMilliseconds from 0 to 60,000, received ${minMilliseconds}.`);
  }
  if (!(typeof maxSeconds === 'number' && maxSeconds >= 0)) {
    throw invalid(`Expected maxSeconds to be a number from 0, received ${String(maxSeconds)}.`);
  }
  const count = queries.length / index.dimension;
  const groundTruth = copyIds(options.groundTruth, 'groundTruth');
  const perQuery = groundTruth.length / count;
  if (count === 0 || !Number.isInteger(perQuery) || perQuery < 1 || perQuery > k) {
    throw invalid(
      `Expected at least one query, and for each the same number of true neighbours, 1 to ${k} (k), ` +
        `received ${groundTruth.length} for ${count} queries.`,
    );
  }
  if (groundTruth.every((id) => id === -1n)) {
    throw invalid('Expected ids of true neighbours, received only -1, "none".');
  }
  const search: SearchOptions = {
    k,
    ...(threads !== undefined && { threads }),
    ...(filter !== undefined && { filter: copyFilter(filter) }),
  };
  const grid = options.grid === undefined ? defaultGrid(index) : options.grid;
  checkGrid(grid, { factory: index.factory, listCount: index.listCount, known });
  return { grid: structuredClone(grid), groundTruth, search, minMilliseconds, maxSeconds };
}

function checkGrid(grid: ParameterGrid, index: Parameters<typeof checkParameters>[1]): void {
  checkOptions('grid', grid);
  let combinations = 1;
  for (const [name, values] of Object.entries(grid)) {
    if (!Array.isArray(values) || values.length === 0) {
      throw invalid(`Expected an array of values for ${name} in the grid.`);
    }
    if (name === 'efConstruction') {
      throw invalid('Expected parameters of searches in the grid, received efConstruction.');
    }
    for (const value of values) {
      checkParameters({ [name]: value }, index);
    }
    combinations *= values.length;
  }
  if (combinations > MAX_COMBINATIONS) {
    throw invalid(
      `Expected at most ${MAX_COMBINATIONS} combinations in the grid, received ${combinations}.`,
    );
  }
}

function defaultGrid({ listCount, parameters }: TunableIndex): ParameterGrid {
  return {
    ...(parameters.nprobe !== undefined && {
      nprobe: [...powersOfTwo(1, listCount), listCount],
    }),
    ...(parameters.efSearch !== undefined && { efSearch: powersOfTwo(16, 512) }),
    ...(parameters.kFactor !== undefined && { kFactor: powersOfTwo(1, 64) }),
  };
}

function powersOfTwo(first: number, last: number): number[] {
  const powers: number[] = [];
  for (let power = first; power <= last; power *= 2) {
    powers.push(power);
  }
  return powers;
}

/** What a search finds, and how long the fastest of several runs takes. */
async function timed<Result>(
  run: () => Promise<Result>,
  { minMilliseconds, end }: { minMilliseconds: number; end: number },
): Promise<Result & { milliseconds: number }> {
  const started = performance.now();
  let least = Number.POSITIVE_INFINITY;
  for (let runs = 1; ; runs++) {
    const before = performance.now();
    const result = await run();
    const now = performance.now();
    least = Math.min(least, now - before);
    if (now >= end || (runs >= 2 && now - started >= minMilliseconds)) {
      return { ...result, milliseconds: least };
    }
  }
}

function invalid(message: string): FaissError {
  return new FaissError('INVALID_ARGUMENT', message);
}

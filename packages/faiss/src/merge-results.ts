import { compareIds, isNone, wordsOf } from './id-words.js';
import { inSlices } from './in-slices.js';
import { type FaissMetric, largerIsCloser } from './metrics.js';
import type { RangeSearchResult, SearchResult } from './options.js';

/** Of places of all parts: a millisecond's worth. */
const SLICE_LENGTH = 2 ** 16;

/** The k nearest of what several indexes found for the same queries. */
export async function mergeNearest(
  parts: readonly SearchResult[],
  metric: FaissMetric,
): Promise<SearchResult> {
  const [first] = parts as readonly [SearchResult];
  if (parts.length === 1) {
    return first;
  }
  const { k } = first;
  const count = first.ids.length / k;
  const merged = {
    ids: new BigInt64Array(count * k),
    distances: new Float32Array(count * k),
    k,
  };
  const merge = new RowMerge(parts, merged, metric);
  const farthest = largerIsCloser(metric) ? -Infinity : Infinity;
  await inSlices({ count, size: SLICE_LENGTH / (k * parts.length) }, (begin, end) => {
    for (let query = begin; query < end; query++) {
      const rows = parts.map(() => ({ begin: query * k, end: (query + 1) * k }));
      const filled = merge.run(rows, { begin: query * k, end: (query + 1) * k });
      merged.ids.fill(-1n, filled, (query + 1) * k);
      merged.distances.fill(farthest, filled, (query + 1) * k);
    }
  });
  return merged;
}

/** All that several indexes found for the same queries. */
export async function mergeRanges(
  parts: readonly RangeSearchResult[],
  metric: FaissMetric,
): Promise<RangeSearchResult> {
  const [first] = parts as readonly [RangeSearchResult];
  if (parts.length === 1) {
    return first;
  }
  const count = first.offsets.length - 1;
  const offsets = new Uint32Array(count + 1);
  await inSlices({ count: count + 1, size: SLICE_LENGTH / parts.length }, (begin, end) => {
    for (let i = begin; i < end; i++) {
      for (const part of parts) {
        offsets[i]! += part.offsets[i]!;
      }
    }
  });
  const total = offsets[count]!;
  const merged = { offsets, ids: new BigInt64Array(total), distances: new Float32Array(total) };
  const merge = new RowMerge(parts, merged, metric);
  const size = SLICE_LENGTH / (Math.max(total / count, 1) * parts.length);
  await inSlices({ count, size }, (begin, end) => {
    for (let query = begin; query < end; query++) {
      const rows = parts.map((part) => rowOf(part, query));
      merge.run(rows, rowOf(merged, query));
    }
  });
  return merged;
}

interface Row {
  begin: number;
  end: number;
}

interface Neighbours {
  ids: BigInt64Array;
  distances: Float32Array;
}

/** Merges rows that are nearest first. Of equal distances, the smaller id comes first. */
class RowMerge {
  readonly #parts: { words: Int32Array; distances: Float32Array }[];
  readonly #words: Int32Array;
  readonly #distances: Float32Array;
  /** 1 where smaller numbers are nearer, else -1. */
  readonly #sign: number;
  /** Where each part is. */
  readonly #heads: Uint32Array;

  constructor(parts: readonly Neighbours[], target: Neighbours, metric: FaissMetric) {
    this.#parts = parts.map(({ ids, distances }) => ({ words: wordsOf(ids), distances }));
    this.#words = wordsOf(target.ids);
    this.#distances = target.distances;
    this.#sign = largerIsCloser(metric) ? -1 : 1;
    this.#heads = new Uint32Array(parts.length);
  }

  /** Fills the target's row from the parts' rows up to where they have no more, and says where. */
  run(rows: readonly Row[], target: Row): number {
    for (const [part, { begin }] of rows.entries()) {
      this.#heads[part] = begin;
    }
    for (let place = target.begin; place < target.end; place++) {
      const part = this.#nearest(rows);
      if (part === -1) {
        return place;
      }
      const { words, distances } = this.#parts[part]!;
      const head = this.#heads[part]!;
      this.#words[2 * place] = words[2 * head]!;
      this.#words[2 * place + 1] = words[2 * head + 1]!;
      this.#distances[place] = distances[head]!;
      this.#heads[part] = head + 1;
    }
    return target.end;
  }

  /** The part whose next neighbour is nearest; -1 where none has one. */
  #nearest(rows: readonly Row[]): number {
    let best = -1;
    for (let part = 0; part < rows.length; part++) {
      const head = this.#heads[part]!;
      if (head === rows[part]!.end || isNone(this.#parts[part]!.words, head)) {
        continue;
      }
      if (best === -1 || this.#isNearer(part, best)) {
        best = part;
      }
    }
    return best;
  }

  #isNearer(a: number, b: number): boolean {
    const one = this.#parts[a]!;
    const other = this.#parts[b]!;
    const i = this.#heads[a]!;
    const j = this.#heads[b]!;
    const difference = this.#sign * (one.distances[i]! - other.distances[j]!);
    return difference !== 0 ? difference < 0 : compareIds(one.words, i, other.words, j) < 0;
  }
}

function rowOf({ offsets }: RangeSearchResult, query: number): Row {
  return { begin: offsets[query]!, end: offsets[query + 1]! };
}

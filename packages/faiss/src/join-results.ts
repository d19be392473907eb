import { inSlices } from './in-slices.js';
import type { RangeSearchResult, SearchResult } from './options.js';

/** Numbers that are copied in about a millisecond. */
const SLICE_LENGTH = 2 ** 18;

/** What was found for the queries of the first part, then of the second, and so on. */
export async function joinResults(parts: readonly SearchResult[]): Promise<SearchResult> {
  const [first] = parts as readonly [SearchResult];
  return parts.length === 1 ? first : { ...(await joinNeighbours(parts)), k: first.k };
}

/** The same for searches within a radius. */
export async function joinRanges(parts: readonly RangeSearchResult[]): Promise<RangeSearchResult> {
  const [first] = parts as readonly [RangeSearchResult];
  if (parts.length === 1) {
    return first;
  }
  const count = parts.reduce((sum, { offsets }) => sum + offsets.length - 1, 0);
  const offsets = new Uint32Array(count + 1);
  let query = 0;
  let found = 0;
  for (const part of parts) {
    const before = found;
    const place = query;
    await inSlices({ count: part.offsets.length, size: SLICE_LENGTH }, (begin, end) => {
      for (let i = begin; i < end; i++) {
        offsets[place + i] = before + part.offsets[i]!;
      }
    });
    query += part.offsets.length - 1;
    found += part.ids.length;
  }
  return { offsets, ...(await joinNeighbours(parts)) };
}

interface Neighbours {
  ids: BigInt64Array;
  distances: Float32Array;
}

async function joinNeighbours(parts: readonly Neighbours[]): Promise<Neighbours> {
  const total = parts.reduce((sum, part) => sum + part.ids.length, 0);
  const joined = { ids: new BigInt64Array(total), distances: new Float32Array(total) };
  let place = 0;
  for (const { ids, distances } of parts) {
    const first = place;
    await inSlices({ count: ids.length, size: SLICE_LENGTH }, (begin, end) => {
      joined.ids.set(ids.subarray(begin, end), first + begin);
      joined.distances.set(distances.subarray(begin, end), first + begin);
    });
    place += ids.length;
  }
  return joined;
}

import { checkBytes, show } from './arguments.js';
import { FaissError } from './faiss-error.js';
import { copyIds, type Ids, toId } from './ids.js';

/**
 * Which vectors a call is about, by their ids:
 *
 * - `{ range: [first, end] }`: from `first` up to, but without, `end`.
 * - `{ ids }`: these.
 * - `{ bitmap }`: those whose bit is set; the bit of id i is bit `i % 8` of byte `i / 8`.
 * - `{ not }`, `{ and }`, `{ or }`: other filters combined.
 *
 * @example
 * ```ts
 * import { FaissIndex, type IdFilter } from '@facedex/faiss';
 *
 * const filter: IdFilter = { and: [{ range: [0, 100] }, { not: { ids: [7, 8] } }] };
 * await using index = FaissIndex.create({ dimension: 1 });
 * await index.add(new Float32Array([1, 2, 3]), [7, 8, 9]);
 * const { ids } = await index.search(new Float32Array([0]), { k: 2, filter });
 * console.log(ids); // BigInt64Array(2) [ 9n, -1n ]
 * ```
 */
export type IdFilter =
  | { range: readonly [first: bigint | number, end: bigint | number] }
  | { ids: Ids }
  | { bitmap: Uint8Array }
  | { not: IdFilter }
  | { and: readonly IdFilter[] }
  | { or: readonly IdFilter[] };

/** A step in postfix order: operands come before what combines them. See native/id_filter.h. */
export type FilterStep =
  | { kind: 0; first: bigint; end: bigint }
  | { kind: 1; data: BigInt64Array }
  | { kind: 2; data: Uint8Array }
  | { kind: 3; count: 1 }
  | { kind: 4 | 5; count: number };

const RANGE = 0;
const IDS = 1;
const BITMAP = 2;
const NOT = 3;
const AND = 4;
const OR = 5;

/** Deeper ones are a mistake, and could exhaust the stack. */
const MAX_DEPTH = 32;

/**
 * The filter as the addon takes it, in memory of its own.
 *
 * @throws {FaissError} `INVALID_ARGUMENT`
 */
export function filterSteps(filter: IdFilter): FilterStep[] {
  const steps: FilterStep[] = [];
  appendSteps(filter, steps, MAX_DEPTH);
  return steps;
}

function appendSteps(filter: IdFilter, steps: FilterStep[], depth: number): void {
  if (depth === 0) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected a filter of at most ${MAX_DEPTH} levels. Use one list of ids in place of many filters.`,
    );
  }
  const [key, value] = onlyEntry(filter);
  switch (key) {
    case 'range':
      steps.push(rangeStep(value));
      return;
    case 'ids':
      steps.push({ kind: IDS, data: copyIds(value as Ids, 'the ids of a filter') });
      return;
    case 'bitmap':
      checkBytes('the bitmap of a filter', value as Uint8Array);
      steps.push({ kind: BITMAP, data: new Uint8Array(value as Uint8Array) });
      return;
    case 'not':
      appendSteps(value as IdFilter, steps, depth - 1);
      steps.push({ kind: NOT, count: 1 });
      return;
    case 'and':
    case 'or':
      appendParts(value, steps, depth);
      steps.push({ kind: key === 'and' ? AND : OR, count: (value as unknown[]).length });
      return;
    default:
      throw notAFilter(filter);
  }
}

function appendParts(parts: unknown, steps: FilterStep[], depth: number): void {
  if (!Array.isArray(parts) || parts.length === 0) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected at least one filter to combine, received ${show(parts)}.`,
    );
  }
  for (const part of parts) {
    appendSteps(part, steps, depth - 1);
  }
}

function rangeStep(range: unknown): FilterStep {
  if (!Array.isArray(range) || range.length !== 2) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected a range as [first, end], received ${show(range)}.`,
    );
  }
  return {
    kind: RANGE,
    first: toId(range[0], 'the first id of a range'),
    end: toId(range[1], 'the end of a range'),
  };
}

function onlyEntry(filter: unknown): [key: string, value: unknown] {
  const entries = typeof filter === 'object' && filter !== null ? Object.entries(filter) : [];
  const [entry] = entries;
  if (entries.length !== 1 || entry === undefined) {
    throw notAFilter(filter);
  }
  return entry;
}

function notAFilter(value: unknown): FaissError {
  return new FaissError(
    'INVALID_ARGUMENT',
    'Expected a filter with one of range, ids, bitmap, not, and, or, such as ' +
      `{ range: [0, 100] } or { ids: [1, 2] }, received ${show(value)}.`,
  );
}

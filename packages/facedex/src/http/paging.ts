import { FacedexError } from '../facedex-error.js';

/** What a cursor may hold: the last item's name, its number, or its place by two numbers. */
interface Cursors {
  string: string;
  number: number;
  place: [number, number];
}

/**
 * What a cursor holds; clients pass it on as it is.
 *
 * @throws {FacedexError} `INVALID_ARGUMENT` where it is not one of these lists'
 */
export function readCursor<K extends keyof Cursors>(
  cursor: string | undefined,
  kind: K,
): Cursors[K] | undefined {
  if (cursor === undefined) return undefined;
  const value = parse(cursor);
  const fits = {
    string: typeof value === 'string',
    number: isWhole(value),
    place: Array.isArray(value) && value.length === 2 && value.every(isWhole),
  };
  if (!fits[kind]) {
    throw new FacedexError(
      'INVALID_ARGUMENT',
      'cursor: expected `next` of the page before; leave it out for the first page',
    );
  }
  return value as Cursors[K];
}

/** Of one more item than fits on a page, the page and the cursor of the next. */
export async function cutPage<T, P>(
  found: readonly T[],
  options: {
    readonly limit: number;
    readonly cursorOf: (item: T) => Cursors[keyof Cursors];
    readonly present: (item: T) => P | Promise<P>;
  },
): Promise<{ items: P[]; next: string | null }> {
  const { limit, cursorOf, present } = options;
  const items = await Promise.all(found.slice(0, limit).map(present));
  const last = found[limit - 1];
  const next = found.length > limit && last !== undefined ? toCursor(cursorOf(last)) : null;
  return { items, next };
}

function toCursor(value: Cursors[keyof Cursors]): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value);
}

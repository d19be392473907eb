/** What a choice depends on. */
export interface IndexNeeds {
  faces: number;
  /** How many faces were removed since the gallery was made. */
  removed: number;
  /** Values per embedding. */
  dimension: number;
  /** What the index may take. */
  memoryBytes: number;
  /** `auto`, `compact` (at most 128 bytes a face, where there are enough), or a kind in FAISS's words. */
  wanted: string;
  /** The kind in use: a choice is not changed back for a few faces more or less. */
  current?: string | undefined;
}

export interface IndexChoice {
  /** In FAISS's words. */
  factory: string;
  /** Whether exactly this kind was asked for; if not, another number of lists does as well. */
  isGiven: boolean;
  /** A sentence for people. */
  why: string;
}

/** Bytes of an entry in the table of ids and in an inverted list, beside its vector. */
export const ID_BYTES = 58;
/** Compressed vectors take at most this many bytes: the figure of the FaceNet paper. */
const COMPACT_BYTES = 128;
/** Exact search reads every vector; up to here that takes a few milliseconds on one core. */
const EXACT_BYTES = 32 * 2 ** 20;
/** With fewer faces there is too little to learn a compression from, and little to save. */
const LEAST_TO_COMPRESS = 1024;
/** From here on, looking at a part of the faces pays for choosing the part. */
const LEAST_FOR_LISTS = 50_000;
/** The share of all faces ever seen whose removal is often. */
const OFTEN = 0.1;
/** Fast scan is a table look-up of four bits for each of so many parts of a vector. */
const MAX_PARTS = 128;
const MIN_PARTS = 64;
const FLOAT_BYTES = 4;

/**
 * Chooses the kind of index: whole vectors while there are few; then codes of four bits for each part
 * of a vector, which FAISS's fast scan compares some twenty times faster than bytes. Fast scan keeps
 * what was removed until it is built anew, so where faces are often removed it is bytes in lists, which
 * forget at once. docs/decisions/0009-index-kinds.md has the figures.
 */
export function chooseIndex(needs: IndexNeeds): IndexChoice {
  const { faces, removed, dimension, memoryBytes, wanted } = needs;
  if (wanted !== 'auto' && wanted !== 'compact') {
    return { factory: wanted, isGiven: true, why: 'it was asked for' };
  }
  if (faces < LEAST_TO_COMPRESS) {
    return exact(`${faces} faces are compared one by one in no time`);
  }
  const vectorBytes = dimension * FLOAT_BYTES;
  const fits = (bytes: number) => faces * (bytes + ID_BYTES) <= memoryBytes;
  let why: string;
  if (wanted === 'compact') {
    if (vectorBytes <= COMPACT_BYTES) {
      return exact(`whole vectors take no more than ${COMPACT_BYTES} bytes`);
    }
    why = `at most ${COMPACT_BYTES} bytes of vector a face were asked for`;
  } else {
    const isExact = needs.current === undefined || needs.current === 'Flat';
    const isFew = faces * vectorBytes <= (isExact ? EXACT_BYTES : EXACT_BYTES / 2);
    if (isFew && fits(vectorBytes)) {
      return exact(`${faces} faces are few enough to compare all, which finds every one`);
    }
    why = isFew
      ? `whole vectors would not fit into ${megabytes(memoryBytes)} of memory`
      : `to compare all ${faces} faces would read ${megabytes(faces * vectorBytes)} each time`;
  }
  const share = removed / (removed + faces);
  const again = 'the nearest are compared again by their whole vectors, from the database';
  if (share > OFTEN && fits(Math.min(dimension, COMPACT_BYTES))) {
    const often = `since ${Math.round(share * 100)} % of all faces were removed, a kind that forgets at once`;
    return { factory: bytes(needs), isGiven: false, why: `${why}; ${often}; ${again}` };
  }
  return { factory: fastScan(dimension), isGiven: false, why: `${why}; ${again}` };
}

/**
 * Whether an index should give way to the chosen one.
 *
 * @param current.wanted the kind that was chosen when it was built, for so many `builtFaces`
 * @param current.holes removed faces that it still stores
 */
export function isOutgrown(
  current: { wanted: string; builtFaces: number; faces: number; holes: number },
  chosen: IndexChoice,
): boolean {
  const { wanted, faces, builtFaces, holes } = current;
  const isSame = chosen.isGiven
    ? wanted === chosen.factory
    : familyOf(wanted) === familyOf(chosen.factory);
  if (!isSame || holes > faces / 4) {
    return true;
  }
  // What it learned, its number of lists and its recall were right for about so many faces.
  return wanted !== 'Flat' && (faces >= 2 * builtFaces || faces < builtFaces / 4);
}

function exact(why: string): IndexChoice {
  return { factory: 'Flat', isGiven: false, why };
}

function fastScan(dimension: number): string {
  let parts = Math.min(dimension, MAX_PARTS);
  while (dimension % parts !== 0) {
    parts -= 1;
  }
  return parts < MIN_PARTS && dimension > MAX_PARTS
    ? `PCA${MAX_PARTS},PQ${MAX_PARTS}x4fs`
    : `PQ${parts}x4fs`;
}

function bytes({ faces, dimension }: IndexNeeds): string {
  const transform = dimension > COMPACT_BYTES ? `PCA${COMPACT_BYTES},` : '';
  // FAISS advises some multiple of the root of the count; more lists take long to learn.
  const lists = 2 ** Math.round(Math.log2(2 * Math.sqrt(faces)));
  return `${transform}${faces < LEAST_FOR_LISTS ? '' : `IVF${lists},`}SQ8`;
}

/** All but the number of lists. */
function familyOf(factory: string): string {
  return factory.replace(/\bIVF\d+,SQ/, 'SQ');
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}

/** What a choice depends on. */
export interface IndexNeeds {
  faces: number;
  /** Values per embedding. */
  dimension: number;
  /** What the index may take. */
  memoryBytes: number;
  /** `auto`, `compact` (at most 128 bytes a face), or a kind in FAISS's words. */
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
export const COMPACT_BYTES = 128;
/**
 * Exact search reads every vector. Up to this many bytes it takes a few milliseconds on one core, and
 * compressed vectors with a look-up of the nearest in the database are no faster
 * (`bench/index-choice.ts`).
 */
const EXACT_BYTES = 64 * 2 ** 20;
/** With fewer faces there is too little to learn a compression from, and little to save. */
const LEAST_TO_COMPRESS = 1024;
/** From here on, looking at a part of the faces pays for choosing the part. */
const LEAST_FOR_LISTS = 50_000;
/** Bytes of a vector when even {@link COMPACT_BYTES} are too many. */
const TINY_BYTES = 32;
const FLOAT_BYTES = 4;

/**
 * Chooses the kind of index. All kinds that it chooses by itself take vectors out at once, so how often
 * faces are deleted need not be asked: graphs (HNSW) are no faster at the recall that is wanted, and
 * keep what was removed until they are built anew (docs/decisions/0009-index-kinds.md).
 */
export function chooseIndex(needs: IndexNeeds): IndexChoice {
  const { faces, dimension, memoryBytes, wanted } = needs;
  if (wanted !== 'auto' && wanted !== 'compact') {
    return { factory: wanted, isGiven: true, why: 'it was asked for' };
  }
  if (faces < LEAST_TO_COMPRESS) {
    return exact(`${faces} faces are compared one by one in no time`);
  }
  const exactBytes = faces * dimension * FLOAT_BYTES;
  const compactBytes = Math.min(dimension, COMPACT_BYTES);
  if (wanted === 'compact') {
    if (dimension * FLOAT_BYTES <= COMPACT_BYTES) {
      return exact(`whole vectors take no more than ${COMPACT_BYTES} bytes`);
    }
    return compact(needs, `at most ${COMPACT_BYTES} bytes of vector a face were asked for`);
  }
  const fits = (vectorBytes: number) => faces * (vectorBytes + ID_BYTES) <= memoryBytes;
  const limit =
    needs.current === undefined || needs.current === 'Flat' ? EXACT_BYTES : EXACT_BYTES / 2;
  if (exactBytes <= limit && fits(dimension * FLOAT_BYTES)) {
    return exact(`${faces} faces are few enough to compare all, which finds every one`);
  }
  if (!fits(compactBytes)) {
    return tiny(needs);
  }
  return compact(
    needs,
    exactBytes <= limit
      ? `whole vectors would not fit into ${megabytes(memoryBytes)} of memory`
      : `to compare all ${faces} faces would read ${megabytes(exactBytes)} each time`,
  );
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

function compact({ faces, dimension }: IndexNeeds, why: string): IndexChoice {
  const transform = dimension > COMPACT_BYTES ? `PCA${COMPACT_BYTES},` : '';
  return {
    factory: `${transform}${lists(faces)}SQ8`,
    isGiven: false,
    why: `${why}; the nearest are compared again by their whole vectors, from the database`,
  };
}

function tiny({ faces, dimension, memoryBytes }: IndexNeeds): IndexChoice {
  const kept = Math.min(dimension, COMPACT_BYTES);
  const transform = dimension > kept ? `PCA${kept},` : '';
  let parts = TINY_BYTES;
  while (kept % parts !== 0) {
    parts -= 1;
  }
  return {
    factory: `${transform}${lists(faces)}PQ${parts}`,
    isGiven: false,
    why:
      `${COMPACT_BYTES} bytes of vector a face would not fit into ${megabytes(memoryBytes)} of memory; ` +
      'the nearest are compared again by their whole vectors, from the database',
  };
}

/** FAISS advises some multiple of the root of the count; more lists take long to learn. */
function lists(faces: number): string {
  return faces < LEAST_FOR_LISTS ? '' : `IVF${2 ** Math.round(Math.log2(2 * Math.sqrt(faces)))},`;
}

/** All but the number of lists. */
function familyOf(factory: string): string {
  return factory.replace(/\bIVF\d+/, 'IVF');
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}

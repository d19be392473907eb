import { checkInteger, checkOptions } from './arguments.js';
import { FaissError } from './faiss-error.js';

/**
 * How thorough a search is. Each belongs to some kinds of index only; for others it is an error.
 * More finds more, and takes longer.
 */
export interface SearchParameters {
  /** For IVF kinds: how many lists to look at, 1 to the number of lists. FAISS's default is 1. */
  nprobe?: number;
  /**
   * For IVF kinds but fast scan: after how many vectors to stop looking at further lists; 0, the
   * default, for never.
   */
  maxCodes?: number;
  /** For kinds with HNSW: how many candidates to keep, 1 to 65,536. FAISS's default is 16. */
  efSearch?: number;
  /**
   * For kinds with refinement: how many candidates to refine, as a multiple of k, 1 to 1,000.
   * FAISS's default is 1, which only orders them anew.
   */
  kFactor?: number;
}

/** What can be set on an index. */
export interface IndexParameters extends SearchParameters {
  /**
   * For kinds with HNSW: how many candidates to keep when a vector is added, 1 to 65,536. FAISS's
   * default is 40; the graph gets better, and adding slower.
   */
  efConstruction?: number;
}

export type ParameterName = keyof IndexParameters;

const SEARCH_NAMES = ['nprobe', 'maxCodes', 'efSearch', 'kFactor'] as const;

const KINDS: Record<ParameterName, string> = {
  nprobe: 'IVF',
  maxCodes: 'IVF without fast scan',
  efSearch: 'HNSW',
  efConstruction: 'HNSW',
  kFactor: 'refinement (RFlat)',
};

const MAX_EF = 65_536;
const MAX_CODES = 2 ** 31 - 1;
const MAX_K_FACTOR = 1000;

/**
 * Those that are given.
 *
 * @throws {FaissError} `INVALID_ARGUMENT` where one is out of range, unknown, or not for this kind of
 * index (not among `known`).
 */
export function checkParameters(
  parameters: IndexParameters,
  index: { factory: string; listCount: number; known: IndexParameters },
): IndexParameters {
  checkOptions('parameters', parameters);
  const given: IndexParameters = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (!Object.hasOwn(KINDS, name)) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected parameters among ${Object.keys(KINDS).join(', ')}, received ${name}.`,
      );
    }
    if (value !== undefined) {
      checkParameter(name as ParameterName, value, index);
      given[name as ParameterName] = value;
    }
  }
  return given;
}

/** The part of the options of a search that are parameters. */
export function searchParametersOf(options: SearchParameters): SearchParameters {
  const given: SearchParameters = {};
  for (const name of SEARCH_NAMES) {
    if (options[name] !== undefined) {
      given[name] = options[name];
    }
  }
  return given;
}

function checkParameter(
  name: ParameterName,
  value: unknown,
  { factory, listCount, known }: { factory: string; listCount: number; known: IndexParameters },
): void {
  if (known[name] === undefined) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `${name} is for kinds of index with ${KINDS[name]}, this one is '${factory}'. Leave it out.`,
    );
  }
  if (name === 'nprobe') {
    checkInteger(name, value, [1, listCount]);
  } else if (name === 'maxCodes') {
    checkInteger(name, value, [0, MAX_CODES]);
  } else if (name !== 'kFactor') {
    checkInteger(name, value, [1, MAX_EF]);
  } else if (!(typeof value === 'number' && value >= 1 && value <= MAX_K_FACTOR)) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected kFactor to be a number from 1 to ${MAX_K_FACTOR}, received ${String(value)}.`,
    );
  }
}

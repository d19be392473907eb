import type { FileHandle } from 'node:fs/promises';
import { ByteReader, type Section } from './byte-reader.js';
import { walkGraph } from './hnsw.js';
import { walkIvfFastScan, walkIvfFlat, walkIvfProduct, walkIvfScalar } from './ivf.js';
import { UNSUPPORTED_KINDS } from './kinds.js';
import type { Part, Place, Walk } from './part.js';
import {
  walkFastScan,
  walkFlat,
  walkHashed,
  walkProductQuantized,
  walkScalarQuantized,
} from './rows.js';
import { walkIdMap, walkMultiIndex, walkRefined, walkTransformed } from './wrappers.js';

/** Deepest nesting: ids, transform, refinement, lists, quantizer with a transform, graph, storage. */
const MAX_DEPTH = 8;

const WALKERS: Readonly<
  Record<string, (walk: Walk, fourcc: string, place: Place) => Promise<Part>>
> = {
  IxFI: walkFlat,
  IxF2: walkFlat,
  IxFl: walkFlat,
  IxPq: walkProductQuantized,
  IxPQ: walkProductQuantized,
  IxPo: walkProductQuantized,
  IxSQ: walkScalarQuantized,
  IxHe: walkHashed,
  IxHE: walkHashed,
  IPfs: walkFastScan,
  IwFl: walkIvfFlat,
  IwSq: walkIvfScalar,
  IwSQ: walkIvfScalar,
  IwPQ: walkIvfProduct,
  IwQR: walkIvfProduct,
  IwPf: walkIvfFastScan,
  IHNf: walkGraph,
  IHNp: walkGraph,
  IHNs: walkGraph,
  IxPT: walkTransformed,
  IxRF: walkRefined,
  IxMp: walkIdMap,
  IxM2: walkIdMap,
  Imiq: walkMultiIndex,
};

/** Only around everything else: row numbers take the place of ids further in. */
const OUTERMOST: ReadonlySet<string> = new Set(['IxMp', 'IxM2']);
/** By themselves these are of no use. */
const ONLY_WITHIN: ReadonlySet<string> = new Set(['Imiq']);
/** What files of `FaissIndex.save` begin with. */
const CONTAINER = 'fdxf';
const REFINED = 'what is refined';

/**
 * Walks through a file in FAISS's own format and checks every size, relation and index that FAISS's
 * reader would trust, so that FAISS can neither crash nor hang nor take more memory than the file
 * justifies, when it reads the file and whatever is done with the index later.
 *
 * Arrays of vectors and codes are passed over; ids, links of graphs and what was trained are looked
 * at in chunks, between which the event loop runs. Memory: a bit to a byte a vector at most.
 *
 * @throws {FaissError} `CORRUPT_FILE`, `UNSUPPORTED` for kinds that are not read here
 */
export async function walkFaissFile(file: FileHandle, section: Section): Promise<Part> {
  const reader = new ByteReader(file, section);
  const walk: Walk = { reader, index: (place) => walkIndex(walk, place) };
  const part = await walk.index({ name: 'the file', depth: 0, ids: 'own', finite: false });
  if (reader.remaining > 0) {
    throw reader.corrupt(`${reader.remaining} bytes follow the end of the index`);
  }
  return part;
}

async function walkIndex(walk: Walk, place: Place): Promise<Part> {
  const { reader } = walk;
  if (place.depth > MAX_DEPTH) {
    throw reader.corrupt(`indexes are nested more than ${MAX_DEPTH} deep`);
  }
  const fourcc = await reader.fourcc();
  const walker = Object.hasOwn(WALKERS, fourcc) ? WALKERS[fourcc] : undefined;
  if (walker === undefined) {
    if (fourcc === CONTAINER) {
      throw reader.corrupt('it is a file that save() wrote: read it by FaissIndex.load', 4);
    }
    if (Object.hasOwn(UNSUPPORTED_KINDS, fourcc)) {
      throw reader.unsupported(
        `${place.name} is ${UNSUPPORTED_KINDS[fourcc]} (${fourcc}). Here are Flat, SQ, PQ, LSH, ` +
          'HNSW and IVF over Flat, SQ or PQ, with fast scan, transforms, refinement and ids.',
      );
    }
    throw reader.corrupt(`${JSON.stringify(fourcc)} is no kind of index of FAISS's`, 4);
  }
  if (!belongs(fourcc, place)) {
    throw reader.unsupported(`${place.name} is of kind ${fourcc}, which is not supported there.`);
  }
  return await walker(walk, fourcc, place);
}

function belongs(fourcc: string, place: Place): boolean {
  if (place.kinds !== undefined) {
    return place.kinds.has(fourcc);
  }
  const isRefinedAgain = place.name === REFINED && fourcc === 'IxRF';
  return !ONLY_WITHIN.has(fourcc) && !isRefinedAgain && !(OUTERMOST.has(fourcc) && place.depth > 0);
}

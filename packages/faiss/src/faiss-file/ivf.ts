import { checkDirectMap, type DirectMap, findDirectMap } from './direct-map.js';
import { type Header, readHeader } from './header.js';
import { type ListsShape, readInvertedLists } from './inverted-lists.js';
import { QUANTIZER_KINDS } from './kinds.js';
import type { Part, Place, Walk } from './part.js';
import {
  type ProductQuantizer,
  productQuantizerName,
  readProductQuantizer,
  readScalarQuantizer,
} from './quantizers.js';
import { BLOCK, roundUp } from './rows.js';

/** What all kinds with inverted lists begin with. */
interface IvfHeader extends Header {
  listCount: number;
  quantizer: Part;
  directMap: DirectMap;
}

/** Lists of a quantizer that isn't filled yet cost memory that the file doesn't have. */
const MAX_EMPTY_LISTS = 2 ** 20;
const MAX_LISTS = 2 ** 31;
/** FAISS takes min(nprobe, lists). */
const MAX_NPROBE = 2 ** 31;

export async function walkIvfFlat(walk: Walk, fourcc: string, place: Place): Promise<Part> {
  const header = await readIvfHeader(walk, place);
  await readLists(walk, header, { codeSize: header.dimension * 4, ids: place.ids });
  return part(header, { fourcc, place, codes: 'Flat' });
}

export async function walkIvfScalar(walk: Walk, fourcc: string, place: Place): Promise<Part> {
  const { reader } = walk;
  const header = await readIvfHeader(walk, place);
  const { codeSize, name } = await readScalarQuantizer(reader, header);
  await reader.int64('the code size', [codeSize, codeSize]);
  if (fourcc === 'IwSq') {
    await reader.flag('whether residuals are encoded');
  }
  await readLists(walk, header, { codeSize, ids: place.ids });
  return part(header, { fourcc, place, codes: name });
}

/** With `IwQR`, codes of what the first codes miss follow; they are looked up by id as if by row. */
export async function walkIvfProduct(walk: Walk, fourcc: string, place: Place): Promise<Part> {
  const { reader } = walk;
  const isRefined = fourcc === 'IwQR';
  const header = await readIvfHeader(walk, place);
  await reader.flag('whether residuals are encoded');
  const codeSize = await reader.int64('the code size', [1, 2 ** 20]);
  const quantizer = await readProductQuantizer(reader, header.dimension);
  checkCodeSize(walk, codeSize, quantizer);
  await readLists(walk, header, { codeSize, ids: isRefined ? 'rows' : place.ids });
  let codes = productQuantizerName(quantizer);
  if (isRefined && header.isTrained) {
    const refinement = await readProductQuantizer(reader, header.dimension);
    const size = header.size * refinement.codeSize;
    await reader.exactLength('the codes of the refinement', 1, size);
    reader.skip('the codes of the refinement', size);
    await reader.float32('k_factor', [1, MAX_K_FACTOR]);
    codes += `+${refinement.count}`;
  }
  return part(header, { fourcc, place: isRefined ? { ...place, ids: 'rows' } : place, codes });
}

export async function walkIvfFastScan(walk: Walk, fourcc: string, place: Place): Promise<Part> {
  const { reader } = walk;
  const header = await readIvfHeader(walk, place);
  const byResidual = await reader.flag('whether residuals are encoded');
  const codeSize = await reader.int64('the code size', [1, 2 ** 20]);
  await reader.int32('the block size', [BLOCK, BLOCK]);
  const padded = await reader.int64('the padded number of sub-quantizers', [2, 2 ** 20]);
  await reader.int32('the implementation', [0, 15]); // the addon sets its own
  await reader.int64('the size of query blocks', [0, 0]);
  const quantizer = await readProductQuantizer(reader, header.dimension);
  checkCodeSize(walk, codeSize, quantizer);
  if (quantizer.bits !== 4 || padded !== roundUp(quantizer.count, 2)) {
    throw reader.corrupt(
      `fast scan has ${quantizer.count} codes of ${quantizer.bits} bits, padded to ${padded}`,
    );
  }
  await readLists(walk, header, { codeSize: padded / 2, ids: place.ids, blocks: true });
  return part(header, { fourcc, place, codes: `PQ${quantizer.count}x4fs${byResidual ? 'r' : ''}` });
}

/** How many times as many candidates are looked at again; FAISS allocates what this says. */
export const MAX_K_FACTOR = 1024;

async function readIvfHeader(walk: Walk, place: Place): Promise<IvfHeader> {
  const { reader } = walk;
  const header = await readHeader(reader);
  const listCount = await reader.int64('the number of lists', [1, MAX_LISTS]);
  await reader.int64('nprobe', [1, MAX_NPROBE]);
  const quantizer = await walk.index({
    name: 'the quantizer of lists',
    depth: place.depth + 1,
    kinds: QUANTIZER_KINDS,
    ids: 'rows',
    finite: true,
  });
  if (quantizer.dimension !== header.dimension) {
    throw reader.corrupt(
      `the quantizer has dimension ${quantizer.dimension}, the index ${header.dimension}`,
    );
  }
  const isFilled = quantizer.isTrained && quantizer.size === listCount;
  const isFresh = !header.isTrained && quantizer.size === 0 && listCount <= MAX_EMPTY_LISTS;
  if (!isFilled && !isFresh) {
    throw reader.corrupt(`the quantizer has ${quantizer.size} of ${listCount} lists`);
  }
  const directMap = await findDirectMap(reader, header.size);
  return { ...header, listCount, quantizer, directMap };
}

async function readLists(
  { reader }: Walk,
  { listCount, size, directMap }: IvfHeader,
  shape: Pick<ListsShape, 'codeSize' | 'ids'> & { blocks?: boolean },
): Promise<void> {
  const sizes = await readInvertedLists(reader, { blocks: false, ...shape, listCount, size });
  await checkDirectMap(reader, directMap, sizes);
}

function checkCodeSize({ reader }: Walk, codeSize: number, quantizer: ProductQuantizer): void {
  if (codeSize !== quantizer.codeSize) {
    throw reader.corrupt(`the code size is ${codeSize} instead of ${quantizer.codeSize}`);
  }
}

function part(
  { listCount, quantizer, directMap: _, ...header }: IvfHeader,
  { fourcc, place, codes }: { fourcc: string; place: Place; codes: string },
): Part {
  const lists =
    quantizer.fourcc === 'Imiq'
      ? quantizer.factory
      : quantizer.factory === 'Flat'
        ? `IVF${listCount}`
        : quantizer.fourcc.startsWith('IHN')
          ? `IVF${listCount}_${quantizer.factory}`
          : `IVF${listCount}(${quantizer.factory})`;
  return { ...header, fourcc, factory: `${lists},${codes}`, ids: place.ids === 'own' };
}

import { type Header, readHeader } from './header.js';
import { MAX_K_FACTOR } from './ivf.js';
import { REFINEMENT_KINDS } from './kinds.js';
import type { Part, Place, Walk } from './part.js';
import { readProductQuantizer } from './quantizers.js';
import { IdCheck } from './row-ids.js';
import { readTransform } from './transforms.js';

// Kinds around other kinds.

const MAX_TRANSFORMS = 16;
/** A multi-index has all combinations of its codes as lists; as in factory strings. */
const MAX_MULTI_INDEX_BITS = 10;

export async function walkTransformed(walk: Walk, fourcc: string, place: Place): Promise<Part> {
  const { reader } = walk;
  const header = await readHeader(reader);
  const count = await reader.int32('the number of transforms', [0, MAX_TRANSFORMS]);
  const names: string[] = [];
  let { dimension } = header;
  for (let i = 0; i < count; i++) {
    const transform = await readTransform(reader, dimension);
    if (header.isTrained && !transform.isTrained) {
      throw reader.corrupt('a transform is not trained, though the index says that it is', 1);
    }
    if (place.name.includes('quantizer') && !transform.isInvertible) {
      throw reader.unsupported(
        `its quantizer transforms vectors in a way that can't be undone (${transform.factory}).`,
      );
    }
    names.push(transform.factory);
    dimension = transform.dimensionOut;
  }
  const inner = await walk.index({ ...place, name: place.name, depth: place.depth + 1 });
  checkSame(walk, { ...header, dimension }, inner);
  // What isn't kept in the file: OPQ's number of sub-vectors, mostly the quantizer's.
  const quantizer = /^(?:.*,)?PQ(\d+)/.exec(inner.factory)?.[1] ?? 1;
  const chain = names.map((name) => name.replace(/^OPQ/, `OPQ${quantizer}_`));
  return {
    ...header,
    fourcc,
    factory: [...chain, inner.factory].join(','),
    ids: inner.ids,
  };
}

export async function walkRefined(walk: Walk, fourcc: string, place: Place): Promise<Part> {
  const { reader } = walk;
  const header = await readHeader(reader);
  const depth = place.depth + 1;
  const base = await walk.index({
    ...place,
    name: 'what is refined',
    depth,
    ids: 'rows', // they are looked up in the refinement
  });
  checkSame(walk, header, base);
  const refinement = await walk.index({
    ...place,
    name: 'the refinement',
    depth,
    kinds: REFINEMENT_KINDS,
    ids: 'rows',
  });
  checkSame(walk, header, refinement);
  await reader.float32('k_factor', [1, MAX_K_FACTOR]);
  const factory =
    refinement.factory === 'Flat'
      ? `${base.factory},RFlat`
      : `${base.factory},Refine(${refinement.factory})`;
  return { ...header, fourcc, factory, ids: false };
}

export async function walkIdMap(walk: Walk, fourcc: string, place: Place): Promise<Part> {
  const { reader } = walk;
  const header = await readHeader(reader);
  const inner = await walk.index({
    ...place,
    name: 'what has ids',
    depth: place.depth + 1,
    ids: 'rows', // they are looked up in the ids
  });
  checkSame(walk, header, inner);
  await reader.exactLength('the ids', 8, header.size);
  await new IdCheck(reader, { size: header.size, ids: 'own' }).visit(header.size);
  return { ...header, fourcc, factory: inner.factory, ids: true };
}

/** The quantizer of a multi-index: it stores no vectors, only two or more codebooks. */
export async function walkMultiIndex(walk: Walk, fourcc: string): Promise<Part> {
  const { reader } = walk;
  const header = await readHeader(reader);
  const { count, bits } = await readProductQuantizer(reader, header.dimension);
  if (count !== 2 || bits > MAX_MULTI_INDEX_BITS) {
    throw reader.unsupported(
      `its multi-index has ${count} codes of ${bits} bits. Here are two of up to ` +
        `${MAX_MULTI_INDEX_BITS}.`,
    );
  }
  const size = header.isTrained ? 2 ** (count * bits) : header.size;
  if (header.size !== size) {
    throw reader.corrupt(`a multi-index of ${count} times ${bits} bits has ${header.size} lists`);
  }
  return { ...header, fourcc, factory: `IMI${count}x${bits}`, ids: false };
}

/** A wrapper repeats what its parts say. */
function checkSame({ reader }: Walk, outer: Header, inner: Part): void {
  const fits =
    inner.dimension === outer.dimension &&
    inner.size === outer.size &&
    inner.metric === outer.metric &&
    (inner.isTrained || !outer.isTrained);
  if (!fits) {
    throw reader.corrupt(
      `an index of ${outer.size} vectors of dimension ${outer.dimension} (${outer.metric}) is ` +
        `around one of ${inner.size} of ${inner.dimension} (${inner.metric}), or that is not trained`,
    );
  }
}

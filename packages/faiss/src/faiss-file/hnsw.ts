import { type Header, readHeader } from './header.js';
import { STORAGE_KINDS } from './kinds.js';
import type { Part, Place, Walk } from './part.js';

// A node has levels, at least one. Its links are in one array for all nodes, from the node's offset
// on; which of them are for which level, the table of slots says, the same for all nodes.

/** FAISS makes tables of about ten levels. Slots double as how much one added vector needs. */
const MAX_LEVELS = 64;
const MAX_SLOTS = 2 ** 22;
const MAX_EF = 2 ** 20;
const MAX_NODES = 2 ** 31 - 1;

export async function walkGraph(walk: Walk, fourcc: string, place: Place): Promise<Part> {
  const { reader } = walk;
  const header = await readHeader(reader);
  if (header.size > MAX_NODES) {
    throw reader.corrupt(`a graph can't have ${header.size} nodes`);
  }
  const slots = await readSlots(walk);
  const levels = await readLevels(walk, header, slots.length - 1);
  const linkCount = await checkOffsets(walk, levels, slots);
  await checkLinks(walk, levels, { slots, linkCount });
  await checkEntry(walk, levels);
  await reader.int32('efConstruction', [1, MAX_EF]);
  await reader.int32('efSearch', [1, MAX_EF]);
  await reader.int32('the upper beam', [1, 1]);
  const storage = await walk.index({
    name: "the graph's storage",
    depth: place.depth + 1,
    kinds: STORAGE_KINDS[fourcc]!,
    ids: 'rows',
    finite: true,
  });
  checkStorage(walk, header, storage);
  const codes = storage.factory === 'Flat' ? '' : `_${storage.factory}`;
  const links = slots[2]! - slots[1]!;
  return { ...header, fourcc, factory: `HNSW${links}${codes}`, ids: false };
}

/** The chances of levels, then at which link each level begins: one more number, from zero. */
async function readSlots({ reader }: Walk): Promise<Float64Array> {
  const levelCount = await reader.arrayLength('the chances of levels', 8);
  // FAISS itself makes a single level for one link a node, and then reads beyond its tables.
  if (levelCount < 2 || levelCount > MAX_LEVELS) {
    throw reader.corrupt(`there are ${levelCount} levels, not 2 to ${MAX_LEVELS}`, 8);
  }
  await reader.visit('the chances of levels', levelCount * 8, (chunk, size) => {
    for (const chance of new Float64Array(chunk, 0, size / 8)) {
      if (!(chance >= 0 && chance <= 1)) {
        throw reader.corrupt(`the chance of a level is ${chance}`);
      }
    }
  });
  await reader.exactLength('the slots of levels', 4, levelCount + 1);
  const slots = new Float64Array(levelCount + 1);
  await reader.visit('the slots of levels', (levelCount + 1) * 4, (chunk, size) => {
    slots.set(new Int32Array(chunk, 0, size / 4));
  });
  for (const [level, slot] of slots.entries()) {
    if (level === 0 ? slot !== 0 : slot <= slots[level - 1]! || slot > MAX_SLOTS) {
      throw reader.corrupt(`level ${level} begins at link ${slot}, after ${slots[level - 1]}`);
    }
  }
  return slots;
}

/** How many levels each node has; a byte a node. */
async function readLevels(
  { reader }: Walk,
  { size }: Header,
  levelCount: number,
): Promise<Uint8Array> {
  await reader.exactLength('the levels of nodes', 4, size);
  const levels = new Uint8Array(size);
  await reader.visit('the levels of nodes', size * 4, (chunk, bytes, first) => {
    const numbers = new Int32Array(chunk, 0, bytes / 4);
    for (let i = 0; i < numbers.length; i++) {
      const count = numbers[i]!;
      if (count < 1 || count > levelCount) {
        throw reader.corrupt(`node ${first / 4 + i} has ${count} levels`, bytes - i * 4);
      }
      levels[first / 4 + i] = count;
    }
  });
  return levels;
}

/** Where each node's links begin follows from the levels; FAISS writes it nevertheless. */
async function checkOffsets(
  { reader }: Walk,
  levels: Uint8Array,
  slots: Float64Array,
): Promise<number> {
  const count = levels.length + 1;
  await reader.exactLength('the offsets of nodes', 8, count);
  let expected = 0;
  await reader.visit('the offsets of nodes', count * 8, (chunk, size, first) => {
    const words = new Uint32Array(chunk, 0, size / 4);
    for (let i = 0; i < words.length; i += 2) {
      const offset = words[i + 1]! * 2 ** 32 + words[i]!;
      if (offset !== expected) {
        throw reader.corrupt(`an offset is ${offset} instead of ${expected}`, size - i * 4);
      }
      // Behind the last node there is one more offset, the number of all links.
      expected += slots[levels[first / 8 + i / 2] ?? 0]!;
    }
  });
  return expected;
}

/** A link on a level has to lead to a node that has this level, or nowhere (-1). */
async function checkLinks(
  { reader }: Walk,
  levels: Uint8Array,
  { slots, linkCount }: { slots: Float64Array; linkCount: number },
): Promise<void> {
  await reader.exactLength('the links', 4, linkCount);
  let node = 0;
  let link = 0;
  let level = 0;
  await reader.visit('the links', linkCount * 4, (chunk, size) => {
    const targets = new Int32Array(chunk, 0, size / 4);
    for (let i = 0; i < targets.length; i++) {
      const target = targets[i]!;
      if (target !== -1 && !(levels[target]! > level)) {
        throw reader.corrupt(
          `node ${node} has a link to ${target} on level ${level}, which is not there`,
          size - i * 4,
        );
      }
      link++;
      if (link === slots[level + 1]) {
        level++;
        if (level === levels[node]) {
          node++;
          link = 0;
          level = 0;
        }
      }
    }
  });
}

/** Searches begin at a node with all levels there are. */
async function checkEntry({ reader }: Walk, levels: Uint8Array): Promise<void> {
  const range: [number, number] = levels.length === 0 ? [-1, -1] : [0, levels.length - 1];
  const entry = await reader.int32('the entry point', range);
  let most = 0;
  for (let i = 0; i < levels.length; i++) {
    most = Math.max(most, levels[i]!);
  }
  await reader.int32('the highest level', [most - 1, most - 1]);
  if (levels.length > 0 && levels[entry] !== most) {
    throw reader.corrupt(`the entry point, node ${entry}, has not all ${most} levels`, 8);
  }
}

function checkStorage({ reader }: Walk, header: Header, storage: Part): void {
  const fits =
    storage.dimension === header.dimension &&
    storage.size === header.size &&
    storage.metric === header.metric &&
    storage.isTrained === header.isTrained;
  if (!fits) {
    throw reader.corrupt(
      `the graph's storage has ${storage.size} vectors of dimension ${storage.dimension}, the ` +
        `graph ${header.size} of ${header.dimension}, or they differ in metric or training`,
    );
  }
  if (storage.fourcc.startsWith('IxP')) {
    checkTables({ reader }, header, storage);
  }
}

/** FAISS makes a table of all pairs of centroids when it reads the file. */
function checkTables({ reader }: Pick<Walk, 'reader'>, { dimension }: Header, storage: Part) {
  const [, count, bits = '8'] = /^PQ(\d+)x?(\d+)?$/.exec(storage.factory) ?? [];
  const entries = Number(count) * 4 ** Number(bits);
  // 256 times what the centroids take with codes of 8 bits and one component each.
  if (entries > 2 ** 24 && entries > 256 * dimension * 2 ** 8) {
    throw reader.unsupported(
      `a graph over ${storage.factory} needs a table of ${entries * 4} bytes. Use codes of 8 bits.`,
    );
  }
}

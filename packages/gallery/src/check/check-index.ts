import type { IndexStamp, LoadedIndex, VectorIndex } from '../index/vector-index.js';
import type { GalleryRecord } from '../store/metadata-store.js';
import { type Finding, someOf } from './finding.js';

/** The state of the database that an index is compared with. */
export interface IndexTruth {
  gallery: GalleryRecord;
  lastChange: number;
  /** Of every face, the change that added it. */
  changes: ReadonlyMap<number, number>;
  /** Faces that were removed, with the change that did it. */
  removed: ReadonlyMap<number, number>;
  /** Embeddings of some faces. */
  sample: ReadonlyMap<number, Float32Array>;
}

const REBUILT = 'nothing: whoever opens the gallery next rebuilds it';
const DELETE = 'delete index.faiss: the index is rebuilt from the database; please report it';
/** Squared distance of a vector from itself, as float32 sums it. */
const ROUNDING = 1e-4;
/** Compressed vectors of two faces of one person may be taken for each other, but not many. */
const MOST_CONFUSED = 0.1;
const LEAST_TO_JUDGE = 20;

/**
 * Compares the snapshot with the database: whose it is, which change it has, its ids, and some of its
 * vectors. The snapshot was read before the database, so it cannot have learnt more.
 */
export async function checkIndex(snapshot: LoadedIndex, truth: IndexTruth): Promise<Finding[]> {
  if (snapshot.state === 'missing') {
    return truth.lastChange === 0 ? [] : [note('there is no index snapshot', REBUILT)];
  }
  if (snapshot.state === 'unusable') {
    return [error(`the index snapshot cannot be used (${snapshot.reason})`, REBUILT)];
  }
  const { index, stamp } = snapshot;
  const { gallery, lastChange } = truth;
  if (stamp.galleryId !== gallery.id || stamp.spaceId !== gallery.space.id) {
    return [note('the index snapshot is of another gallery or model', REBUILT)];
  }
  if (stamp.change > lastChange) {
    return [
      error(
        `the index snapshot has change ${stamp.change} but the database ends at ${lastChange}: the ` +
          'database lost its log (gallery.db-wal), or was replaced by an older one',
        'see what is missing (facedex stats), and index the photos again: what is in is passed ' +
          'over. The snapshot is rebuilt by whoever opens the gallery next',
      ),
    ];
  }
  const ids = await index.ids();
  const findings = compareIds(ids, stamp, truth);
  if (stamp.change < lastChange) {
    findings.push(
      note(`the index snapshot is ${lastChange - stamp.change} changes behind`, CAUGHT_UP),
    );
  }
  const known = new Set(ids);
  const sample = [...truth.sample].filter(([id]) => known.has(id));
  return [...findings, ...(await compareVectors(index, sample))];
}

const CAUGHT_UP = 'nothing: whoever opens the gallery replays them';

function compareIds(
  ids: readonly number[],
  { change }: IndexStamp,
  { changes, removed }: IndexTruth,
): Finding[] {
  const found = new Set(ids);
  const findings: Finding[] = [];
  const missing = [...changes].filter(([id, added]) => added <= change && !found.has(id));
  if (missing.length > 0) {
    const which = someOf(missing.map(([id]) => id));
    findings.push(error(`the index snapshot lacks ${missing.length} faces: ${which}`, DELETE));
  }
  const isExpected = (id: number) =>
    (changes.get(id) ?? Number.POSITIVE_INFINITY) <= change || (removed.get(id) ?? 0) > change;
  const foreign = ids.filter((id) => !isExpected(id));
  if (foreign.length > 0) {
    const which = someOf(foreign);
    findings.push(
      error(`the index snapshot has ${foreign.length} faces too many: ${which}`, DELETE),
    );
  }
  return findings;
}

/** Each vector must be where its face is, or, where the index compresses, nearer than another's. */
async function compareVectors(
  index: VectorIndex,
  sample: readonly (readonly [number, Float32Array])[],
): Promise<Finding[]> {
  const distanceTo = async (embedding: Float32Array, id: number) => {
    const [answers] = await index.search(embedding, { k: 1, only: [id] });
    return answers?.[0]?.squaredDistance ?? Number.POSITIVE_INFINITY;
  };
  const wrong: number[] = [];
  for (const [i, [id, embedding]] of sample.entries()) {
    const distance = await distanceTo(embedding, id);
    const [other = id] = sample[(i + 1) % sample.length] ?? [];
    const isWrong = index.isLossless
      ? distance > ROUNDING
      : distance > (await distanceTo(embedding, other));
    if (isWrong) {
      wrong.push(id);
    }
  }
  const tolerated = index.isLossless ? 0 : Math.max(LEAST_TO_JUDGE, sample.length) * MOST_CONFUSED;
  if (wrong.length <= tolerated) {
    return [];
  }
  return [
    error(
      `of ${sample.length} faces, ${wrong.length} have another vector in the index snapshot than in ` +
        `the database: ${someOf(wrong)}`,
      DELETE,
    ),
  ];
}

function error(problem: string, advice: string): Finding {
  return { part: 'index', severity: 'error', problem, advice };
}

function note(problem: string, advice: string): Finding {
  return { part: 'index', severity: 'note', problem, advice };
}

import type { IndexStamp, LoadedIndex, VectorIndex } from '../index/vector-index.js';
import type { GalleryRecord } from '../store/metadata-store.js';
import { type Finding, someOf } from './finding.js';

/** The state of the database that an index is compared with. */
export interface IndexTruth {
  lastChange: number;
  /** Of every face, the change that added it. */
  changes: ReadonlyMap<number, number>;
  /** Faces that were removed, with the change that did it. */
  removed: ReadonlyMap<number, number>;
}

const REBUILT = 'nothing: whoever opens the gallery next rebuilds it';
const CAUGHT_UP = 'nothing: whoever opens the gallery replays them';
const DELETE = 'delete index.faiss: the index is rebuilt from the database; please report it';
/** Damage to a database is likelier than an index that is wrong from the start. */
const EITHER =
  'one of the two is damaged, and the snapshot has a checksum: restore a backup (facedex restore), ' +
  'or remove the photos of these faces (facedex remove --photo) and index them again';
/** Faces whose vectors are compared where the index compresses them. */
const SAMPLE = 1000;
/** Compressed vectors of two faces of one person may be taken for each other, but not many. */
const MOST_CONFUSED = 0.1;
const LEAST_TO_JUDGE = 20;

/**
 * Compares the snapshot with the database: whose it is, which change it has, its ids, and its vectors.
 * The snapshot is read before the database, so it cannot have learnt more.
 */
export class IndexCheck {
  readonly #snapshot: LoadedIndex;
  /** Undefined where there is nothing to compare. */
  readonly #ids: ReadonlySet<number> | undefined;
  readonly #wrong: number[] = [];
  #compared = 0;

  private constructor(snapshot: LoadedIndex, ids: ReadonlySet<number> | undefined) {
    this.#snapshot = snapshot;
    this.#ids = ids;
  }

  static async begin(snapshot: LoadedIndex, gallery: GalleryRecord): Promise<IndexCheck> {
    const isOurs = snapshot.state === 'loaded' && isOf(snapshot.stamp, gallery);
    const ids = isOurs ? new Set(await snapshot.index.ids()) : undefined;
    return new IndexCheck(snapshot, ids);
  }

  /**
   * To be told of every face. Vectors must be the same bit for bit; where the index compresses, those
   * of some faces must be nearer than another's.
   */
  async see(faces: readonly { id: number; embedding: Float32Array }[]): Promise<void> {
    if (this.#snapshot.state !== 'loaded' || this.#ids === undefined) {
      return;
    }
    const { index } = this.#snapshot;
    const known = faces.filter(({ id }) => this.#ids?.has(id));
    if (index.isLossless) {
      this.#compared += known.length;
      this.#wrong.push(...(await differing(index, known)));
    } else {
      const share = Math.min(1, SAMPLE / this.#ids.size);
      const count = Math.ceil(known.length * share);
      this.#compared += count;
      this.#wrong.push(...(await confused(index, known, count)));
    }
  }

  /** What is wrong, once every face was seen. */
  findings(truth: IndexTruth): Finding[] {
    const snapshot = this.#snapshot;
    const { lastChange } = truth;
    if (snapshot.state === 'missing') {
      return lastChange === 0 ? [] : [note('there is no index snapshot', REBUILT)];
    }
    if (snapshot.state === 'unusable') {
      return [error(`the index snapshot cannot be used (${snapshot.reason})`, REBUILT)];
    }
    const { index, stamp } = snapshot;
    if (this.#ids === undefined) {
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
    const findings = compareIds(this.#ids, stamp, truth);
    if (stamp.change < lastChange) {
      findings.push(
        note(`the index snapshot is ${lastChange - stamp.change} changes behind`, CAUGHT_UP),
      );
    }
    const tolerated = index.isLossless
      ? 0
      : Math.max(LEAST_TO_JUDGE, this.#compared) * MOST_CONFUSED;
    if (this.#wrong.length > tolerated) {
      findings.push(
        error(
          `of ${this.#compared} faces, ${this.#wrong.length} have another vector in the index ` +
            `snapshot than in the database: ${someOf(this.#wrong)}`,
          EITHER,
        ),
      );
    }
    return findings;
  }
}

function isOf({ galleryId, spaceId }: IndexStamp, { id, space }: GalleryRecord): boolean {
  return galleryId === id && spaceId === space.id;
}

function compareIds(
  found: ReadonlySet<number>,
  { change }: IndexStamp,
  { changes, removed }: IndexTruth,
): Finding[] {
  const findings: Finding[] = [];
  const missing = [...changes].filter(([id, added]) => added <= change && !found.has(id));
  if (missing.length > 0) {
    const which = someOf(missing.map(([id]) => id));
    findings.push(error(`the index snapshot lacks ${missing.length} faces: ${which}`, DELETE));
  }
  const isExpected = (id: number) =>
    (changes.get(id) ?? Number.POSITIVE_INFINITY) <= change || (removed.get(id) ?? 0) > change;
  const foreign = [...found].filter((id) => !isExpected(id));
  if (foreign.length > 0) {
    const which = someOf(foreign);
    findings.push(
      error(`the index snapshot has ${foreign.length} faces too many: ${which}`, DELETE),
    );
  }
  return findings;
}

type KnownFaces = readonly { id: number; embedding: Float32Array }[];

async function differing(index: VectorIndex, faces: KnownFaces): Promise<number[]> {
  const vectors = await index.vectors(faces.map(({ id }) => id));
  const isSame = (embedding: Float32Array, start: number) =>
    embedding.every((value, i) => value === vectors[start + i]);
  return faces
    .filter(({ embedding }, i) => !isSame(embedding, i * embedding.length))
    .map(({ id }) => id);
}

async function confused(index: VectorIndex, faces: KnownFaces, count: number): Promise<number[]> {
  const distanceTo = async (embedding: Float32Array, id: number) => {
    const [answers] = await index.search(embedding, { k: 1, only: [id] });
    return answers?.[0]?.squaredDistance ?? Number.POSITIVE_INFINITY;
  };
  const wrong: number[] = [];
  for (const [i, { id, embedding }] of faces.slice(0, count).entries()) {
    const other = faces[(i + 1) % faces.length] ?? faces[0];
    const distance = await distanceTo(embedding, id);
    if (other !== undefined && distance > (await distanceTo(embedding, other.id))) {
      wrong.push(id);
    }
  }
  return wrong;
}

function error(problem: string, advice: string): Finding {
  return { part: 'index', severity: 'error', problem, advice };
}

function note(problem: string, advice: string): Finding {
  return { part: 'index', severity: 'note', problem, advice };
}

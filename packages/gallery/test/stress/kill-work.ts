// A process that is killed: changes a gallery, step by step, and says on stdout which were acknowledged.
//   kill-work.ts DIR KIND LOW HIGH
// The gallery holds the photos numbered from LOW to HIGH - 1. A line `LOW HIGH` says what it holds now,
// a line `of SPACE` which model it is of.
import { Gallery, type ReembeddedFace, Reembedding } from '../../src/index.js';
import { photoOrNot } from '../synthetic-photos.js';
import {
  INDEX_KINDS,
  type KillKind,
  numberOf,
  otherSpace,
  photoIn,
  SPACES,
  STEP,
} from './kill-rounds.js';

const [directory = '', kind, from, to] = process.argv.slice(2);
let [low, high] = [Number(from), Number(to)];
const acknowledge = (line: string) => process.stdout.write(`${line}\n`);
const [space = SPACES[0]] = [await Gallery.spaceOf(directory)];

if (kind === 'reembed') {
  for (let of = space; ; ) {
    of = await reembed(of);
  }
}

const open = () =>
  Gallery.open(directory, {
    space,
    mode: 'write',
    ...(kind === 'migrate' && { index: INDEX_KINDS[high % INDEX_KINDS.length]! }),
  });
let gallery = await open();
acknowledge('open');

const steps: Record<Exclude<KillKind, 'reembed'>, () => Promise<void>> = {
  /** Adds the next photos, and now and then writes the snapshot. */
  async enrol() {
    await add(STEP);
    if (high % (4 * STEP) < STEP) {
      await gallery.flush();
    }
  },
  /** Removes the oldest photos. */
  async delete() {
    await remove(STEP);
  },
  /** Removes many photos, after which the index is built anew, and the database on closing. */
  async compact() {
    await remove(4 * STEP);
    await gallery.flush();
    await add(4 * STEP);
    await gallery[Symbol.asyncDispose]();
    gallery = await open();
  },
  /** The index moves to another kind while photos come. */
  async migrate() {
    acknowledge('moving');
    const flushing = gallery.flush();
    await add(STEP);
    await flushing;
    acknowledge('moved');
  },
};

while (kind !== 'delete' || high - low > STEP) {
  await steps[kind as keyof typeof steps]();
}
await gallery[Symbol.asyncDispose]();

async function add(count: number): Promise<void> {
  await gallery.enrol(Array.from({ length: count }, (_, i) => photoIn(gallery.space, high + i)));
  high += count;
  acknowledge(`${low} ${high}`);
}

async function remove(count: number): Promise<void> {
  await gallery.removePhotos(
    Array.from({ length: Math.min(count, high - low) }, (_, i) => photoOrNot(low + i).path),
  );
  low = Math.min(low + count, high);
  acknowledge(`${low} ${high}`);
}

/** Moves to the other model, a few photos at a time. */
async function reembed(of: typeof space): Promise<typeof space> {
  const next = otherSpace(of);
  await using reembedding = await Reembedding.open(directory, next);
  acknowledge('open');
  let batch: ReembeddedFace[] = [];
  for await (const { faces, paths } of reembedding.photos()) {
    const made = photoIn(next, numberOf(paths[0] ?? '')).faces;
    batch.push(...made.map((face, i) => ({ ...face, id: faces[i]?.id ?? 0 })));
    if (batch.length >= 4 * STEP) {
      await reembedding.stage(batch);
      batch = [];
    }
  }
  await reembedding.stage(batch);
  await reembedding.finish({ dropMissing: false, recipeOf: (recipe) => recipe });
  acknowledge(`of ${next.id}`);
  return next;
}

// A process that is killed: changes a gallery, step by step, and says on stdout which were acknowledged.
//   kill-work.ts DIR KIND LOW HIGH
// The gallery holds the photos numbered from LOW to HIGH - 1. A line `LOW HIGH` says what it holds now.
import { Gallery } from '../../src/index.js';
import { photoOrNot, SPACE } from '../synthetic-photos.js';
import { INDEX_KINDS, type KillKind, STEP } from './kill-rounds.js';

const [directory = '', kind, from, to] = process.argv.slice(2);
let [low, high] = [Number(from), Number(to)];
const acknowledge = (line: string) => process.stdout.write(`${line}\n`);
const gallery = await Gallery.open(directory, {
  space: SPACE,
  mode: 'write',
  ...(kind === 'migrate' && { index: INDEX_KINDS[high % INDEX_KINDS.length]! }),
});
acknowledge('open');

const steps: Record<KillKind, () => Promise<void>> = {
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
  /** Removes many photos, after which the index is built anew, while it is asked. */
  async compact() {
    await remove(4 * STEP);
    await gallery.flush();
    await add(4 * STEP);
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
  await steps[kind as KillKind]();
}
await gallery[Symbol.asyncDispose]();

async function add(count: number): Promise<void> {
  await gallery.enrol(Array.from({ length: count }, (_, i) => photoOrNot(high + i)));
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

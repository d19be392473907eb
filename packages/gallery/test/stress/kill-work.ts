// A process that is killed: changes a gallery, step by step, and says on stdout which were acknowledged.
//   kill-work.ts DIR KIND LOW HIGH KNOWN
// The gallery holds the photos numbered from LOW to HIGH - 1, and KNOWN people were described. A line
// `LOW HIGH` says what it holds now, a line `of SPACE` which model it is of, a line `known KNOWN` how many.
import { Gallery, type ReembeddedFace, Reembedding } from '../../src/index.js';
import {
  CONSENT,
  enrolPhotos,
  INDEX_KINDS,
  type KillKind,
  MOST_KNOWN,
  otherSpace,
  personOf,
  photoIn,
  SPACES,
  STEP,
} from './kill-rounds.js';

const [directory = '', kind, ...state] = process.argv.slice(2);
let [low = 0, high = 0, known = 0] = state.map(Number);
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
  /** Removes the oldest photos, as those of a person where they name one. */
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
  /** Says who people are, and groups the faces of nobody. */
  async describe() {
    if (known < MOST_KNOWN) {
      const person = { name: `Known ${known}`, consentUntil: new Date(CONSENT) };
      await gallery.records.createPerson(person);
      known += 1;
      acknowledge(`known ${known}`);
    }
    await gallery.clusters.run({ threshold: 1.2, allowSamePhoto: true });
    const [first, second] = await gallery.clusters.list();
    if (first === undefined || second === undefined) {
      return;
    }
    await gallery.clusters.name(first.id, `Known ${known - 1}`);
    const [face] = await gallery.clusters.facesOf(second.id);
    await gallery.clusters.move([face?.id ?? 0], first.id);
    await gallery.clusters.reject([face?.id ?? 0]);
  },
};

while (kind !== 'delete' || high - low > STEP) {
  await steps[kind as keyof typeof steps]();
}
await gallery[Symbol.asyncDispose]();

async function add(count: number): Promise<void> {
  await enrolPhotos(gallery, { low: high, high: high + count });
  high += count;
  acknowledge(`${low} ${high}`);
}

async function remove(count: number): Promise<void> {
  const person = personOf(low);
  if (count === STEP && low % STEP === 0 && person !== null) {
    await gallery.removePerson(person);
  } else {
    await gallery.removePhotos(
      Array.from({ length: Math.min(count, high - low) }, (_, i) => {
        return photoIn(gallery.space, low + i).path;
      }),
    );
  }
  low = Math.min(low + count, high);
  acknowledge(`${low} ${high}`);
}

/** Moves to the other model, a few photos at a time. */
async function reembed(of: typeof space): Promise<typeof space> {
  const next = otherSpace(of);
  await using reembedding = await Reembedding.open(directory, next);
  acknowledge('open');
  let batch: ReembeddedFace[] = [];
  for await (const { faces } of reembedding.photos()) {
    // Of a kept photo the path is that of its file; the box tells which it is.
    const made = photoIn(next, Math.floor(faces[0]?.box.x ?? 0)).faces;
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

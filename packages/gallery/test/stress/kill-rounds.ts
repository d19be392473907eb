import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkGallery, type EmbeddingSpace, Gallery, type PhotoInput } from '../../src/index.js';
import { toFloatBlob } from '../../src/store/float-blob.js';
import { Child } from '../child-process.js';
import { embedding, photoOrNot, randomNumbers, SPACE } from '../synthetic-photos.js';

/** What is going on when the process is killed. */
export const KILL_KINDS = ['enrol', 'delete', 'compact', 'migrate', 'reembed', 'describe'] as const;
export type KillKind = (typeof KILL_KINDS)[number];

/** Photos in a transaction. */
export const STEP = 16;
/** That the index is moved between. */
export const INDEX_KINDS = ['auto', 'IVF8,Flat', 'HNSW8', 'compact', 'IVF4,SQ8'] as const;

/** That the gallery is moved between. */
export const SPACES = [SPACE, { id: 'other-model', dimension: 24 }] as const;

/** When the consent of those ends who are described. */
export const CONSENT = '2099-01-01T00:00:00.000Z';
/** How many are described; then only clusters change. */
export const MOST_KNOWN = 300;

/** So many photos are enough for an index to be worth building, and few enough to be quick. */
export const FEWEST = 300;
const MOST = 2000;
/** A process that opens a gallery takes some of it. */
const OPENING_MS = 700;
const WORKING_MS = 250;
/** The index has moved after about so long. */
const MOVING_MS = 100;

const WORK = fileURLToPath(new URL('./kill-work.ts', import.meta.url));

/** What {@link killRounds} saw. */
export interface KillSummary {
  kills: Record<KillKind, number>;
  /** Kills while the gallery was being opened, or made. */
  whileOpening: number;
  /** Kills while the next kind of index was being built beside the one in use. */
  whileMoving: number;
  opened: number;
  /** Changes of some photos that the processes were told are done. */
  acknowledged: number;
  /** Kills after which the change that was under way was in, although nobody was told. */
  unacknowledged: number;
  /** What should not be: lost or half a change, what check found, wrong answers. */
  failures: string[];
}

/**
 * Kills processes that change a gallery, each at a random instant, and looks after each kill whether it
 * opens, is sound, and holds exactly what was acknowledged, or with it the one change under way.
 *
 * @param options.photos how many the gallery holds at first, numbered from 0; default there is none
 * @param options.onKill told after each
 */
export async function killRounds(
  directory: string,
  options: { kills: number; seed: number; photos?: number; onKill?: (done: number) => void },
): Promise<KillSummary> {
  const random = randomNumbers(options.seed);
  const summary: KillSummary = {
    kills: { enrol: 0, delete: 0, compact: 0, migrate: 0, reembed: 0, describe: 0 },
    whileOpening: 0,
    whileMoving: 0,
    opened: 0,
    acknowledged: 0,
    unacknowledged: 0,
    failures: [],
  };
  let state: State = { low: 0, high: options.photos ?? 0, space: SPACE.id, known: 0 };
  for (let kill = 0; kill < options.kills; kill++) {
    const kind = kindOf(kill, state);
    const child = new Child(WORK, directory, kind, state.low, state.high, state.known);
    if (random() < 0.2) {
      await pause(random() * OPENING_MS);
    } else {
      await child.says('open');
      await pause(random() * (kind === 'migrate' ? MOVING_MS : WORKING_MS));
    }
    await child.kill();
    summary.kills[kind] += 1;
    const changes = child.lines.map(toChange).filter((change) => change !== undefined);
    if (!child.lines.includes('open')) {
      summary.whileOpening += 1;
    }
    if (child.lines.includes('moving') && !child.lines.includes('moved')) {
      summary.whileMoving += 1;
    }
    summary.acknowledged += changes.length;
    const acknowledged = Object.assign({}, state, ...changes) as State;
    const found = await lookAt(directory, acknowledged, summary);
    for (const failure of found.failures) {
      summary.failures.push(`kill ${kill} (${kind}): ${failure}`);
    }
    state = found.state;
    options.onKill?.(kill + 1);
  }
  summary.failures.push(...(await remains(directory, state)));
  return summary;
}

/** One line for people. */
export function describeKills(summary: KillSummary): string {
  const { kills, whileOpening, whileMoving, opened, acknowledged, ...rest } = summary;
  const { unacknowledged, failures } = rest;
  const count = Object.values(kills).reduce((sum, n) => sum + n, 0);
  const kinds = Object.entries(kills).map(([kind, n]) => `${kind} ${n}`);
  return (
    `${count} kills (${kinds.join(', ')}; ${whileOpening} while opening, ` +
    `${whileMoving} while the index moved): opened and checked ` +
    `${opened}; ${acknowledged} acknowledged changes, all held: ${failures.length === 0}; ` +
    `unacknowledged but present ${unacknowledged}; failures ${failures.length}`
  );
}

/**
 * A photo as a model sees it. Those of a step name a person, or nobody, whose faces are for clusters; of
 * the first of them the gallery keeps the file.
 */
export function photoIn(space: EmbeddingSpace, number: number): PhotoInput {
  const photo = photoOrNot(number);
  const faces = photo.faces.map((face) => ({ ...face, embedding: embeddingIn(space, number) }));
  const person = personOf(number);
  const path = `/photos/${person ?? 'album'}/${number}.jpg`;
  const contentHash = isKept(number) ? hashOf(contentOf(number)) : photo.contentHash;
  return { ...photo, path, person, faces, contentHash };
}

export function personOf(number: number): string | null {
  const step = Math.floor(number / STEP);
  return step % 4 === 3 ? null : `Person ${step}`;
}

/** Enrols the photos from `low` to `high - 1`, and before that their files. */
export async function enrolPhotos(
  gallery: Gallery,
  { low, high }: { low: number; high: number },
): Promise<void> {
  const numbers = Array.from({ length: high - low }, (_, i) => low + i);
  for (const number of numbers.filter(isKept)) {
    const content = contentOf(number);
    await gallery.photoFiles.save(hashOf(content), content);
  }
  await gallery.enrol(numbers.map((number) => photoIn(gallery.space, number)));
}

export function otherSpace({ id }: EmbeddingSpace): EmbeddingSpace {
  return SPACES.find((space) => space.id !== id) ?? SPACE;
}

/** What a gallery holds: the photos from `low` to `high - 1`, embedded by one model, and some people. */
interface State {
  low: number;
  high: number;
  space: string;
  known: number;
}

/** Each in turn, but that a small gallery grows and a large one shrinks. */
function kindOf(kill: number, { low, high }: State): KillKind {
  if (high - low < FEWEST) {
    return 'enrol';
  }
  const kind = KILL_KINDS[kill % KILL_KINDS.length]!;
  return high - low > MOST && kind !== 'compact' ? 'delete' : kind;
}

async function lookAt(
  directory: string,
  acknowledged: State,
  summary: KillSummary,
): Promise<{ state: State; failures: string[] }> {
  if (acknowledged.high === 0 && (await Gallery.spaceOf(directory)) === undefined) {
    // Killed before there was a gallery.
    summary.opened += 1;
    return { state: acknowledged, failures: [] };
  }
  const failures: string[] = [];
  const { findings } = await checkGallery(directory);
  for (const { severity, problem } of findings) {
    if (severity === 'error') {
      failures.push(`check: ${problem}`);
    }
  }
  await using gallery = await Gallery.open(directory, { mode: 'read' });
  summary.opened += 1;
  const numbers = [...(await gallery.pathsUnder('/photos')).keys()].map(numberOf);
  const low = numbers.length === 0 ? acknowledged.low : Math.min(...numbers);
  const high = numbers.length === 0 ? acknowledged.high : Math.max(...numbers) + 1;
  if (numbers.length > 0 && high - low !== numbers.length) {
    failures.push(`${numbers.length} photos from ${low} to ${high}`);
  }
  const state = { low, high, space: gallery.space.id, known: await knownIn(gallery) };
  const changed = (Object.keys(state) as (keyof State)[]).filter(
    (key) => state[key] !== acknowledged[key],
  );
  if (changed.length > 0) {
    summary.unacknowledged += 1;
    const by = Math.max(high - acknowledged.high, low - acknowledged.low);
    const isOneChange =
      changed.length === 1 &&
      (changed[0] === 'space' ||
        (changed[0] === 'known' && state.known === acknowledged.known + 1) ||
        by === STEP ||
        by === 4 * STEP);
    if (!isOneChange) {
      failures.push(`holds ${JSON.stringify(state)}, acknowledged ${JSON.stringify(acknowledged)}`);
    }
  }
  failures.push(...(await wrongAnswers(gallery, state)));
  return { state, failures };
}

/** How many were described; a person without their consent does not count. */
async function knownIn(gallery: Gallery): Promise<number> {
  const people = await gallery.records.people({ limit: 2 * MOST_KNOWN, nameContains: 'Known ' });
  return people.filter(({ consentUntil }) => consentUntil === CONSENT).length;
}

/** Lets a writer go after the last kill, and looks whether it leaves anything of what was removed. */
async function remains(directory: string, { low, high, space }: State): Promise<string[]> {
  const of = SPACES.find(({ id }) => id === space) ?? SPACE;
  await (await Gallery.open(directory, { space: of, mode: 'write' }))[Symbol.asyncDispose]();
  const numbers = Array.from({ length: high }, (_, number) => number);
  const photos = join(directory, 'photos');
  const names = await readdir(photos, { recursive: true }).catch(() => []);
  const files = new Set(names.map((name) => name.slice(3)).filter((name) => name !== ''));
  const kept = new Set(
    numbers
      .slice(low)
      .filter(isKept)
      .map((number) => hashOf(contentOf(number))),
  );
  const failures = [...files]
    .filter((name) => !kept.has(name))
    .map((name) => `the photo file ${name} is of no photo`);
  const bytes = await readFile(join(directory, 'gallery.db'));
  for (const number of numbers.slice(0, low)) {
    const { contentHash } = photoIn(of, number);
    const isThere =
      SPACES.some((one) => bytes.includes(toFloatBlob(embeddingIn(one, number)))) ||
      (isKept(number) && bytes.includes(contentHash));
    if (isThere) {
      failures.push(`something of photo ${number}, which was removed, is in the database`);
    }
  }
  return failures;
}

/** Every photo has the face it should have, and the newest and the oldest are found, no others. */
async function wrongAnswers(
  gallery: Gallery,
  { low, high }: Pick<State, 'low' | 'high'>,
): Promise<string[]> {
  const failures: string[] = [];
  const faces = new Map<string, Float32Array>();
  for await (const face of gallery.faces()) {
    faces.set(face.photo, face.embedding);
  }
  let expected = 0;
  for (let number = low; number < high; number++) {
    const { path, faces: own, contentHash } = photoIn(gallery.space, number);
    const embedded = faces.get(path);
    expected += own.length;
    if (isKept(number) && (await gallery.photoFiles.read(contentHash)) === undefined) {
      failures.push(`the file of photo ${number} is gone`);
    }
    if (own.some((face) => embedded === undefined || !isEqual(face.embedding, embedded))) {
      failures.push(`the face of photo ${number} is not what it was`);
    }
  }
  if (faces.size !== expected) {
    failures.push(`${faces.size} faces, expected ${expected}`);
  }
  for (const number of [low - 1, low, high - 1, high]) {
    const { faces: own, path } = photoIn(gallery.space, number);
    const probe = embeddingIn(gallery.space, number);
    const [nearest] = await gallery.search(probe, { k: 1, threshold: 0.01 });
    const isThere = number >= low && number < high && own.length > 0;
    if (isThere !== (nearest?.known === true && nearest.photo === path)) {
      failures.push(`photo ${number} is ${isThere ? 'not ' : ''}found`);
    }
  }
  return failures;
}

function isEqual(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function toChange(line: string): Partial<State> | undefined {
  const [, space] = /^of (.+)$/.exec(line) ?? [];
  const [, low, high] = /^(\d+) (\d+)$/.exec(line) ?? [];
  const [, known] = /^known (\d+)$/.exec(line) ?? [];
  if (space !== undefined) {
    return { space };
  }
  if (known !== undefined) {
    return { known: Number(known) };
  }
  return low === undefined ? undefined : { low: Number(low), high: Number(high) };
}

function embeddingIn({ id, dimension }: EmbeddingSpace, number: number): Float32Array {
  return embedding(id === SPACE.id ? number : number + 1_000_000, dimension);
}

function isKept(number: number): boolean {
  return number % STEP === 0;
}

function contentOf(number: number): Buffer {
  return Buffer.from(`content of photo ${number}`);
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function numberOf(path: string): number {
  return Number(/(\d+)\.jpg$/.exec(path)?.[1]);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// How long does clustering of many faces take, all at once and when a few more come?
//   npx tsx --conditions=facedex-source bench/cluster-scale.ts [faces, default 100000]
// Synthetic embeddings of 512 values with the spread that faceplugin-512 has on LFW View 1: similarities
// of strangers as of random vectors of 85 dimensions (false match rate 1e-5 at 0.47), those of one
// person 0.7 on average; people have 1 to 200 faces, few of them many, two faces in a photo.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateClusters, Gallery, type PhotoInput } from '@facedex/gallery';
import { randomNumbers } from '../packages/gallery/test/synthetic-photos.js';

const FACES = Number(process.argv[2] ?? 100_000);
const ADDED = Math.ceil(FACES / 100);
const DIMENSION = 512;
const SPREAD_DIMENSIONS = 85;
const THRESHOLD = 1.0264;

const random = randomNumbers(1);
const directory = await mkdtemp(join(tmpdir(), 'facedex-cluster-scale-'));
try {
  await using gallery = await Gallery.open(directory, {
    space: { id: 'synthetic', dimension: DIMENSION },
    mode: 'write',
  });
  const people = shuffled(peopleOf(FACES + ADDED));
  const centres = new Map<number, Float32Array>();
  const photos = photosOf(people);
  await enrol(photos.slice(0, FACES / 2));
  console.log(`${FACES} faces of ${new Set(people.slice(0, FACES)).size} people`);
  await measure('all at once', FACES);
  await enrol(photos.slice(FACES / 2));
  await measure(`${ADDED} more`, people.length);

  async function enrol(some: readonly PhotoInput[]): Promise<void> {
    for (let start = 0; start < some.length; start += 500) {
      await gallery.enrol(some.slice(start, start + 500));
    }
  }

  async function measure(what: string, faces: number): Promise<void> {
    let longestStop = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longestStop = Math.max(longestStop, performance.now() - last);
      last = performance.now();
    }, 10);
    const started = performance.now();
    const cpu = process.cpuUsage();
    const summary = await gallery.clusters.run({ threshold: THRESHOLD });
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    clearInterval(timer);
    // Face ids are 1, 2, … in the order of enrolment.
    const clusters = Array.from({ length: faces }, (_, face) => -1 - face);
    for (const { id } of await gallery.clusters.list()) {
      for (const face of await gallery.clusters.facesOf(id)) clusters[face.id - 1] = id;
    }
    const { pairwise, bCubed } = evaluateClusters(clusters, people.slice(0, faces));
    console.log(
      `${what}: ${seconds.toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of CPU), ${summary.clusters} clusters, ${summary.joined} joined, ` +
        `${summary.alone} alone, pairs F1 ${percent(pairwise.f1)} (${percent(pairwise.precision)} ` +
        `and ${percent(pairwise.recall)}), B-cubed F1 ${percent(bCubed.f1)}, event loop held up ` +
        `${longestStop.toFixed(0)} ms, ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB`,
    );
  }

  function photosOf(faces: readonly number[]): PhotoInput[] {
    return Array.from({ length: faces.length / 2 }, (_, i) => ({
      path: `/photos/${i}.jpg`,
      bytes: 1,
      modifiedMs: 1,
      contentHash: String(i),
      person: null,
      recipe: 'synthetic',
      width: 1000,
      height: 1000,
      outcome: 'enrolled',
      reason: null,
      faces: [2 * i, 2 * i + 1].map((face) => ({
        box: { x: 0, y: 0, width: 100, height: 100 },
        landmarks: [],
        score: 1,
        embedding: embeddingOf(faces[face]!),
      })),
    }));
  }

  function embeddingOf(person: number): Float32Array {
    const centre = centres.get(person) ?? gaussian(1);
    centres.set(person, centre);
    const noise = gaussian(0.4 + 0.5 * random());
    const vector = new Float32Array(DIMENSION);
    let squares = 0;
    for (let i = 0; i < SPREAD_DIMENSIONS; i++) {
      vector[i] = centre[i]! + noise[i]!;
      squares += vector[i]! ** 2;
    }
    return vector.map((value) => value / Math.sqrt(squares));
  }
} finally {
  await rm(directory, { recursive: true });
}

/** Standard normal numbers times a factor (Box & Muller 1958). */
function gaussian(factor: number): Float32Array {
  return Float32Array.from(
    { length: SPREAD_DIMENSIONS },
    () => factor * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

/** For each face its person: as many people have at least n faces as 1/n of all, up to 200. */
function peopleOf(faces: number): number[] {
  const people: number[] = [];
  for (let person = 0; people.length < faces; person++) {
    const size = Math.min(200, Math.ceil(1 / (1 - random())));
    for (let i = 0; i < size && people.length < faces; i++) people.push(person);
  }
  return people;
}

function shuffled(values: number[]): number[] {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return values;
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(2)} %`;
}

import { type Interval, intervalOfAnswers } from '../decide/wilson-interval.js';
import { GalleryError } from '../errors.js';
import { facesByPerson } from '../evaluate/split-for-identification.js';
import type { NamedFace } from '../evaluate/visit-pairs.js';
import { type ClassifierKind, fitScores, scoresOf, softmax, trainingSet } from './classifier.js';

export interface ClassifierOptions {
  kind: ClassifierKind;
  /** People with fewer faces are left out; at least 2, default 4. */
  minFaces?: number;
  /** `knn`: how many of the nearest faces vote; default 3. */
  neighbours?: number;
}

/** How well a classifier does on faces that it has not seen; rates are fractions, 0…1. */
export interface ClassifierSummary {
  kind: ClassifierKind;
  people: number;
  faces: number;
  /** Faces whose best score is their own person's, wherever the unknown begin. */
  accuracy: number;
  accuracyInterval: Interval;
  /** The same, of the nearest neighbour alone. */
  nearestNeighbourAccuracy: number;
  /** Named, and rightly, where 1 % of the faces of people who were left out are named. */
  knownAtFalsePositives1: number;
  nearestNeighbourKnownAtFalsePositives1: number;
  /** Mean probability of the right person less the accuracy: above 0 it is too sure of itself. */
  overconfidence: number;
}

/** What cross-validation finds besides how good it is. */
export interface ClassifierFit {
  summary: ClassifierSummary;
  scale: number;
  unknownBelow: number;
}

const FOLDS = 5;
const DEFAULT_MIN_FACES = 4;
/** How often somebody unknown may be named. */
const FALSE_POSITIVES = 0.01;

/** The faces of people who have enough, a person after the other. */
export function learnable<T extends NamedFace>(
  faces: readonly T[],
  { minFaces = DEFAULT_MIN_FACES }: Pick<ClassifierOptions, 'minFaces'> = {},
): T[] {
  if (!Number.isInteger(minFaces) || minFaces < 2) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected minFaces to be an integer of 2 or more but received ${minFaces}`,
    );
  }
  const people = [...facesByPerson(faces).values()].filter((own) => own.length >= minFaces);
  if (people.length < FOLDS) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected at least ${FOLDS} people with ${minFaces} faces or more but received ${people.length}`,
    );
  }
  return people.flat();
}

/**
 * Trains five times, each time without a fifth of the people, who are then strangers, and without a
 * fifth of the others' faces, which are then to be named. So every face is judged once as each.
 *
 * @throws GalleryError `INVALID_ARGUMENT` where too few people have enough faces
 */
export async function crossValidate(
  faces: readonly NamedFace[],
  options: ClassifierOptions,
): Promise<ClassifierFit> {
  const people = [...facesByPerson(learnable(faces, options)).values()];
  const own = emptyOutcomes();
  const nearest = emptyOutcomes();
  for (let fold = 0; fold < FOLDS; fold++) {
    const strangers = people.filter((_, i) => i % FOLDS === fold).flat();
    const known = people.filter((_, i) => i % FOLDS !== fold);
    // Shifted from person to person, so that each fold has its share of every person's faces.
    const held = (person: number, face: number) => (face + person) % FOLDS === fold;
    const train = known.flatMap((all, p) => all.filter((_, f) => !held(p, f)));
    const test = known.flatMap((all, p) => all.filter((_, f) => held(p, f)));
    await judge({ train, test, strangers }, options, own);
    await judge({ train, test, strangers }, { kind: 'knn', neighbours: 1 }, nearest);
  }
  const unknownBelow = limitOf(own.strangers);
  const scale = fitScale(own.known);
  const right = own.known.map(({ person, label, scores }) => ({
    person,
    accepted: argmax(scores) === label,
  }));
  const accuracy = share(right, ({ accepted }) => accepted);
  const probability = mean(own.known.map(({ scores }) => Math.max(...softmax(scores, scale))));
  return {
    scale,
    unknownBelow,
    summary: {
      kind: options.kind,
      people: people.length,
      faces: people.flat().length,
      accuracy,
      accuracyInterval: intervalOfAnswers(right),
      nearestNeighbourAccuracy: share(
        nearest.known,
        ({ scores, label }) => argmax(scores) === label,
      ),
      knownAtFalsePositives1: namedShare(own, unknownBelow),
      nearestNeighbourKnownAtFalsePositives1: namedShare(nearest, limitOf(nearest.strangers)),
      overconfidence: probability - accuracy,
    },
  };
}

/** Scores of faces that were held back. */
interface Outcomes {
  known: { person: string; label: number; scores: Float32Array }[];
  /** The best score of each. */
  strangers: number[];
}

function emptyOutcomes(): Outcomes {
  return { known: [], strangers: [] };
}

async function judge(
  faces: Record<'train' | 'test' | 'strangers', readonly NamedFace[]>,
  options: Pick<ClassifierOptions, 'kind' | 'neighbours'>,
  outcomes: Outcomes,
): Promise<void> {
  const dimension = faces.train[0]!.embedding.length;
  const set = trainingSet(faces.train, dimension);
  const model = await fitScores(set, options);
  const numbers = new Map(set.people.map((person, number) => [person, number]));
  const { classes } = set;
  const rows = async (some: readonly NamedFace[]) => {
    const vectors = new Float32Array(some.length * dimension);
    for (const [i, { embedding }] of some.entries()) vectors.set(embedding, i * dimension);
    const scores = await scoresOf(model, { vectors, dimension, classes });
    return some.map((_, i) => scores.subarray(i * classes, (i + 1) * classes));
  };
  for (const [i, scores] of (await rows(faces.test)).entries()) {
    const { person } = faces.test[i]!;
    outcomes.known.push({ person, label: numbers.get(person)!, scores });
  }
  for (const scores of await rows(faces.strangers)) {
    outcomes.strangers.push(scores[argmax(scores)]!);
  }
}

/** The score that only so many strangers exceed. */
function limitOf(strangers: readonly number[]): number {
  const sorted = strangers.toSorted((a, b) => b - a);
  const next = sorted[Math.floor(FALSE_POSITIVES * sorted.length)]!;
  return next + Math.abs(next) * Number.EPSILON;
}

function namedShare({ known }: Outcomes, limit: number): number {
  return share(known, ({ scores, label }) => argmax(scores) === label && scores[label]! >= limit);
}

/**
 * The scale at which the right people are most probable (temperature scaling; Guo et al. 2017, "On
 * calibration of modern neural networks"), by golden-section search of its logarithm.
 *
 * Where all `n` faces were named rightly, the scale could grow without end, and every probability with it to
 * 1. So the right person of a face is to have not 1 but (n + 1) / (n + 2), which is all that `n` successes
 * tell (Platt 1999, "Probabilistic outputs for support vector machines"; Lin, Lin & Weng 2007, "A note on
 * Platt's probabilistic outputs").
 */
function fitScale(known: Outcomes['known']): number {
  const right = (known.length + 1) / (known.length + 2);
  const loss = (log: number) =>
    mean(
      known.map(({ scores, label }) => {
        const odds = logOdds(scores, { label, scale: Math.exp(log) });
        // The cross-entropy of `right` and the probability, 1 / (1 + e^-odds).
        return Math.log1p(Math.exp(-Math.abs(odds))) + Math.max(0, -odds) + (1 - right) * odds;
      }),
    );
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(0.1), Math.log(1000)];
  while (high - low > 0.01) {
    const [a, b] = [high - golden * (high - low), low + golden * (high - low)];
    if (loss(a) < loss(b)) high = b;
    else low = a;
  }
  return Math.exp((low + high) / 2);
}

/** The logarithm of the odds for a class against all others. */
function logOdds(scores: Float32Array, { label, scale }: { label: number; scale: number }): number {
  const others = scores.filter((_, i) => i !== label);
  const highest = Math.max(...others);
  const sum = others.reduce((odds, score) => odds + Math.exp(scale * (score - highest)), 0);
  return scale * (scores[label]! - highest) - Math.log(sum);
}

function argmax(values: Float32Array): number {
  return values.indexOf(values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY));
}

function share<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return all.filter(holds).length / all.length;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

import { pairwiseDistances } from '@facedex/faiss';
import { checkEmbedding, type EmbeddingSpace } from '../embedding-space.js';
import { GalleryError } from '../errors.js';
import { linearScores, type TrainingSet, trainLinear } from './linear-model.js';

/** `knn`: the nearest faces vote; `logistic`: multinomial logistic regression; `svm`: linear SVMs. */
export const CLASSIFIERS = ['knn', 'logistic', 'svm'] as const;
export type ClassifierKind = (typeof CLASSIFIERS)[number];

/** What a classifier has learned. */
export interface ClassifierModel {
  kind: ClassifierKind;
  space: EmbeddingSpace;
  /** Names of the classes. */
  people: string[];
  /** Linear kinds: weights and bias of each class. `knn`: the faces, one after the other. */
  values: Float32Array;
  /** `knn`: for each face the number of its person; else empty. */
  labels: Int32Array;
  /** Neighbours that vote; `knn` only. */
  neighbours: number;
  /** Scores times this are logarithms of odds. */
  scale: number;
  /** A face whose best score is lower is unknown. */
  unknownBelow: number;
}

/** Who somebody is, as a classifier sees it. */
export interface Prediction {
  /** Null: unknown. */
  person: string | null;
  /**
   * Of the best class, 0…1, given that the face is one of them: also a stranger's add up to 1 over all
   * classes. Whether it is one of them at all is `person`'s to say.
   */
  probability: number;
  /** Of the best class; `unknownBelow` is compared with it. */
  score: number;
  /** The most probable people, whether known well enough or not; given, as above, that it is one of them. */
  ranking: { person: string; probability: number }[];
}

/** Neighbours that vote, where there are so many. */
const DEFAULT_NEIGHBOURS = 3;

/** Found best on the people of LFW View 1 DevTrain with 4 photos or more: facedex classify evaluate. */
const REGULARIZATION = { logistic: 1e-4, svm: 1e-4 };

/** A neighbour's vote is e to its similarity times this, so that near ones count most. */
const SHARPNESS = 20;

const RANKING = 5;
/** Numbers of FAISS's table of distances at a time. */
const BLOCK = 1024;

/** Learns the scores; `scale` and `unknownBelow` come from cross-validation. */
export async function fitScores(
  set: TrainingSet,
  { kind, neighbours = DEFAULT_NEIGHBOURS }: { kind: ClassifierKind; neighbours?: number },
): Promise<Pick<ClassifierModel, 'kind' | 'values' | 'labels' | 'neighbours'>> {
  if (kind === 'knn') {
    return { kind, values: set.vectors, labels: set.labels, neighbours };
  }
  const values = await trainLinear(set, {
    loss: kind === 'logistic' ? 'softmax' : 'hinge',
    regularization: REGULARIZATION[kind],
  });
  return { kind, values, labels: new Int32Array(0), neighbours: 0 };
}

/** The score of each class: a row for each vector. */
export async function scoresOf(
  model: Pick<ClassifierModel, 'kind' | 'values' | 'labels' | 'neighbours'>,
  { vectors, dimension, classes }: { vectors: Float32Array; dimension: number; classes: number },
): Promise<Float32Array> {
  if (model.kind !== 'knn') return linearScores(model.values, { vectors, dimension });
  const count = vectors.length / dimension;
  const scores = new Float32Array(count * classes);
  for (let start = 0; start < count; start += BLOCK) {
    const some = vectors.subarray(start * dimension, (start + BLOCK) * dimension);
    const similarities = await pairwiseDistances(some, model.values, {
      dimension,
      metric: 'inner_product',
    });
    const faces = model.labels.length;
    for (let row = 0; row < some.length / dimension; row++) {
      const own = similarities.subarray(row * faces, (row + 1) * faces);
      const nearest = largest(own, model.neighbours);
      const votes = scores.subarray((start + row) * classes, (start + row + 1) * classes);
      for (const face of nearest) {
        votes[model.labels[face]!]! += Math.exp(SHARPNESS * own[face]!);
      }
      // Back to a similarity: of one vote it is that of the face, of none it is -1.
      for (let c = 0; c < classes; c++) {
        votes[c] = votes[c] === 0 ? -1 : Math.log(votes[c]!) / SHARPNESS;
      }
    }
  }
  return scores;
}

/**
 * Says whose face each embedding is.
 *
 * @param embeddings of the model's space
 * @throws GalleryError `INVALID_EMBEDDING`
 */
export async function classify(
  model: ClassifierModel,
  embeddings: readonly Float32Array[],
): Promise<Prediction[]> {
  const { dimension } = model.space;
  const vectors = new Float32Array(embeddings.length * dimension);
  for (const [i, embedding] of embeddings.entries()) {
    checkEmbedding(embedding, { dimension, what: `face ${i}` });
    vectors.set(embedding, i * dimension);
  }
  const classes = model.people.length;
  const scores = await scoresOf(model, { vectors, dimension, classes });
  return embeddings.map((_, i) =>
    predictionOf(model, scores.subarray(i * classes, (i + 1) * classes)),
  );
}

function predictionOf(model: ClassifierModel, scores: Float32Array): Prediction {
  const probabilities = softmax(scores, model.scale);
  const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
  const best = order[0]!;
  return {
    person: scores[best]! < model.unknownBelow ? null : model.people[best]!,
    probability: probabilities[best]!,
    score: scores[best]!,
    ranking: order
      .slice(0, RANKING)
      .map((i) => ({ person: model.people[i]!, probability: probabilities[i]! })),
  };
}

/** The places of the largest values, largest first. */
function largest(values: Float32Array, count: number): number[] {
  const places: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (places.length === count && values[i]! <= values[places.at(-1)!]!) continue;
    const before = places.findIndex((place) => values[place]! < values[i]!);
    places.splice(before < 0 ? places.length : before, 0, i);
    places.length = Math.min(places.length, count);
  }
  return places;
}

/** Probabilities from scores. */
export function softmax(scores: Float32Array, scale: number): Float64Array {
  const highest = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const odds = Float64Array.from(scores, (score) => Math.exp(scale * (score - highest)));
  const sum = odds.reduce((a, b) => a + b, 0);
  return odds.map((value) => value / sum);
}

/** Numbers the people of some faces, in order of name. */
export function trainingSet(
  faces: readonly { person: string; embedding: Float32Array }[],
  dimension: number,
): TrainingSet & { people: string[] } {
  const people = [...new Set(faces.map(({ person }) => person))].sort();
  if (people.length < 2) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected at least two people to tell apart but received ${people.length}`,
    );
  }
  const numbers = new Map(people.map((person, number) => [person, number]));
  const vectors = new Float32Array(faces.length * dimension);
  for (const [i, { embedding }] of faces.entries()) {
    checkEmbedding(embedding, { dimension, what: `face ${i}` });
    vectors.set(embedding, i * dimension);
  }
  return {
    vectors,
    dimension,
    labels: Int32Array.from(faces, ({ person }) => numbers.get(person)!),
    classes: people.length,
    people,
  };
}

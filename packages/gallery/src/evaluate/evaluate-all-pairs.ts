import { distanceOf } from '../distance.js';
import { GalleryError } from '../errors.js';
import { joinFaces, visitPairs } from './visit-pairs.js';

/** A photo of somebody, and its face's embedding; null where no face was found. */
export interface LabelledFace {
  person: string;
  embedding: Float32Array | null;
}

/** How well all pairs of some photos are told apart; rates are fractions, 0…1. */
export interface AllPairsSummary {
  photos: number;
  /** Photos without a face. Their pairs count, as "different". */
  noFace: number;
  /** Pairs of one person's photos. */
  genuine: number;
  /** Pairs of photos of different people. */
  impostor: number;
  /** TAR at a FAR, for those FARs that the number of impostor pairs can resolve. */
  tarAtFar: Record<string, number>;
  /** Up to which distance, 0…2, pairs count as the same person at that FAR. */
  thresholdAtFar: Record<string, number>;
}

const FALSE_ACCEPT_RATES = ['1e-1', '1e-2', '1e-3', '1e-4', '1e-5', '1e-6'];

/** Squared distances, 0…4, are counted in bins of 1e-5: finer than any threshold needs. */
const BINS = 400_000;
const MAX_SQUARED_DISTANCE = 4;

/** 0.001 * 1000 must come out as it does on paper. */
const ROUNDING = 1e-9;

/**
 * Compares every photo with every other one and counts how often the same person is recognised at a
 * false accept rate. The pairs are counted block by block: memory does not grow with their number.
 *
 * @throws GalleryError `INVALID_ARGUMENT` when there are no pairs of one kind, or none has
 *   in dimension; `INVALID_EMBEDDING`
 */
export async function evaluateAllPairs(faces: readonly LabelledFace[]): Promise<AllPairsSummary> {
  const pairs = countPairs(faces);
  const { genuine, impostor } = await histograms(faces);
  const rates: { far: string; tar: number; threshold: number }[] = [];
  let bin = 0;
  let falseAccepts = 0;
  let trueAccepts = 0;
  for (const far of FALSE_ACCEPT_RATES.toReversed()) {
    const allowed = Number(far) * pairs.impostor + ROUNDING;
    if (allowed < 1) continue;
    while (bin < BINS && falseAccepts + impostor[bin]! <= allowed) {
      falseAccepts += impostor[bin]!;
      trueAccepts += genuine[bin++]!;
    }
    const threshold = distanceOf((bin / BINS) * MAX_SQUARED_DISTANCE);
    rates.unshift({ far, tar: trueAccepts / pairs.genuine, threshold });
  }
  return {
    photos: faces.length,
    noFace: faces.filter(({ embedding }) => embedding === null).length,
    ...pairs,
    tarAtFar: Object.fromEntries(rates.map(({ far, tar }) => [far, tar])),
    thresholdAtFar: Object.fromEntries(rates.map(({ far, threshold }) => [far, threshold])),
  };
}

function countPairs(faces: readonly LabelledFace[]): { genuine: number; impostor: number } {
  const photosOf = new Map<string, number>();
  for (const { person } of faces) photosOf.set(person, (photosOf.get(person) ?? 0) + 1);
  const pairsOf = (photos: number) => (photos * (photos - 1)) / 2;
  const genuine = [...photosOf.values()].reduce((sum, photos) => sum + pairsOf(photos), 0);
  const impostor = pairsOf(faces.length) - genuine;
  if (genuine === 0 || impostor === 0) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected several people, and several photos of at least one of them, but received ${faces.length} photos of ${photosOf.size} people`,
    );
  }
  return { genuine, impostor };
}

/** How many pairs of each kind lie at each distance. */
async function histograms(
  faces: readonly LabelledFace[],
): Promise<{ genuine: Uint32Array; impostor: Uint32Array }> {
  const genuine = new Uint32Array(BINS);
  const impostor = new Uint32Array(BINS);
  const found = faces.flatMap(({ person, embedding }) =>
    embedding ? [{ person, embedding }] : [],
  );
  await visitPairs(joinFaces(found), (squaredDistance, a, b) => {
    const bin = Math.floor((squaredDistance / MAX_SQUARED_DISTANCE) * BINS);
    (a === b ? genuine : impostor)[Math.max(0, Math.min(BINS - 1, bin))]!++;
  });
  return { genuine, impostor };
}

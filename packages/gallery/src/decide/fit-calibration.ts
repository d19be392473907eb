import { distanceOf } from '../distance.js';
import type { EmbeddingSpace } from '../embedding-space.js';
import { GalleryError } from '../errors.js';
import {
  joinFaces,
  type NamedFace,
  type PairVisitor,
  visitPairs,
} from '../evaluate/visit-pairs.js';
import { CALIBRATED_RATES, type CalibratedThreshold, type Calibration } from './calibration.js';
import { intervalOverPeople, type PersonCount } from './wilson-interval.js';

/** A pair of faces of a list. */
export interface LabelledPair {
  a: NamedFace;
  b: NamedFace;
}

/** What to calibrate on: all pairs of some faces, or only certain pairs. */
export type CalibrationData = { faces: readonly NamedFace[] } | { pairs: readonly LabelledPair[] };

/** What a calibration says of its data. */
export interface CalibrationOptions {
  space: EmbeddingSpace;
  /** What was measured, in words. */
  data: string;
}

/**
 * So many pairs of different people must be accepted before a rate is told: with ten, the true rate
 * lies between half and double with 95 % confidence, if the pairs were independent.
 */
const MIN_FALSE_ACCEPTS = 10;

/** Points of the curve for each tenfold rate. */
const POINTS_PER_DECADE = 10;

/** Squared distances, 0…4, are counted in bins of 1e-5: finer than any threshold needs. */
const BINS = 400_000;
const MAX_SQUARED_DISTANCE = 4;

/** 0.001 * 1000 must come out as it does on paper. */
const ROUNDING = 1e-9;

/**
 * Measures how often faces of different people, and of the same, are how near: thresholds for false
 * accept rates of 1e-2 to 1e-6 as far as the data carries them, with confidence intervals, and the
 * rate of every distance.
 *
 * @throws GalleryError `INVALID_ARGUMENT` when there are no pairs of one kind, or fewer than ten of
 *   different people; `INVALID_EMBEDDING`
 */
export async function fitCalibration(
  data: CalibrationData,
  { space, data: description }: CalibrationOptions,
): Promise<Calibration> {
  const source = 'faces' in data ? ofAllPairs(data.faces) : ofListedPairs(data.pairs);
  const counts = await countPairs(source);
  const { genuine, impostor } = counts.totals;
  const wanted = CALIBRATED_RATES.flatMap((far) => {
    const allowed = Math.floor(Number(far) * impostor + ROUNDING);
    return allowed < MIN_FALSE_ACCEPTS ? [] : [{ far, bin: binKeeping(counts.impostor, allowed) }];
  });
  const accepted = await countAccepted(
    source,
    wanted.map(({ bin }) => bin),
  );
  return {
    format: 'facedex-calibration',
    version: 1,
    space: { ...space },
    data: description,
    people: source.personCount,
    faces: source.faceCount,
    genuinePairs: genuine,
    impostorPairs: impostor,
    thresholds: wanted.map(({ far, bin }, i) => ({
      far,
      distance: edgeOf(bin),
      ...ratesOf(accepted[i]!, counts),
    })),
    notMeasured: CALIBRATED_RATES.filter((far) => !wanted.some((one) => one.far === far)),
    curve: curveOf(counts.impostor, impostor),
  };
}

/** Pairs that can be visited as often as needed. */
interface PairSource {
  personCount: number;
  faceCount: number;
  visit(visitor: PairVisitor): Promise<void>;
}

function ofAllPairs(faces: readonly NamedFace[]): PairSource {
  const joined = joinFaces(faces);
  return {
    personCount: joined.personCount,
    faceCount: faces.length,
    visit: (visitor) => visitPairs(joined, visitor),
  };
}

function ofListedPairs(pairs: readonly LabelledPair[]): PairSource {
  const faces = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
  const { people, personCount, vectors, dimension } = joinFaces(faces);
  const rows = new Map(faces.map((face, row) => [face, row]));
  return {
    personCount,
    faceCount: faces.length,
    async visit(visitor) {
      for (const { a, b } of pairs) {
        const [left, right] = [rows.get(a)!, rows.get(b)!];
        let squared = 0;
        for (let i = 0; i < dimension; i++) {
          squared += (vectors[left * dimension + i]! - vectors[right * dimension + i]!) ** 2;
        }
        visitor(squared, people[left]!, people[right]!);
      }
    },
  };
}

interface PairCounts {
  /** How many pairs lie in each bin of squared distance. */
  impostor: Uint32Array;
  totals: { genuine: number; impostor: number };
  /** For each person the pairs with one of their faces, of one person and of two. */
  ofPeople: { genuine: Float64Array; impostor: Float64Array };
}

async function countPairs(source: PairSource): Promise<PairCounts> {
  const impostor = new Uint32Array(BINS);
  const totals = { genuine: 0, impostor: 0 };
  const ofPeople = perPerson(source);
  await source.visit((squaredDistance, a, b) => {
    if (a === b) {
      totals.genuine++;
      ofPeople.genuine[a]!++;
    } else {
      impostor[binOf(squaredDistance)]!++;
      totals.impostor++;
      ofPeople.impostor[a]!++;
      ofPeople.impostor[b]!++;
    }
  });
  if (totals.genuine === 0 || totals.impostor < MIN_FALSE_ACCEPTS) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected faces of several people, and several of one person, but received ${totals.genuine} pairs of the same person and ${totals.impostor} of different people`,
    );
  }
  return { impostor, totals, ofPeople };
}

/** For each threshold the pairs that it accepts, by person and altogether. */
interface Accepted {
  genuine: Float64Array;
  impostor: Float64Array;
  totals: { genuine: number; impostor: number };
}

/** @param bins the first bin that a threshold does not accept, most lenient first */
async function countAccepted(source: PairSource, bins: readonly number[]): Promise<Accepted[]> {
  const accepted = bins.map(() => ({
    ...perPerson(source),
    totals: { genuine: 0, impostor: 0 },
  }));
  await source.visit((squaredDistance, a, b) => {
    const bin = binOf(squaredDistance);
    for (let i = 0; i < bins.length && bin < bins[i]!; i++) {
      const counts = accepted[i]!;
      if (a === b) {
        counts.totals.genuine++;
        counts.genuine[a]!++;
      } else {
        counts.totals.impostor++;
        counts.impostor[a]!++;
        counts.impostor[b]!++;
      }
    }
  });
  return accepted;
}

function ratesOf(
  accepted: Accepted,
  { totals, ofPeople }: PairCounts,
): Omit<CalibratedThreshold, 'far' | 'distance'> {
  const interval = (kind: 'genuine' | 'impostor') =>
    intervalOverPeople(
      { pairs: totals[kind], accepted: accepted.totals[kind] },
      Array.from(
        ofPeople[kind],
        (pairs, i): PersonCount => ({ pairs, accepted: accepted[kind][i]! }),
      ),
    );
  return {
    falseAccepts: accepted.totals.impostor,
    farInterval: interval('impostor'),
    tar: accepted.totals.genuine / totals.genuine,
    tarInterval: interval('genuine'),
  };
}

/** From the distance that ten pairs of different people reach to the one that all do. */
function curveOf(counts: Uint32Array, total: number): Calibration['curve'] {
  const curve: Calibration['curve'] = [];
  const step = 10 ** (1 / POINTS_PER_DECADE);
  let wanted = MIN_FALSE_ACCEPTS;
  let sum = 0;
  for (let bin = 0; bin < BINS; bin++) {
    sum += counts[bin]!;
    if (counts[bin]! > 0 && (sum >= wanted || sum === total)) {
      curve.push({ distance: edgeOf(bin + 1), far: sum / total });
      wanted = Math.max(sum + 1, sum * step);
    }
  }
  return curve;
}

/** The first bin that has to be left out so that at most `allowed` are counted. */
function binKeeping(counts: Uint32Array, allowed: number): number {
  let bin = 0;
  for (let sum = counts[0]!; bin < BINS && sum <= allowed; sum += counts[++bin] ?? 0);
  return bin;
}

function perPerson({ personCount }: PairSource) {
  return { genuine: new Float64Array(personCount), impostor: new Float64Array(personCount) };
}

function binOf(squaredDistance: number): number {
  const bin = Math.floor((squaredDistance / MAX_SQUARED_DISTANCE) * BINS);
  return Math.max(0, Math.min(BINS - 1, bin));
}

/** The distance at the lower edge of a bin. */
function edgeOf(bin: number): number {
  return distanceOf((bin / BINS) * MAX_SQUARED_DISTANCE);
}

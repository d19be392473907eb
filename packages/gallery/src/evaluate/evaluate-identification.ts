import { pairwiseDistances } from '@facedex/faiss';
import { DEFAULT_TEMPLATES } from '../decide/identification.js';
import { countComparisons, type Templates, templatesOf } from '../decide/templates.js';
import { type Interval, intervalOfAnswers, wilsonInterval } from '../decide/wilson-interval.js';
import { distanceOf } from '../distance.js';
import { type DrawnGalleries, drawGalleries } from './draw-galleries.js';
import { splitForIdentification } from './split-for-identification.js';
import { joinFaces, type NamedFace } from './visit-pairs.js';

export interface IdentificationOptions {
  /** Enrolled faces a person; default 1. */
  enrolled?: number;
  /** What stands for a person; default as in identify. */
  templates?: Templates;
  /** The threshold that would be used for a number of comparisons, to be judged too. */
  thresholdFor?: (comparisons: number) => number;
}

/** How well people are told apart, and strangers from them, in galleries of one size. */
export interface OpenSetResult {
  /** People in the gallery. */
  people: number;
  /** Galleries of that size, with nobody in common; their figures are taken together. */
  galleries: number;
  /**
   * The true positive identification rate at a false positive rate: how many of the people are named,
   * and rightly, at the distance at which so many strangers are taken for somebody.
   */
  tpirAtFpir: Record<string, { tpir: number; tpirInterval: Interval; distance: number }>;
  /** At the threshold of `thresholdFor`. */
  atThreshold?: {
    distance: number;
    tpir: number;
    fpir: number;
    /** 95 %, as if strangers in several galleries were several strangers. */
    fpirInterval: Interval;
  };
}

/** How well people are identified; rates are fractions, 0…1. */
export interface IdentificationSummary {
  /** People in the gallery. */
  people: number;
  /** Enrolled faces of each. */
  enrolled: number;
  templates: Templates;
  /** Other faces of these people, which are looked for. */
  mates: number;
  /** Faces of other people, which are looked for. */
  strangers: number;
  /** Closed set: the right person is the nearest, or among the so many nearest. */
  rank1: number;
  rank1Interval: Interval;
  rank5: number;
  rank10: number;
  openSet: OpenSetResult[];
}

/** What pictures are made of. */
export interface IdentificationScores {
  /** Cumulative match characteristic: at `i` how often the right person is among the i + 1 nearest. */
  cmc: number[];
  /** For each mate the nearest person's distance, and whether it is the right person. */
  mates: { person: string; distance: number; right: boolean }[];
  /** For each stranger the nearest person's distance. */
  strangers: number[];
}

const FALSE_POSITIVE_RATES = ['1e-1', '1e-2', '1e-3'];
/** With fewer strangers taken for somebody, a rate is told by chance. */
const MIN_FALSE_POSITIVES = 5;
const CMC_RANKS = 50;
/** Probes that are compared with the gallery at a time. */
const BLOCK = 256;

/**
 * Judges identification, closed set and open set (the terms are those of ISO/IEC 19795-1): some faces
 * of each person are enrolled, the others are looked for, and so are those of people who have too few
 * faces to be enrolled. Smaller galleries are drawn from the people, to show what size does.
 *
 * @param faces those that come first are enrolled
 * @throws GalleryError `INVALID_ARGUMENT` where there are too few faces; `INVALID_EMBEDDING`
 */
export async function evaluateIdentification(
  faces: readonly NamedFace[],
  options: IdentificationOptions = {},
): Promise<{ summary: IdentificationSummary; scores: IdentificationScores }> {
  const { enrolled: count = 1, templates = DEFAULT_TEMPLATES, thresholdFor } = options;
  const { enrolled, mates, strangers } = splitForIdentification(faces, count);
  const gallery = [...enrolled].flatMap(([person, own]) =>
    templatesOf(
      own.map(({ embedding }) => embedding),
      templates,
    ).map((embedding) => ({ person, embedding })),
  );
  const names = [...enrolled.keys()];
  const drawn = drawGalleries(names.length);
  const results = drawn.map(() => ({
    mates: [] as IdentificationScores['mates'],
    strangers: [] as number[],
  }));
  const ranks: number[] = [];

  const compared = compare([...mates, ...strangers], gallery);
  for await (const { probe, distances } of compared) {
    const own = enrolled.has(probe.person) ? names.indexOf(probe.person) : -1;
    if (own >= 0) ranks.push(rankOf(own, distances));
    for (const [i, draw] of drawn.entries()) {
      const nearest = nearestInEach(draw, distances);
      if (own < 0) {
        results[i]!.strangers.push(...nearest.map(({ distance }) => distance));
      } else if (draw.galleryOf[own]! >= 0) {
        const { distance, person } = nearest[draw.galleryOf[own]!]!;
        results[i]!.mates.push({ person: probe.person, distance, right: person === own });
      }
    }
  }

  const within = (rank: number) => ranks.filter((own) => own <= rank).length / ranks.length;
  const right = mates.map(({ person }, i) => ({ person, accepted: ranks[i] === 1 }));
  return {
    summary: {
      people: names.length,
      enrolled: count,
      templates,
      mates: mates.length,
      strangers: strangers.length,
      rank1: within(1),
      rank1Interval: intervalOfAnswers(right),
      rank5: within(5),
      rank10: within(10),
      openSet: drawn.map(({ size, count: galleries }, i) => ({
        people: size,
        galleries,
        ...openSet(
          results[i]!,
          thresholdFor?.(countComparisons(templates, { people: size, faces: size * count })),
        ),
      })),
    },
    scores: {
      cmc: Array.from({ length: Math.min(CMC_RANKS, names.length) }, (_, i) => within(i + 1)),
      ...results.at(-1)!,
    },
  };
}

type Scores = Omit<IdentificationScores, 'cmc'>;

function openSet(
  { mates, strangers }: Scores,
  threshold: number | undefined,
): Omit<OpenSetResult, 'people' | 'galleries'> {
  const sorted = strangers.toSorted((a, b) => a - b);
  const named = (distance: number) =>
    mates.map((mate) => ({
      person: mate.person,
      accepted: mate.right && mate.distance <= distance,
    }));
  const share = (all: readonly { accepted: boolean }[]) =>
    all.filter(({ accepted }) => accepted).length / all.length;
  const measurable = FALSE_POSITIVE_RATES.filter(
    (fpir) => Number(fpir) * sorted.length >= MIN_FALSE_POSITIVES,
  );
  const tpirAtFpir = Object.fromEntries(
    measurable.map((fpir) => {
      const distance = justBelow(sorted, Math.floor(Number(fpir) * sorted.length + 1e-9));
      const answers = named(distance);
      return [fpir, { tpir: share(answers), tpirInterval: intervalOfAnswers(answers), distance }];
    }),
  );
  if (threshold === undefined) return { tpirAtFpir };
  const fpir = strangers.filter((distance) => distance <= threshold).length / strangers.length;
  return {
    tpirAtFpir,
    atThreshold: {
      distance: threshold,
      tpir: share(named(threshold)),
      fpir,
      fpirInterval: wilsonInterval(fpir, strangers.length),
    },
  };
}

/** Just below the first distance that is one too many, so that only `allowed` are accepted. */
function justBelow(sorted: readonly number[], allowed: number): number {
  return (sorted[allowed] ?? 2) * (1 - Number.EPSILON);
}

/** Each probe with its distance to every person, by their nearest template, in the order of names. */
async function* compare(
  probes: readonly NamedFace[],
  gallery: readonly NamedFace[],
): AsyncGenerator<{ probe: NamedFace; distances: Float64Array }> {
  const { people, personCount, vectors, dimension } = joinFaces(gallery);
  for (let start = 0; start < probes.length; start += BLOCK) {
    const some = probes.slice(start, start + BLOCK);
    const squared = await pairwiseDistances(joinFaces(some).vectors, vectors, { dimension });
    for (const [row, probe] of some.entries()) {
      const distances = new Float64Array(personCount).fill(Number.POSITIVE_INFINITY);
      for (let i = 0; i < people.length; i++) {
        const person = people[i]!;
        distances[person] = Math.min(
          distances[person]!,
          distanceOf(squared[row * people.length + i]!),
        );
      }
      yield { probe, distances };
    }
  }
}

function rankOf(own: number, distances: Float64Array): number {
  return distances.reduce((rank, distance) => rank + Number(distance < distances[own]!), 1);
}

function nearestInEach(
  { count, galleryOf }: DrawnGalleries,
  distances: Float64Array,
): { person: number; distance: number }[] {
  const nearest = Array.from({ length: count }, () => ({
    person: -1,
    distance: Number.POSITIVE_INFINITY,
  }));
  for (let person = 0; person < distances.length; person++) {
    const best = nearest[galleryOf[person]!];
    if (best !== undefined && distances[person]! < best.distance) {
      best.person = person;
      best.distance = distances[person]!;
    }
  }
  return nearest;
}

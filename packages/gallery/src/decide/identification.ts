import { similarityOf } from '../distance.js';
import { GalleryError } from '../errors.js';
import type { Match } from '../match.js';
import { TEMPLATES, type Templates } from './templates.js';

/** How to identify. */
export interface IdentifyOptions {
  /** The largest distance, 0…2, at which a probe is taken for a person. */
  threshold: number;
  /**
   * The least by which the runner-up must be farther, 0…2: else it can't be said which of the two it
   * is. Default 0.05.
   */
  margin?: number;
  /** What stands for a person; default `mean`. */
  templates?: Templates;
}

/** A person, and how near a probe is. */
export interface Candidate {
  person: string;
  /** Euclidean distance to the person's nearest template, 0…2, lower is closer. */
  distance: number;
  /** Cosine, -1…1, higher is closer. */
  similarity: number;
  /** The person's face that is nearest to the probe. */
  nearest: Match;
}

/** Who a probe is. */
export interface Identification {
  /**
   * `known`: the best candidate is within the threshold. `ambiguous`: so it is, but the runner-up is
   * nearly as close. `unknown`: nobody is within the threshold.
   */
  verdict: 'known' | 'unknown' | 'ambiguous';
  /** Whom it shows; null unless known. */
  person: string | null;
  /** Of the best candidate, however far; null when nobody has a name. */
  distance: number | null;
  similarity: number | null;
  threshold: number;
  templates: Templates;
  /** The best candidate's face that is nearest to the probe. */
  nearest: Match | null;
  /** The next best person. */
  runnerUp: Omit<Candidate, 'nearest'> | null;
  /** By how much the runner-up is farther than the best; null when there is none. */
  margin: number | null;
}

/** See docs/identification.md for how it was measured. */
export const DEFAULT_MARGIN = 0.05;
export const DEFAULT_TEMPLATES: Templates = 'mean';

/** @throws GalleryError `INVALID_ARGUMENT` */
export function checkIdentifyOptions(options: IdentifyOptions): Required<IdentifyOptions> {
  const { threshold, margin = DEFAULT_MARGIN, templates = DEFAULT_TEMPLATES } = options;
  for (const [name, value] of Object.entries({ threshold, margin })) {
    if (!(value >= 0 && value <= 2)) {
      throw new GalleryError(
        'INVALID_ARGUMENT',
        `expected ${name} to be a distance from 0 to 2 but received ${value}`,
      );
    }
  }
  if (!TEMPLATES.includes(templates)) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected templates to be one of ${TEMPLATES.join(', ')} but received ${JSON.stringify(templates)}`,
    );
  }
  return { threshold, margin, templates };
}

/** Decides among candidates, in any order, who a probe is. */
export function decide(
  candidates: readonly Candidate[],
  { threshold, margin, templates }: Required<IdentifyOptions>,
): Identification {
  const [best, second] = candidates.toSorted((a, b) => a.distance - b.distance);
  const ahead = best && second ? second.distance - best.distance : null;
  const verdict =
    best === undefined || best.distance > threshold
      ? 'unknown'
      : ahead !== null && ahead < margin
        ? 'ambiguous'
        : 'known';
  return {
    verdict,
    person: verdict === 'known' ? best!.person : null,
    distance: best?.distance ?? null,
    similarity: best?.similarity ?? null,
    threshold,
    templates,
    nearest: best?.nearest ?? null,
    runnerUp:
      second === undefined
        ? null
        : { person: second.person, distance: second.distance, similarity: second.similarity },
    margin: ahead,
  };
}

/** A candidate by the nearest of their faces. */
export function candidateOf(nearest: Match & { person: string }): Candidate {
  const { person, distance, similarity } = nearest;
  return { person, distance, similarity, nearest };
}

/** The same candidate at another distance. */
export function atDistance(candidate: Candidate, distance: number): Candidate {
  return { ...candidate, distance, similarity: similarityOf(distance) };
}

import type { Match, PersonMatch } from '../api/types.js';

/** What the sliders say. */
export interface RankOptions {
  /** How many at most. */
  readonly k: number;
  /** Distance up to which it is the same person, 0 to 2. */
  readonly threshold: number;
}

/** What a search's answer says under another threshold. */
export type Verdict =
  | { readonly kind: 'known'; readonly nearest: Match }
  /** Near enough, but nobody has said who it is. */
  | { readonly kind: 'unnamed'; readonly nearest: Match }
  | { readonly kind: 'unknown'; readonly nearest: Match | undefined };

/** The nearest `k` of an answer's faces, known or not by this threshold: no new request. */
export function rankFaces(matches: readonly Match[], options: RankOptions): Match[] {
  return rank(matches, options);
}

/** The same for an answer by people. */
export function rankPeople(people: readonly PersonMatch[], options: RankOptions): PersonMatch[] {
  return rank(people, options);
}

/** Who the probe is by the nearest face, as far as this threshold allows. */
export function verdictOf(
  matches: readonly Match[],
  { threshold }: { threshold: number },
): Verdict {
  const nearest = matches[0];
  if (nearest === undefined || nearest.distance > threshold) return { kind: 'unknown', nearest };
  return { kind: nearest.person ? 'known' : 'unnamed', nearest };
}

function rank<T extends { rank: number; distance: number; known: boolean }>(
  ranked: readonly T[],
  { k, threshold }: RankOptions,
): T[] {
  return ranked.slice(0, k).map((one) => ({ ...one, known: one.distance <= threshold }));
}

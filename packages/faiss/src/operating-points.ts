import type { SearchParameters } from './parameters.js';

/** What a search with some parameters finds, and how long it takes. */
export interface OperatingPoint {
  /** Pass them to `setParameters`, or in the options of a search. */
  parameters: SearchParameters;
  /** The share of the true neighbours that were found, 0 to 1. */
  recall: number;
  /** Of one query in the batch. */
  millisecondsPerQuery: number;
}

/** For each parameter that is varied: its values, in any order. */
export type ParameterGrid = { readonly [Name in keyof SearchParameters]?: readonly number[] };

/** Every combination of the values. */
export function combinationsOf(grid: ParameterGrid): SearchParameters[] {
  let combinations: SearchParameters[] = [{}];
  for (const [name, values] of Object.entries(grid)) {
    combinations = combinations.flatMap((combination) =>
      [...new Set(values)].map((value) => ({ ...combination, [name]: value })),
    );
  }
  return combinations;
}

/**
 * The points that no other one is better than: each takes longer than the one before, and finds
 * more.
 */
export function paretoFront(points: readonly OperatingPoint[]): OperatingPoint[] {
  const sorted = points.toSorted(
    (a, b) => a.millisecondsPerQuery - b.millisecondsPerQuery || b.recall - a.recall,
  );
  let best = -1;
  return sorted.filter(({ recall }) => {
    const isBetter = recall > best;
    best = Math.max(best, recall);
    return isBetter;
  });
}

/**
 * Whether this combination can be better than what was measured, given that more of every parameter
 * finds no less and takes no less time. The bounds are FAISS's (ParameterSpace).
 */
export function canBeOnFront(
  combination: SearchParameters,
  measured: readonly OperatingPoint[],
): boolean {
  let mostRecall = 1;
  let leastTime = 0;
  for (const { parameters, recall, millisecondsPerQuery } of measured) {
    if (isAtMost(combination, parameters)) {
      mostRecall = Math.min(mostRecall, recall);
    }
    if (isAtMost(parameters, combination)) {
      leastTime = Math.max(leastTime, millisecondsPerQuery);
    }
  }
  return !measured.some(
    (point) => point.recall >= mostRecall && point.millisecondsPerQuery <= leastTime,
  );
}

/**
 * The combinations in the order in which to measure them: the least, the most, then the others in an
 * order that is random but always the same, so that bounds get narrow early everywhere.
 */
export function measuringOrder(combinations: readonly SearchParameters[]): SearchParameters[] {
  const ascending = combinations.toSorted((a, b) => Math.sign(effort(a) - effort(b)) || 0);
  const least = ascending.shift();
  const most = ascending.pop();
  let state = 1;
  for (let i = ascending.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [ascending[i], ascending[j]] = [
      ascending[j] as SearchParameters,
      ascending[i] as SearchParameters,
    ];
  }
  return [least, most, ...ascending].filter((combination) => combination !== undefined);
}

/** Whether `a` looks at no more than `b` in any respect. */
function isAtMost(a: SearchParameters, b: SearchParameters): boolean {
  return Object.keys(a).every(
    (name) =>
      thoroughness(a, name as keyof SearchParameters) <=
      thoroughness(b, name as keyof SearchParameters),
  );
}

function effort(combination: SearchParameters): number {
  return Object.keys(combination).reduce(
    (product, name) => product * thoroughness(combination, name as keyof SearchParameters),
    1,
  );
}

function thoroughness(combination: SearchParameters, name: keyof SearchParameters): number {
  const value = combination[name] ?? 0;
  return name === 'maxCodes' && value === 0 ? Number.POSITIVE_INFINITY : value;
}

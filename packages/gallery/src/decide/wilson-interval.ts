/** The lower and the upper end of an interval of rates, 0…1. */
export type Interval = readonly [number, number];

/** The 97.5 % quantile of the normal distribution, for intervals that hold 95 times of 100. */
const Z = 1.959964;

/**
 * Where a rate may really lie, with 95 % confidence (Wilson 1927, "Probable inference, the law of
 * succession, and statistical inference").
 *
 * @param rate the share of trials that came out so, 0…1
 * @param trials how many independent trials there were; need not be a whole number
 */
export function wilsonInterval(rate: number, trials: number): Interval {
  const z2 = Z * Z;
  const centre = (rate + z2 / (2 * trials)) / (1 + z2 / trials);
  const half =
    (Z / (1 + z2 / trials)) * Math.sqrt((rate * (1 - rate)) / trials + z2 / (4 * trials * trials));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** A person's part in the pairs that a rate was counted on. */
export interface PersonCount {
  /** Pairs with a face of this person. */
  pairs: number;
  /** Those of them that were accepted. */
  accepted: number;
}

/**
 * As {@link wilsonInterval}, for pairs that share people, so that they are far from independent:
 * with as many trials as would give the variance that leaving out one person after the other shows
 * (the jackknife; Efron & Stein 1981: rather too wide than too narrow).
 *
 * @param total all pairs and those accepted, each counted once
 * @param people who has a part in them
 */
export function intervalOverPeople(total: PersonCount, people: readonly PersonCount[]): Interval {
  const rate = total.accepted / total.pairs;
  const without = people
    .filter(({ pairs }) => pairs > 0 && pairs < total.pairs)
    .map((person) => (total.accepted - person.accepted) / (total.pairs - person.pairs));
  const mean = without.reduce((sum, value) => sum + value, 0) / without.length;
  const squares = without.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = (squares * (without.length - 1)) / without.length;
  // All or none accepted shows no variance: then each person counts as one trial.
  const trials = variance > 0 ? (rate * (1 - rate)) / variance : people.length;
  return wilsonInterval(rate, Math.min(Math.max(trials, 1), total.pairs));
}

/** As {@link intervalOverPeople}, from answers about people's faces: how often they are accepted. */
export function intervalOfAnswers(
  answers: readonly { person: string; accepted: boolean }[],
): Interval {
  const total = { pairs: 0, accepted: 0 };
  const people = new Map<string, typeof total>();
  for (const { person, accepted } of answers) {
    const own = people.get(person) ?? { pairs: 0, accepted: 0 };
    people.set(person, own);
    for (const count of [total, own]) {
      count.pairs++;
      count.accepted += Number(accepted);
    }
  }
  return intervalOverPeople(total, [...people.values()]);
}

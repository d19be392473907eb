/** Something that a check found. */
export interface Finding {
  part: 'database' | 'index' | 'files';
  /** `error`: the gallery is not sound. `note`: it is, but somebody should know. */
  severity: 'error' | 'note';
  problem: string;
  /** What to do about it. */
  advice: string;
}

/** How many rows a finding names. */
const EXAMPLES = 3;

/** The first few of many, as `1, 2, 3 and 7 more`. */
export function someOf(all: readonly (string | number)[], count = all.length): string {
  const shown = all.slice(0, EXAMPLES).join(', ');
  return count > EXAMPLES ? `${shown} and ${count - EXAMPLES} more` : shown;
}

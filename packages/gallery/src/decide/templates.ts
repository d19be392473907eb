/**
 * What a probe is compared with to tell how near a person is: `faces`, the nearest of all enrolled
 * faces; `mean`, the mean of them, scaled to unit length; `medoids`, the nearest of a few typical
 * ones.
 */
export const TEMPLATES = ['faces', 'mean', 'medoids'] as const;
export type Templates = (typeof TEMPLATES)[number];

/** Typical faces of a person. */
const MEDOIDS = 3;

/**
 * With how many faces a probe is compared, as far as false matches go. Each mean of several faces
 * counts as the square root of their number: that kept the rate of false positives on LFW View 1
 * (docs/identification.md).
 *
 * @param gallery how many people it has, and faces of theirs
 */
export function countComparisons(
  templates: Templates,
  { people, faces }: { people: number; faces: number },
): number {
  switch (templates) {
    case 'faces':
      return faces;
    case 'mean':
      return Math.round(Math.sqrt(Math.min(people, faces) * faces));
    case 'medoids':
      return Math.min(people * MEDOIDS, faces);
  }
}

/**
 * The vectors that stand for a person.
 *
 * @param faces the person's embeddings, at least one
 * @returns unit vectors; for `faces` and `medoids` some of those given
 */
export function templatesOf(faces: readonly Float32Array[], templates: Templates): Float32Array[] {
  switch (templates) {
    case 'faces':
      return [...faces];
    case 'mean':
      return [meanDirection(faces)];
    case 'medoids':
      return medoids(faces, MEDOIDS);
  }
}

/** Where the faces point to on average; the first one where they cancel out. */
function meanDirection(faces: readonly Float32Array[]): Float32Array {
  const sum = new Float64Array(faces[0]!.length);
  for (const face of faces) {
    for (let i = 0; i < sum.length; i++) sum[i]! += face[i]!;
  }
  const length = Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0));
  return length < 1e-6 ? faces[0]! : Float32Array.from(sum, (value) => value / length);
}

/**
 * The `count` faces to which all others are nearest in sum, chosen one after the other and then
 * swapped for better ones ("build" and "swap" of Kaufman & Rousseeuw 1990, Partitioning Around
 * Medoids).
 */
function medoids(faces: readonly Float32Array[], count: number): Float32Array[] {
  if (faces.length <= count) {
    return [...faces];
  }
  const apart = faces.map((a) => faces.map((b) => 1 - dot(a, b)));
  const cost = (chosen: readonly number[]) =>
    apart.reduce((sum, row) => sum + Math.min(...chosen.map((i) => row[i]!)), 0);
  let chosen: number[] = [];
  const all = faces.map((_, i) => i);
  while (chosen.length < count) {
    chosen = best(all.filter((i) => !chosen.includes(i)).map((i) => [...chosen, i]));
  }
  for (let before = Number.POSITIVE_INFINITY; cost(chosen) < before; ) {
    before = cost(chosen);
    chosen = best([
      chosen,
      ...chosen.flatMap((out) =>
        all.filter((i) => !chosen.includes(i)).map((i) => chosen.map((c) => (c === out ? i : c))),
      ),
    ]);
  }
  return chosen.map((i) => faces[i]!);

  function best(choices: readonly number[][]): number[] {
    const costs = choices.map(cost);
    return choices[costs.indexOf(Math.min(...costs))]!;
  }
}

/** The cosine of two unit vectors. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

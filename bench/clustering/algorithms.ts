// Ways to group faces that docs/decisions/0010 compares with average linkage. Faces are rows; the
// result is a label for each; a face alone has a label of its own.
import { randomNumbers } from '../../packages/gallery/test/synthetic-photos.js';

/** For each face its nearest others, nearest first, without itself. */
export interface NeighbourLists {
  readonly k: number;
  readonly ids: Int32Array;
  readonly similarity: Float32Array;
}

/** Faces that a chain of near pairs connects (single linkage). */
export function connectedComponents(lists: NeighbourLists, minSimilarity: number): Int32Array {
  const sets = new DisjointSets(lists.ids.length / lists.k);
  for (const [face, other] of near(lists, minSimilarity)) sets.join(face, other);
  return sets.labels();
}

/** Biemann 2006: every face takes the label that weighs most among its neighbours, in seeded order. */
export function chineseWhispers(lists: NeighbourLists, minSimilarity: number): Int32Array {
  const count = lists.ids.length / lists.k;
  const edges = Array.from({ length: count }, () => new Map<number, number>());
  for (const [face, other, similarity] of near(lists, minSimilarity)) {
    edges[face]!.set(other, similarity);
    edges[other]!.set(face, similarity);
  }
  const labels = Int32Array.from({ length: count }, (_, face) => face);
  const order = Int32Array.from(labels);
  const random = randomNumbers(1);
  for (let round = 0; round < 30; round++) {
    for (let i = count - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    let changed = 0;
    for (const face of order) {
      const weights = new Map<number, number>();
      for (const [other, similarity] of edges[face]!) {
        const label = labels[other]!;
        weights.set(label, (weights.get(label) ?? 0) + similarity);
      }
      let best = labels[face]!;
      let bestWeight = weights.get(best) ?? 0;
      for (const [label, weight] of weights) {
        if (weight > bestWeight || (weight === bestWeight && label < best)) {
          best = label;
          bestWeight = weight;
        }
      }
      if (best !== labels[face]) changed++;
      labels[face] = best;
    }
    if (changed === 0) break;
  }
  return labels;
}

/**
 * Ester et al. 1996: a face with enough near faces (itself counted) is a core; near cores are one
 * group; another face goes to its nearest core.
 */
export function dbscan(
  lists: NeighbourLists,
  { minSimilarity, minFaces }: { minSimilarity: number; minFaces: number },
): Int32Array {
  const count = lists.ids.length / lists.k;
  const degree = new Int32Array(count).fill(1);
  for (const [face] of near(lists, minSimilarity)) degree[face]!++;
  const isCore = (face: number) => degree[face]! >= minFaces;
  const sets = new DisjointSets(count);
  const taken = new Set<number>();
  for (const [face, other] of near(lists, minSimilarity)) {
    if (isCore(face) && isCore(other)) sets.join(face, other);
  }
  for (const [face, other] of near(lists, minSimilarity)) {
    if (!isCore(face) && isCore(other) && !taken.has(face)) {
      taken.add(face);
      sets.join(face, other);
    }
  }
  return sets.labels();
}

/**
 * Otto, Wang & Jain 2018: approximate rank-order. Two faces that are in each other's lists are as far
 * apart as the number of neighbours before them that they don't share, by rank; then single linkage.
 */
export function rankOrder(
  lists: NeighbourLists,
  { maxDistance, minSimilarity }: { maxDistance: number; minSimilarity: number },
): Int32Array {
  const { k, ids } = lists;
  const count = ids.length / k;
  const ranks = Array.from({ length: count }, (_, face) => {
    const list = new Map([[face, 0]]);
    for (let i = 0; i < k; i++) list.set(ids[face * k + i]!, i + 1);
    return list;
  });
  const missing = (from: number, to: number) => {
    let distance = 0;
    for (const [face, rank] of ranks[from]!) {
      if (rank <= ranks[from]!.get(to)! && !ranks[to]!.has(face)) distance++;
    }
    return distance;
  };
  const sets = new DisjointSets(count);
  for (const [a, b] of near(lists, minSimilarity)) {
    const [rankAB, rankBA] = [ranks[a]!.get(b), ranks[b]!.get(a)];
    if (rankAB === undefined || rankBA === undefined) continue;
    if ((missing(a, b) + missing(b, a)) / Math.min(rankAB, rankBA) <= maxDistance) sets.join(a, b);
  }
  return sets.labels();
}

function* near({ k, ids, similarity }: NeighbourLists, minSimilarity: number) {
  for (let i = 0; i < ids.length && k > 0; i++) {
    if (similarity[i]! >= minSimilarity) {
      yield [Math.floor(i / k), ids[i]!, similarity[i]!] as const;
    }
  }
}

class DisjointSets {
  readonly #parent: Int32Array;

  constructor(count: number) {
    this.#parent = Int32Array.from({ length: count }, (_, i) => i);
  }

  join(a: number, b: number): void {
    const [x, y] = [this.#root(a), this.#root(b)];
    this.#parent[Math.max(x, y)] = Math.min(x, y);
  }

  labels(): Int32Array {
    return this.#parent.map((_, i) => this.#root(i));
  }

  #root(face: number): number {
    let root = face;
    while (this.#parent[root] !== root) root = this.#parent[root]!;
    this.#parent[face] = root;
    return root;
  }
}

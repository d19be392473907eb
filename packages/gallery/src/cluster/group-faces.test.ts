import { describe, expect, test } from 'vitest';
import { randomNumbers } from '../../test/synthetic-photos.js';
import type { FacesToGroup } from './face-groups.js';
import { type FacePairs, groupFaces } from './group-faces.js';

/** Faces on a circle, by their angle in degrees; the cosine of two is that of their difference. */
function at(...angles: number[]): FacesToGroup {
  const embeddings = new Float32Array(angles.length * 2);
  for (const [i, angle] of angles.entries()) {
    embeddings.set([Math.cos(radians(angle)), Math.sin(radians(angle))], i * 2);
  }
  return { embeddings, dimension: 2, groups: new Int32Array(angles.length).fill(-1) };
}

function radians(degrees: number): number {
  return (degrees / 180) * Math.PI;
}

/** Every pair of faces. */
function allPairs({ embeddings }: FacesToGroup): FacePairs {
  const pairs = { a: [] as number[], b: [] as number[], similarity: [] as number[] };
  for (let a = 0; a < embeddings.length / 2; a++) {
    for (let b = 0; b < a; b++) {
      pairs.a.push(a);
      pairs.b.push(b);
      pairs.similarity.push(
        embeddings[2 * a]! * embeddings[2 * b]! + embeddings[2 * a + 1]! * embeddings[2 * b + 1]!,
      );
    }
  }
  return pairs;
}

async function group(
  faces: FacesToGroup,
  minDegrees: number,
  pairs = allPairs(faces),
): Promise<number[]> {
  return [...(await groupFaces(faces, pairs, { minSimilarity: Math.cos(radians(minDegrees)) }))];
}

test('there may be no faces, or no pairs', async () => {
  expect(await group(at(), 10)).toEqual([]);
  expect(await group(at(1, 2), 10, { a: [], b: [], similarity: [] })).toEqual([-1, -1]);
});

test('near faces are one group; groups are numbered by their first faces, and one alone has none', async () => {
  expect(await group(at(90, 0, 180, 92, 1, 2, 91), 10)).toEqual([0, 1, -1, 0, 1, 1, 0]);
});

test('a chain of near faces does not pull its ends together', async () => {
  // Neighbours are 8, 10 and 8 degrees apart. The nearest pairs join; between the two groups it is
  // 10, 18, 18 and 26 degrees, whose cosines have a mean of 0.94644, that of 18.84 degrees.
  expect(await group(at(0, 8, 18, 26), 11)).toEqual([0, 0, 1, 1]);
  expect(await group(at(0, 8, 18, 26), 18.8)).toEqual([0, 0, 1, 1]);
  expect(await group(at(0, 8, 18, 26), 18.9)).toEqual([0, 0, 0, 0]);
});

test('the most alike join first, whatever the order of the pairs', async () => {
  const faces = at(0, 10, 18, 100);
  const { a, b, similarity } = allPairs(faces);
  const backwards = {
    a: [...(a as number[])].reverse(),
    b: [...(b as number[])].reverse(),
    similarity: [...(similarity as number[])].reverse(),
  };
  expect(await group(faces, 11)).toEqual([-1, 0, 0, -1]);
  expect(await group(faces, 11, backwards)).toEqual([-1, 0, 0, -1]);
});

test('agrees with average linkage done by hand over the table of all pairs', async () => {
  for (let seed = 1; seed < 40; seed++) {
    const random = randomNumbers(seed);
    const angles = Array.from({ length: 25 }, () => random() * 360);
    const faces = at(...angles);
    expect(await group(faces, 20)).toEqual(averageLinkage(angles, Math.cos(radians(20))));
  }
});

describe('groups that there are', () => {
  test('grow but neither join each other nor lose a face', async () => {
    const faces = { ...at(0, 80, 4, 8, 6, 80.5), groups: Int32Array.of(0, 0, 1, 1, -1, -1) };
    // 0 and 80 are in a group, however unlike; the new face at 6 goes to the nearer group.
    expect(await group(faces, 10)).toEqual([0, 0, 1, 1, 1, -1]);
  });

  test('leave new numbers to new groups', async () => {
    const faces = { ...at(0, 1, 50, 51), groups: Int32Array.of(3, -1, -1, -1) };
    expect(await group(faces, 10)).toEqual([3, 3, 4, 4]);
  });

  test('are closed to a face that was rejected, and to those that it is grouped with', async () => {
    const groups = Int32Array.of(0, -1, -1);
    const banned = new Map([[1, new Set([0])]]);
    expect(await group({ ...at(0, 3, 30), groups, banned }, 10)).toEqual([0, -1, -1]);
    expect(await group({ ...at(0, 3, 4), groups, banned }, 10)).toEqual([0, 1, 1]);
    expect(await group({ ...at(0, 3, 4), groups }, 10)).toEqual([0, 0, 0]);
  });
});

describe('faces of one photo', () => {
  test('are not one group, nor by way of a third', async () => {
    expect(await group({ ...at(0, 1), photos: [7, 7] }, 10)).toEqual([-1, -1]);
    expect(await group({ ...at(0, 3, 1), photos: [7, 7, 8] }, 10)).toEqual([0, -1, 0]);
  });

  test('stay in one where they are', async () => {
    const faces = { ...at(0, 1, 2), photos: [7, 7, 8], groups: Int32Array.of(0, 0, -1) };
    expect(await group(faces, 10)).toEqual([0, 0, 0]);
  });
});

/** O(n³), from the definition. */
function averageLinkage(angles: readonly number[], minSimilarity: number): number[] {
  const groups = angles.map((_, face) => [face]);
  const mean = (a: number[], b: number[]) => {
    const cosines = a.flatMap((x) => b.map((y) => Math.cos(radians(angles[x]! - angles[y]!))));
    return cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length;
  };
  for (;;) {
    let best = { similarity: minSimilarity, a: -1, b: -1 };
    for (let a = 0; a < groups.length; a++) {
      for (let b = a + 1; b < groups.length; b++) {
        const similarity = mean(groups[a]!, groups[b]!);
        if (similarity > best.similarity) {
          best = { similarity, a, b };
        }
      }
    }
    if (best.a < 0) {
      break;
    }
    groups[best.a] = groups[best.a]!.concat(groups[best.b]!).sort((x, y) => x - y);
    groups.splice(best.b, 1);
  }
  const labels = new Array<number>(angles.length).fill(-1);
  groups
    .filter((members) => members.length > 1)
    .sort((x, y) => x[0]! - y[0]!)
    .forEach((members, label) => {
      for (const face of members) {
        labels[face] = label;
      }
    });
  return labels;
}

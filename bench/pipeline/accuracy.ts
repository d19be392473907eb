import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Pair, parsePairs } from '@facedex/gallery';
import { LFW, photosOf } from '../lfw.js';
import type { Contender } from './contender.js';

const PAIRS = 'pairsDevTest.txt';

/**
 * Accuracy on the pairs of LFW View 1 DevTest by the distance between the largest faces. The
 * threshold of each half of the pairs is the best of the other half. A pair with a photo where no
 * face was found counts as two people.
 */
export async function measureAccuracy(
  contender: Contender,
): Promise<{ accuracy: number; missed: number; photos: number }> {
  const photos = photosOf(PAIRS);
  const files = photos.map(({ path }) => path);
  const { embeddings, missed } = await contender.ask({ files, embeddings: true });
  const byFile = new Map(files.map((file, i) => [file, embeddings![i]!]));
  const pairs = parsePairs(readFileSync(join(LFW, PAIRS), 'utf8'));
  const scored = pairs.map(({ a, b, same }) => ({
    same,
    distance: distance(byFile.get(fileOf(a)), byFile.get(fileOf(b))),
  }));
  const halves = [0, 1].map((rest) => scored.filter((_, i) => i % 2 === rest));
  const right = halves.map((half, i) => countRight(half, bestThreshold(halves[1 - i]!)));
  return { accuracy: (right[0]! + right[1]!) / pairs.length, missed, photos: files.length };
}

interface Scored {
  readonly same: boolean;
  readonly distance: number;
}

function fileOf({ person, number }: Pair['a']): string {
  return join(LFW, 'images', person, `${person}_${String(number).padStart(4, '0')}.jpg`);
}

function distance(a: Float32Array | null | undefined, b: Float32Array | null | undefined): number {
  if (!a || !b) return Number.POSITIVE_INFINITY;
  return Math.hypot(...a.map((value, i) => value - b[i]!));
}

function bestThreshold(pairs: readonly Scored[]): number {
  let best = { right: -1, threshold: 0 };
  for (const { distance } of pairs) {
    const right = countRight(pairs, distance);
    if (right > best.right) best = { right, threshold: distance };
  }
  return best.threshold;
}

function countRight(pairs: readonly Scored[], threshold: number): number {
  return pairs.filter(({ same, distance }) => same === distance <= threshold).length;
}

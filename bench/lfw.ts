import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parsePairs } from '@facedex/gallery';

/** The development view of Labeled Faces in the Wild, beside the checkout. */
export const LFW = resolve(import.meta.dirname, '../../shared/data/lfw-view1');

/** Ends the script with a reason where the photos are not there. */
export function requireLfw(): void {
  if (existsSync(LFW)) return;
  console.log(`skipped: no photos of Labeled Faces in the Wild at ${LFW}`);
  process.exit(0);
}

/** A photo of a pairs file. */
export interface LfwPhoto {
  readonly person: string;
  readonly path: string;
}

/** The photos that a pairs file of View 1 names, each once, sorted. */
export function photosOf(pairsFile: string): LfwPhoto[] {
  const pairs = parsePairs(readFileSync(join(LFW, pairsFile), 'utf8'));
  const photos = new Map<string, LfwPhoto>();
  for (const { person, number } of pairs.flatMap(({ a, b }) => [a, b])) {
    const name = `${person}_${String(number).padStart(4, '0')}.jpg`;
    photos.set(name, { person, path: join(LFW, 'images', person, name) });
  }
  return [...photos.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

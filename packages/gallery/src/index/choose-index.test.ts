import { describe, expect, test } from 'vitest';
import { chooseIndex, type IndexNeeds, isOutgrown } from './choose-index.js';

const PLENTY = 2 ** 40;

function factoryOf(faces: number, needs: Partial<IndexNeeds> = {}): string {
  return chooseIndex({ faces, dimension: 512, memoryBytes: PLENTY, wanted: 'auto', ...needs })
    .factory;
}

describe('the choice', () => {
  test('is exact while the vectors are few, whatever their length', () => {
    expect(factoryOf(0)).toBe('Flat');
    // 64 MiB of float32.
    expect(factoryOf(2 ** 15)).toBe('Flat');
    expect(factoryOf(2 ** 17, { dimension: 128 })).toBe('Flat');
    expect(factoryOf(2 ** 15 + 1)).not.toBe('Flat');
    expect(factoryOf(2 ** 17 + 1, { dimension: 128 })).not.toBe('Flat');
  });

  test('is then compressed to 128 bytes, in lists where there are many', () => {
    expect(factoryOf(40_000)).toBe('PCA128,SQ8');
    expect(factoryOf(60_000)).toBe('PCA128,IVF512,SQ8');
    expect(factoryOf(1_000_000)).toBe('PCA128,IVF2048,SQ8');
    expect(factoryOf(1_000_000, { dimension: 128 })).toBe('IVF2048,SQ8');
  });

  test('is compressed sooner where that is wanted, or memory is short', () => {
    expect(factoryOf(5000, { wanted: 'compact' })).toBe('PCA128,SQ8');
    expect(factoryOf(5000, { wanted: 'compact', dimension: 32 })).toBe('Flat');
    expect(factoryOf(1000, { wanted: 'compact' })).toBe('Flat');
    expect(factoryOf(20_000, { memoryBytes: 20e6 })).toBe('PCA128,SQ8');
    expect(factoryOf(20_000, { memoryBytes: 2e6 })).toBe('PCA128,PQ32');
    expect(factoryOf(20_000, { memoryBytes: 2e6, dimension: 90 })).toBe('PQ30');
  });

  test('is what was asked for', () => {
    expect(factoryOf(10, { wanted: 'HNSW32' })).toBe('HNSW32');
  });

  test('says why, with its figures', () => {
    const why = (faces: number, memoryBytes = PLENTY) =>
      chooseIndex({ faces, dimension: 512, memoryBytes, wanted: 'auto' }).why;
    expect(why(100_000)).toContain('195 MB');
    expect(why(20_000, 20 * 2 ** 20)).toContain('20 MB of memory');
  });

  test('is not taken back for a few faces less', () => {
    expect(factoryOf(30_000, { current: 'PCA128,SQ8' })).toBe('PCA128,SQ8');
    expect(factoryOf(15_000, { current: 'PCA128,SQ8' })).toBe('Flat');
  });
});

describe('an index is outgrown', () => {
  const choice = (factory: string, isGiven = false) => ({ factory, isGiven, why: '' });
  const built = { wanted: 'PCA128,IVF512,SQ8', builtFaces: 60_000, faces: 60_000, holes: 0 };

  test('by another kind, but not by another number of lists, unless that was asked for', () => {
    expect(isOutgrown(built, choice('PCA128,IVF512,SQ8'))).toBe(false);
    expect(isOutgrown(built, choice('PCA128,IVF1024,SQ8'))).toBe(false);
    expect(isOutgrown(built, choice('PCA128,IVF1024,SQ8', true))).toBe(true);
    expect(isOutgrown(built, choice('Flat'))).toBe(true);
  });

  test('by twice the faces that it learned from, or a quarter', () => {
    const same = choice(built.wanted);
    expect(isOutgrown({ ...built, faces: 119_999 }, same)).toBe(false);
    expect(isOutgrown({ ...built, faces: 120_000 }, same)).toBe(true);
    expect(isOutgrown({ ...built, faces: 14_999 }, same)).toBe(true);
    expect(isOutgrown({ ...built, wanted: 'Flat', faces: 1e6 }, choice('Flat'))).toBe(false);
  });

  test('by many removed faces that it still stores', () => {
    const graph = { ...built, wanted: 'HNSW32' };
    expect(isOutgrown({ ...graph, holes: 15_000 }, choice('HNSW32', true))).toBe(false);
    expect(isOutgrown({ ...graph, holes: 15_001 }, choice('HNSW32', true))).toBe(true);
  });
});

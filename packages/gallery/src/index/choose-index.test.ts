import { describe, expect, test } from 'vitest';
import { chooseIndex, type IndexNeeds, isOutgrown } from './choose-index.js';

const PLENTY = 2 ** 40;
const NEEDS = { removed: 0, dimension: 512, memoryBytes: PLENTY, wanted: 'auto' };

function factoryOf(faces: number, needs: Partial<IndexNeeds> = {}): string {
  return chooseIndex({ ...NEEDS, faces, ...needs }).factory;
}

describe('the choice', () => {
  test('is exact while the vectors are few, whatever their length', () => {
    expect(factoryOf(0)).toBe('Flat');
    // 32 MiB of float32.
    expect(factoryOf(2 ** 14)).toBe('Flat');
    expect(factoryOf(2 ** 16, { dimension: 128 })).toBe('Flat');
    expect(factoryOf(2 ** 14 + 1)).not.toBe('Flat');
    expect(factoryOf(2 ** 16 + 1, { dimension: 128 })).not.toBe('Flat');
  });

  test('is then a fast scan, in as many parts as divide the vectors', () => {
    const factory = (dimension: number) => factoryOf(1_000_000, { dimension });
    expect(factory(512)).toBe('PQ128x4fs');
    expect(factory(128)).toBe('PQ128x4fs');
    expect(factory(192)).toBe('PQ96x4fs');
    expect(factory(90)).toBe('PQ90x4fs');
    expect(factory(521)).toBe('PCA128,PQ128x4fs');
  });

  test('is a kind that forgets at once where faces are often removed', () => {
    expect(factoryOf(90_001, { removed: 10_000 })).toBe('PQ128x4fs');
    expect(factoryOf(89_999, { removed: 10_000 })).toBe('PCA128,IVF512,SQ8');
    expect(factoryOf(40_000, { removed: 10_000 })).toBe('PCA128,SQ8');
    expect(factoryOf(1e6, { removed: 1e6, dimension: 128 })).toBe('IVF2048,SQ8');
    expect(factoryOf(1e6, { removed: 1e6, memoryBytes: 130e6 })).toBe('PQ128x4fs');
  });

  test('is compressed sooner where that is wanted, or memory is short', () => {
    expect(factoryOf(5000, { wanted: 'compact' })).toBe('PQ128x4fs');
    expect(factoryOf(5000, { wanted: 'compact', dimension: 32 })).toBe('Flat');
    expect(factoryOf(1000, { wanted: 'compact' })).toBe('Flat');
    expect(factoryOf(10_000, { memoryBytes: 20e6 })).toBe('PQ128x4fs');
  });

  test('is what was asked for', () => {
    expect(factoryOf(10, { wanted: 'HNSW32' })).toBe('HNSW32');
  });

  test('says why, with its figures', () => {
    const why = (faces: number, needs: Partial<IndexNeeds> = {}) =>
      chooseIndex({ ...NEEDS, faces, ...needs }).why;
    expect(why(100_000)).toContain('195 MB');
    expect(why(10_000, { memoryBytes: 20 * 2 ** 20 })).toContain('20 MB of memory');
    expect(why(60_000, { removed: 20_000 })).toContain('25 % of all faces were removed');
  });

  test('is not taken back for a few faces less', () => {
    expect(factoryOf(12_000, { current: 'PQ128x4fs' })).toBe('PQ128x4fs');
    expect(factoryOf(8000, { current: 'PQ128x4fs' })).toBe('Flat');
  });
});

describe('an index is outgrown', () => {
  const choice = (factory: string, isGiven = false) => ({ factory, isGiven, why: '' });
  const built = { wanted: 'PCA128,IVF512,SQ8', builtFaces: 60_000, faces: 60_000, holes: 0 };

  test('by another kind, but not by another number of lists, unless that was asked for', () => {
    expect(isOutgrown(built, choice('PCA128,IVF512,SQ8'))).toBe(false);
    expect(isOutgrown(built, choice('PCA128,IVF1024,SQ8'))).toBe(false);
    expect(isOutgrown(built, choice('PCA128,SQ8'))).toBe(false);
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

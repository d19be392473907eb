import { expect, test } from 'vitest';
import { countComparisons, templatesOf } from './templates.js';

const at = (degrees: number) =>
  Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));

test('a mean is of unit length, also where faces cancel out', () => {
  const [mean] = templatesOf([at(10), at(20), at(60)], 'mean');
  expect(Math.hypot(...mean!)).toBeCloseTo(1, 6);
  expect(templatesOf([at(0), at(180)], 'mean')).toEqual([at(0)]);
});

test('medoids are the faces to which all others are nearest', () => {
  const faces: Float32Array[] = [0, 1, 2, 40, 41, 42, 90, 91, 92, 93, 94].map(at);
  const chosen = templatesOf(faces, 'medoids').map((face) => faces.indexOf(face));
  expect(chosen.sort((a, b) => a - b)).toEqual([1, 4, 8]);
  expect(templatesOf(faces.slice(0, 2), 'medoids')).toEqual(faces.slice(0, 2));
});

test('comparisons grow with people and faces', () => {
  const gallery = { people: 100, faces: 900 };
  expect(countComparisons('faces', gallery)).toBe(900);
  expect(countComparisons('mean', gallery)).toBe(300);
  expect(countComparisons('medoids', gallery)).toBe(300);
  // People whose photos have no face.
  expect(countComparisons('mean', { people: 100, faces: 40 })).toBe(40);
});

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parsePairs } from './parse-pairs.js';

test.each([
  ['', /empty/],
  ['\n\n', /empty/],
  ['ten', /line 1: expected "folds pairs" or "pairs" but received "ten"/],
  ['1 2 3', /line 1/],
  ['0', /line 1/],
  ['1\nAnn 1 2', /announces 1 x 2 x 1 = 2 pairs but 1 follow/],
  ['1\nAnn 1 2\nAnn 1 Bob 1\nAnn 1 Bob 2', /2 pairs but 3 follow/],
  ['1\nAnn 1 Bob 1\nAnn 1 Bob 1', /line 2: expected "name i j"/],
  ['1\nAnn 1 2\nAnn 1 2', /line 3: expected "name1 i name2 j"/],
  ['1\n\nAnn 1 0\nAnn 1 Bob 1', /line 3: .* received "Ann 1 0"/],
  ['1\nAnn one 2\nAnn 1 Bob 1', /line 2/],
])('%j is not a pairs list', (text, message) => {
  expect(() => parsePairs(text)).toThrow(
    expect.objectContaining({ code: 'INVALID_FILE', message: expect.stringMatching(message) }),
  );
});

test('a list with folds, CRLF, blank lines and a byte order mark is read', () => {
  const text = '\uFEFF2\t1\r\nAnn\t1\t2\r\nAnn\t3\tBob\t1\r\n\r\nCid 4 5 \r\nCid 1\tDee 12\r\n';
  expect(parsePairs(text)).toEqual([
    { a: { person: 'Ann', number: 1 }, b: { person: 'Ann', number: 2 }, same: true, fold: 0 },
    { a: { person: 'Ann', number: 3 }, b: { person: 'Bob', number: 1 }, same: false, fold: 0 },
    { a: { person: 'Cid', number: 4 }, b: { person: 'Cid', number: 5 }, same: true, fold: 1 },
    { a: { person: 'Cid', number: 1 }, b: { person: 'Dee', number: 12 }, same: false, fold: 1 },
  ]);
});

const LFW = fileURLToPath(
  new URL('../../../../../shared/data/lfw-view1/pairsDevTest.txt', import.meta.url),
);
test('View 1 of LFW is read', (context) => {
  if (!existsSync(LFW)) {
    context.skip(`${LFW} is missing`);
  }
  const pairs = parsePairs(readFileSync(LFW, 'utf8'));
  expect(pairs.length).toBe(1000);
  expect(pairs.filter(({ same }) => same).length).toBe(500);
  expect(new Set(pairs.map(({ fold }) => fold))).toEqual(new Set([0]));
});

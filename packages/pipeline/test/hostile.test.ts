import { expect, it } from 'vitest';
import { analyseInChild } from '../../../test-support/analyse-in-child.js';
import {
  mutations,
  oddities,
  truncations,
  validPictures,
} from '../../../test-support/hostile-pictures.js';

const ANSWERS = ['ok', 'PHOTO_TOO_LARGE', 'UNREADABLE_PHOTO'];

it('hostile pictures give a result or a clear error, never a crash, a hang or a flood of memory', async () => {
  const valid = await validPictures();
  const cut = [...truncations(valid)].filter((_, i) => i % 5 === 0);
  const files = [...valid, ...(await oddities()), ...cut, ...mutations(valid, 66)];
  const { outcomes, exit, peakMb } = await analyseInChild(files, { limitMs: 20_000 });
  expect(exit).toBe(0);
  expect(outcomes).toHaveLength(files.length);
  const results = new Map(outcomes.map(({ name, result }) => [name, result]));
  expect([...results].filter(([, result]) => !ANSWERS.includes(result))).toEqual([]);
  for (const { name } of valid) expect([name, results.get(name)]).toEqual([name, 'ok']);
  for (const name of ['1x1.png', '1x1.jpg', '30000x1.png', '1x30000.png', 'really-a-png.jpg']) {
    expect([name, results.get(name)]).toEqual([name, 'ok']);
  }
  for (const name of [
    'empty.jpg',
    'one-byte.png',
    'text.jpg',
    'zeros.jpg',
    'laughs.svg',
    'huge.svg',
  ]) {
    expect([name, results.get(name)]).toEqual([name, 'UNREADABLE_PHOTO']);
  }
  for (const name of ['bomb.png', 'huge.gif']) {
    expect([name, results.get(name)]).toEqual([name, 'PHOTO_TOO_LARGE']);
  }
  // The networks and Node take about 300 MB of it.
  expect(peakMb).toBeLessThan(900);
}, 120_000);

import { expect, test } from 'vitest';
import type { Facedex } from './facedex.js';
import { verify } from './index.js';
import { indexFolder } from './index-folder.js';

// Nothing is asked of an engine before the options were looked at.
const nothing = {} as Facedex;

test('a quality or a rule that is none is refused before a folder is indexed by it', async () => {
  for (const minQuality of [2, -1, Number.NaN]) {
    await expect(indexFolder('nowhere', nothing, { minQuality })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  }
  await expect(indexFolder('nowhere', nothing, { faces: 'each' as 'all' })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('largest, all, reject'),
  });
});

test('a threshold that is no distance is refused before photos are compared by it', async () => {
  for (const threshold of [-1, 2.1, Number.NaN]) {
    await expect(verify(nothing.pipeline, ['a.jpg', 'b.jpg'], { threshold })).rejects.toMatchObject(
      { code: 'INVALID_ARGUMENT' },
    );
  }
});

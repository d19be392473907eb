import sharp from 'sharp';
import { expect, it } from 'vitest';
import { storeAs } from '../../../test-support/store-as.js';
import { storedRegion } from './stored-region.js';

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'finds a region in a photo of orientation %i',
  async (orientation) => {
    const raw = { width: 7, height: 5, channels: 3 } as const;
    const data = Buffer.from(Array.from({ length: 7 * 5 * 3 }, (_, i) => i));
    const stored = await storeAs(orientation, await sharp(data, { raw }).png().toBuffer());
    const { width, height } = await sharp(stored).metadata();
    const region = storedRegion(
      { x: 1, y: 2, width: 3, height: 2 },
      { width, height, orientation },
    );
    const part = await sharp(stored)
      .extract({ left: region.x, top: region.y, width: region.width, height: region.height })
      .withMetadata({ orientation })
      .png()
      .toBuffer();
    const pixels = await sharp(part).autoOrient().raw().toBuffer();
    const row = (y: number) => [...data.subarray((y * 7 + 1) * 3, (y * 7 + 4) * 3)];
    expect([...pixels]).toEqual([...row(2), ...row(3)]);
  },
);

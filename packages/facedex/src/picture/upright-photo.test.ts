import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { storeAs } from '../../../../test-support/store-as.js';
import { openUprightPhoto, type UprightPhoto } from './upright-photo.js';

describe('openUprightPhoto', () => {
  it('tells the upright size and reads upright parts, in all eight EXIF orientations', async () => {
    const upright = await quarters();
    for (let orientation = 1; orientation <= 8; orientation++) {
      const photo = await openUprightPhoto(await storeAs(orientation, upright));
      expect([orientation, photo.width, photo.height]).toEqual([orientation, 800, 600]);
      const corners = [
        await greyAt(photo, 100, 100),
        await greyAt(photo, 700, 100),
        await greyAt(photo, 100, 500),
        await greyAt(photo, 700, 500),
      ];
      expect([orientation, ...corners]).toEqual([orientation, 40, 90, 150, 220]);
    }
  });

  it('reads exactly the part that is asked for, scaled', async () => {
    const photo = await openUprightPhoto(await storeAs(6, await quarters()));
    const part = { left: 300, top: 250, width: 200, height: 100 };
    const canvas = await photo.read(part, { width: 50, height: 50 });
    const { data } = canvas.getContext('2d').getImageData(0, 0, 50, 50);
    const grey = (x: number, y: number) => data[(y * 50 + x) * 4];
    expect([grey(5, 5), grey(45, 5), grey(5, 45), grey(45, 45)]).toEqual([40, 90, 150, 220]);
    // The quarters meet in the middle of that part.
    expect([grey(22, 5), grey(27, 5), grey(5, 22), grey(5, 27)]).toEqual([40, 90, 40, 150]);
  });

  it('shows transparent parts white', async () => {
    const clear = { r: 0, g: 0, b: 0, alpha: 0 };
    const bytes = await sharp({ create: { width: 8, height: 8, channels: 4, background: clear } })
      .png()
      .toBuffer();
    expect(await greyAt(await openUprightPhoto(bytes), 4, 4)).toBe(255);
  });
});

async function greyAt(photo: UprightPhoto, left: number, top: number): Promise<number | undefined> {
  const canvas = await photo.read({ left, top, width: 1, height: 1 }, { width: 1, height: 1 });
  return canvas.getContext('2d').getImageData(0, 0, 1, 1).data[0];
}

/** 800 x 600 pixels whose quarters all differ: 40, 90 at the top, 150, 220 at the bottom. */
function quarters(): Promise<Buffer> {
  const data = Uint8Array.from({ length: 800 * 600 * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    const right = pixel % 800 >= 400;
    const bottom = pixel >= 800 * 300;
    return [40, 90, 150, 220][Number(right) + 2 * Number(bottom)]!;
  });
  return sharp(data, { raw: { width: 800, height: 600, channels: 3 } })
    .png()
    .toBuffer();
}

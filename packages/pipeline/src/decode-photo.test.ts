import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { pngBomb } from '../../../test-support/png-bomb.js';
import { storeAs } from '../../../test-support/store-as.js';
import { decodePhoto, MAX_DECODED_SIDE } from './decode-photo.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facedex-decode-'));
});

describe('decodePhoto refuses, with a code and a reason', () => {
  it('a file that is not there', async () => {
    await expect(decodePhoto(join(folder, 'none.jpg'))).rejects.toMatchObject({
      code: 'PHOTO_NOT_FOUND',
    });
  });

  it('a folder', async () => {
    await expect(decodePhoto(folder)).rejects.toMatchObject({
      code: 'UNREADABLE_PHOTO',
      message: expect.stringContaining('is a folder'),
    });
  });

  it('an empty file', async () => {
    await expect(decodePhoto(new Uint8Array())).rejects.toMatchObject({
      code: 'UNREADABLE_PHOTO',
      message: expect.stringContaining('empty'),
    });
  });

  it('a text file that is named .jpg', async () => {
    const path = join(folder, 'text.jpg');
    await writeFile(path, 'not a picture at all');
    await expect(decodePhoto(path)).rejects.toMatchObject({
      code: 'UNREADABLE_PHOTO',
      message: expect.stringContaining('not a picture'),
    });
  });

  it('an SVG, before it is laid out: these 60 KB would take minutes', async () => {
    const text = `<text y="9">${'aWq '.repeat(50)}</text>`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg"><g id="a">${text.repeat(10)}</g>${'<use href="#a"/>'.repeat(4000)}</svg>`;
    await expect(decodePhoto(Buffer.from(svg))).rejects.toMatchObject({
      code: 'UNREADABLE_PHOTO',
      message: expect.stringContaining('not a picture'),
    });
  });

  it('a JPEG that ends too early', async () => {
    const whole = await gradient(200, 200).jpeg().toBuffer();
    await expect(decodePhoto(whole.subarray(0, whole.length / 2))).rejects.toMatchObject({
      code: 'UNREADABLE_PHOTO',
      message: expect.stringContaining('damaged or incomplete'),
    });
  });

  it('a decompression bomb, before its pixels are in memory', async () => {
    const bomb = pngBomb(20_000);
    const before = process.memoryUsage().rss;
    await expect(decodePhoto(bomb)).rejects.toMatchObject({ code: 'PHOTO_TOO_LARGE' });
    // Its 400 million pixels were never made.
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
  });
});

describe('decodePhoto', () => {
  it('gives RGB row by row', async () => {
    const png = await sharp(Buffer.from([255, 0, 0, 0, 0, 255]), {
      raw: { width: 2, height: 1, channels: 3 },
    })
      .png()
      .toBuffer();
    const photo = await decodePhoto(png);
    expect(photo).toMatchObject({ width: 2, height: 1, fullWidth: 2, fullHeight: 1 });
    expect([...photo.data]).toEqual([255, 0, 0, 0, 0, 255]);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns EXIF orientation %i upright', async (orientation) => {
    // A stored picture whose upright form has its bright corner at the top left and is wide.
    const upright = await sharp({
      create: { width: 64, height: 32, channels: 3, background: '#000' },
    })
      .composite([{ input: await whiteSquare(16), left: 0, top: 0 }])
      .png()
      .toBuffer();
    const stored = await storeAs(orientation, upright);
    const photo = await decodePhoto(stored);
    expect([photo.width, photo.height]).toEqual([64, 32]);
    expect([photo.fullWidth, photo.fullHeight]).toEqual([64, 32]);
    expect(photo.data[(4 * 64 + 4) * 3]).toBeGreaterThan(200);
    expect(photo.data[(4 * 64 + 60) * 3]).toBeLessThan(50);
    expect(photo.data[(28 * 64 + 4) * 3]).toBeLessThan(50);
  });

  it('reads grey, 16-bit, CMYK, palette and transparent pictures as 8-bit RGB', async () => {
    const pictures = {
      grey: gradient(20, 10).greyscale().png(),
      deep: gradient(20, 10).toColourspace('rgb16').png(),
      cmyk: gradient(20, 10).toColourspace('cmyk').jpeg(),
      palette: gradient(20, 10).png({ palette: true }),
      alpha: gradient(20, 10).ensureAlpha(0.5).webp(),
      gif: gradient(20, 10).gif(),
      tiff: gradient(20, 10).tiff(),
      avif: gradient(20, 10).avif(),
    };
    for (const [name, picture] of Object.entries(pictures)) {
      const photo = await decodePhoto(await picture.toBuffer());
      expect([name, photo.data.length]).toEqual([name, 20 * 10 * 3]);
    }
  });

  it('keeps the colours in every format, and takes the first frame of an animation', async () => {
    const colour = { r: 200, g: 120, b: 60 };
    const plain = () =>
      sharp({ create: { width: 32, height: 16, channels: 3, background: colour } });
    const frames = Buffer.concat([
      await plain().raw().toBuffer(),
      Buffer.alloc(32 * 16 * 3), // black
    ]);
    const raw = { width: 32, height: 32, channels: 3, pageHeight: 16 } as const;
    const animation = () => sharp(frames, { raw, animated: true });
    const pictures = {
      jpeg: plain().jpeg(),
      cmyk: plain().toColourspace('cmyk').jpeg(),
      png: plain().png(),
      deep: plain().toColourspace('rgb16').png(),
      deepTiff: plain().toColourspace('rgb16').tiff(),
      webp: plain().webp(),
      avif: plain().avif(),
      deepAvif: plain().avif({ bitdepth: 10 }),
      gif: plain().gif(),
      animatedGif: animation().gif(),
      animatedWebp: animation().webp({ lossless: true }),
    };
    for (const [name, picture] of Object.entries(pictures)) {
      const bytes = await picture.toBuffer().catch((error: Error) => error);
      // sharp's own builds of libvips write AVIF with 8 bits only.
      if (bytes instanceof Error && name === 'deepAvif') continue;
      if (bytes instanceof Error) throw bytes;
      const { data, width, height } = await decodePhoto(bytes);
      expect([name, width, height, data.length]).toEqual([name, 32, 16, 32 * 16 * 3]);
      for (const [channel, value] of [200, 120, 60].entries()) {
        // CMYK goes through a printer's profile.
        const tolerance = name === 'cmyk' ? 30 : 6;
        expect([name, Math.abs(data[channel]! - value) <= tolerance]).toEqual([name, true]);
      }
    }
  });

  it('bounds a large photo, and tells its real size', async () => {
    const large = await sharp({
      create: { width: 8000, height: 2000, channels: 3, background: '#888' },
    })
      .jpeg()
      .toBuffer();
    const photo = await decodePhoto(large);
    expect([photo.width, photo.height]).toEqual([MAX_DECODED_SIDE, MAX_DECODED_SIDE / 4]);
    expect([photo.fullWidth, photo.fullHeight]).toEqual([8000, 2000]);
  });
});

function gradient(width: number, height: number) {
  const data = Buffer.from(Array.from({ length: width * height * 3 }, (_, i) => (i * 37) % 256));
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function whiteSquare(side: number): Promise<Buffer> {
  return sharp({ create: { width: side, height: side, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
}

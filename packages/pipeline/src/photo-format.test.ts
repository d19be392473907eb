import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { checkPhotoFormat } from './photo-format.js';

const image = sharp({ create: { width: 8, height: 8, channels: 3, background: '#123456' } });

describe('by its first bytes', () => {
  it.each([
    ['JPEG', () => image.clone().jpeg()],
    ['PNG', () => image.clone().png()],
    ['WebP', () => image.clone().webp()],
    ['GIF', () => image.clone().gif()],
    ['TIFF', () => image.clone().tiff()],
    ['AVIF', () => image.clone().avif()],
  ] as const)('a %s is taken', async (_, encode) => {
    const bytes = await encode().toBuffer();
    expect(() => checkPhotoFormat(bytes)).not.toThrow();
  });

  it.each([
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['PDF', '%PDF-1.7'],
    ['zip', 'PK\u0003\u0004'],
    ['MP4', '\0\0\0\u0018ftypisom'],
    ['WAV', 'RIFF\0\0\0\0WAVE'],
    ['a half of a signature', '\u00ff\u00d8'],
    ['a signature further on', ' GIF89a'],
  ])('%s is refused', (_, text) => {
    expect(() => checkPhotoFormat(Buffer.from(text, 'latin1'), 'x.jpg')).toThrow(
      expect.objectContaining({
        code: 'UNREADABLE_PHOTO',
        message: expect.stringContaining('x.jpg is not a picture in a known format'),
      }),
    );
  });
});

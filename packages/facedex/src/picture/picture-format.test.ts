import { describe, expect, it } from 'vitest';
import { pictureFormatOf } from './picture-format.js';

describe('pictureFormatOf', () => {
  it.each(['out.gif', 'out.jpg.txt', 'out', '.jpg', ''])('refuses %j', (path) => {
    expect(() => pictureFormatOf(path)).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED_PICTURE_FORMAT',
        message: expect.stringContaining('.jpg, .jpeg, .png, .webp'),
      }),
    );
  });

  it.each([
    ['a/b.jpg', 'jpeg'],
    ['B.JPEG', 'jpeg'],
    ['照片.png', 'png'],
    ['x.y.webp', 'webp'],
  ])('takes the format of %s from its extension', (path, format) => {
    expect(pictureFormatOf(path)).toBe(format);
  });
});

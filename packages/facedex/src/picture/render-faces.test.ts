import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type DrawnFace, renderFaces } from './render-faces.js';

const BOX = [0, 138, 100];
const DOT = [213, 94, 0];
const face: DrawnFace = {
  box: { x: 300, y: 200, width: 200, height: 240 },
  landmarks: [
    [360, 300],
    [440, 300],
    [400, 340],
    [365, 390],
    [435, 390],
  ],
  score: 0.987,
};

describe('renderFaces refuses', () => {
  it.each([
    ['a file that is not there', '/nowhere/none.jpg', 'PHOTO_NOT_FOUND'],
    ['bytes that are no picture', new Uint8Array([1, 2, 3]), 'UNREADABLE_PHOTO'],
    ['no bytes', new Uint8Array(), 'UNREADABLE_PHOTO'],
  ])('%s', async (_what, photo, code) => {
    await expect(renderFaces(photo, [face], 'png')).rejects.toMatchObject({ code });
  });
});

describe('renderFaces', () => {
  it('boxes the face and dots its landmarks, at their pixels', async () => {
    const picture = await render(await photo(800, 600), [face]);
    expect([picture.width, picture.height]).toEqual([800, 600]);
    expect(picture.at(300, 350)).toEqual(BOX);
    expect(picture.at(500, 350)).toEqual(BOX);
    expect(picture.at(400, 440)).toEqual(BOX);
    for (const [x, y] of face.landmarks) expect(picture.at(x, y)).toEqual(DOT);
    expect(picture.at(400, 260)).toEqual([128, 128, 128]);
  });

  it('labels each face with its number and score, above the box', async () => {
    const other = { ...face, box: { ...face.box, x: 20 }, landmarks: [] };
    const picture = await render(await photo(800, 600), [face, other]);
    expect(picture.at(302, 190)).toEqual(BOX);
    expect(picture.at(22, 190)).toEqual(BOX);
    expect(picture.part(300, 185, 60, 14)).not.toEqual(picture.part(20, 185, 60, 14));
  });

  it('keeps the labels of faces at the edges inside of the photo', async () => {
    const edge = { ...face, box: { x: 780, y: -30, width: 60, height: 80 }, landmarks: [] };
    const picture = await render(await photo(800, 600), [edge]);
    expect(picture.at(796, 14)).toEqual(BOX);
    expect(picture.at(756, 14)).toEqual(BOX);
  });

  it('draws a large photo smaller, with the boxes in place and the lines as visible', async () => {
    const large = await photo(4800, 3600);
    const scaled: DrawnFace = {
      ...face,
      box: { x: 1800, y: 1200, width: 1200, height: 1440 },
      landmarks: [[2400, 1900]],
    };
    const picture = await render(large, [scaled]);
    expect([picture.width, picture.height]).toEqual([2400, 1800]);
    expect(picture.at(900, 900)).toEqual(BOX);
    expect(picture.at(901, 900)).toEqual(BOX);
    expect(picture.at(1200, 950)).toEqual(DOT);
  });

  it('draws the photo as it is when it has no face', async () => {
    const picture = await render(await photo(40, 30), []);
    expect(new Set(picture.data)).toEqual(new Set([128]));
  });

  it.each(['b-w', 'rgb16', 'cmyk'])('draws a photo whose pixels are %s', async (space) => {
    const source = sharp(await photo(100, 80)).toColourspace(space);
    const bytes = await (space === 'cmyk' ? source.jpeg() : source.png()).toBuffer();
    const [red = 0, green = 0, blue = 0] = (await render(bytes, [])).at(50, 40);
    // Grey comes back as grey, but for the rounding of the colour profiles.
    for (const value of [red, green, blue]) expect(Math.abs(value - 128)).toBeLessThan(16);
  });
});

async function render(source: string | Uint8Array, faces: readonly DrawnFace[]) {
  const bytes = await renderFaces(source, faces, 'png');
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 3).subarray(0, 3)];
  const part = (left: number, top: number, width: number, height: number) =>
    Array.from({ length: width * height }, (_, i) =>
      at(left + (i % width), top + Math.floor(i / width)),
    );
  return { width: info.width, height: info.height, data, at, part };
}

function photo(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#808080' } })
    .png()
    .toBuffer();
}

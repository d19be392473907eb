import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeAs } from '../../../test-support/store-as.js';
import { type Face, Pipeline } from '../src/index.js';
import { fetchOriginals } from './models/originals.js';

const GROUP = 'demo/sample6.jpg';

let pipeline: Pipeline;
/** A photo of four people, 800 pixels wide. */
let group: Buffer;
let size: { width: number; height: number };
let faces: readonly Face[];
beforeAll(async () => {
  const files = await fetchOriginals('dlib-resnet-128', [GROUP]);
  if (typeof files === 'string') throw new Error(files);
  group = await sharp(files.get(GROUP)!).resize(800).png().toBuffer();
  pipeline = await Pipeline.open({ workers: 1 });
  const found = await pipeline.analyse(group);
  size = { width: found.width, height: found.height };
  faces = found.faces;
});
afterAll(() => pipeline[Symbol.asyncDispose]());

it('refuses a detector size that is out of range', async () => {
  await expect(pipeline.analyse(group, { detectorSize: 10 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
  const many = pipeline.analyseAll([group], { detectorSize: 1e9, sourceOf: (photo) => photo });
  await expect(many.next()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});

describe('orientation', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'EXIF orientation %i gives the same faces and embeddings',
    async (orientation) => {
      const stored = await pipeline.analyse(await storeAs(orientation, group));
      expect(stored.width).toBe(size.width);
      expectSameFaces(stored.faces, { tolerance: 0.01 });
      for (const [i, { embedding }] of stored.faces.entries()) {
        for (const [d, value] of embedding.entries()) {
          expect(Math.abs(value - faces[i]!.embedding[d]!)).toBeLessThan(1e-5);
        }
      }
    },
  );

  it.each([
    [90, ([x, y]: number[]) => [y!, size.height - x!]],
    [180, ([x, y]: number[]) => [size.width - x!, size.height - y!]],
    [270, ([x, y]: number[]) => [size.width - y!, x!]],
  ] as const)(
    'a photo turned by %i degrees without EXIF is found when asked',
    async (turn, undo) => {
      const turned = await sharp(group).rotate(turn).png().toBuffer();
      const found = await pipeline.analyse(turned, { anyOrientation: true });
      expect(found.faces).toHaveLength(faces.length);
      for (const [i, { landmarks, box }] of found.faces.entries()) {
        for (const [j, point] of landmarks.entries()) {
          const [x, y] = undo([...point]);
          expect(Math.abs(x! - faces[i]!.landmarks[j]![0])).toBeLessThan(1);
          expect(Math.abs(y! - faces[i]!.landmarks[j]![1])).toBeLessThan(1);
        }
        // Boxes are in the photo as it came.
        expect(box.x).toBeLessThan(Math.min(...landmarks.map(([x]) => x)));
        expect(box.y).toBeLessThan(Math.min(...landmarks.map(([, y]) => y)));
      }
      const portrait = await pipeline.analyse(turned, { anyOrientation: true, find: 'subject' });
      expect(portrait.faces).toHaveLength(1);
    },
  );

  it('leaves an upright photo as it is', async () => {
    const found = await pipeline.analyse(group, { anyOrientation: true, embed: false });
    expectSameFaces(found.faces, { tolerance: 0 });
  });
});

describe('tiles', () => {
  const LEFT = 4700;
  const TOP = 1100;

  /** A photo of 8 megapixels with the group in a corner, its largest face 16 pixels tall. */
  async function largePhoto(): Promise<{ photo: Buffer; scale: number }> {
    const scale = 16 / faces[0]!.box.height;
    const width = Math.round(size.width * scale);
    const small = await sharp(group).resize(width).png().toBuffer();
    const photo = await sharp({
      create: { width: 5200, height: 1500, channels: 3, background: '#888' },
    })
      .composite([{ input: small, left: LEFT, top: TOP }])
      .png()
      .toBuffer();
    return { photo, scale };
  }

  it('find small faces of a large photo, also where it is stored on its side', async () => {
    const { photo, scale } = await largePhoto();
    expect((await pipeline.analyse(photo, { embed: false })).faces).toEqual([]);
    for (const stored of [photo, await storeAs(6, photo)]) {
      const found = await pipeline.analyse(stored, { tiles: true });
      expect([found.width, found.height]).toEqual([5200, 1500]);
      expect(found.faces).toHaveLength(faces.length);
      for (const { box, embedding } of found.faces) {
        const twin = faces.find(
          (face) => Math.abs(LEFT + face.box.x * scale - box.x) < box.width / 4,
        )!;
        expect(Math.abs(TOP + twin.box.y * scale - box.y)).toBeLessThan(box.height / 4);
        expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
      }
    }
  }, 30_000);
});

function expectSameFaces(found: readonly Face[], { tolerance }: { tolerance: number }): void {
  expect(found).toHaveLength(faces.length);
  for (const [i, { landmarks }] of found.entries()) {
    for (const [j, [x, y]] of landmarks.entries()) {
      expect(Math.abs(x - faces[i]!.landmarks[j]![0])).toBeLessThanOrEqual(tolerance);
      expect(Math.abs(y - faces[i]!.landmarks[j]![1])).toBeLessThanOrEqual(tolerance);
    }
  }
}

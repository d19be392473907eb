import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderClusterSheet } from './render-cluster-sheet.js';
import { renderThumbnail } from './render-thumbnail.js';

const KNOWN = [0, 138, 100];
const QUERY = [0, 114, 178];
const PLACEHOLDER = [232, 235, 239];
const box = { x: 100, y: 100, width: 100, height: 100 };

let folder: string;
let photo: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facedex-sheet-'));
  photo = join(folder, 'red.png');
  const red = { create: { width: 300, height: 300, channels: 3, background: '#c00' } } as const;
  await sharp(red).png().toFile(photo);
});
afterAll(() => rm(folder, { recursive: true }));

function faces(count: number, overrides: { photo?: string; confirmed?: boolean } = {}) {
  return Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    photo,
    person: null,
    box,
    confirmed: false,
    ...overrides,
  }));
}

async function render(shown: ReturnType<typeof faces>, person: string | null = null) {
  const bytes = await renderClusterSheet({ id: 7, person }, shown, 'png');
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3),
  ];
  return { data, width: info.width, height: info.height, at };
}

test('six faces stand in a row, and at most eight rows', async () => {
  expect(await render(faces(1))).toMatchObject({ width: 1072, height: 584 });
  expect(await render(faces(6))).toMatchObject({ width: 2104, height: 584 });
  expect(await render(faces(7))).toMatchObject({ width: 2104, height: 1032 });
  expect((await render(faces(60))).height).toBe(584 + 7 * 448);
});

test('what a user confirmed is told by colour', async () => {
  // The line beneath the first photo.
  expect((await render(faces(1))).at(190, 128 + 323)).toEqual(QUERY);
  expect((await render(faces(1, { confirmed: true }))).at(190, 128 + 323)).toEqual(KNOWN);
});

test('the heading is the name, or the number', async () => {
  const [nobody, ada] = [await render(faces(1)), await render(faces(1), 'Ada')];
  expect(nobody.data.equals(ada.data)).toBe(false);
});

test('a photo that is gone leaves a tile that says so, and no thumbnail', async () => {
  const gone = { photo: join(folder, 'gone.jpg') };
  expect((await render(faces(1, gone))).at(100, 128 + 290)).toEqual(PLACEHOLDER);
  expect(await renderThumbnail({ ...gone, box }, 'jpeg')).toBeUndefined();
});

test('a thumbnail is a square, also of a face at the edge', async () => {
  const bytes = await renderThumbnail({ photo, box: { ...box, x: 280 } }, 'png');
  expect(await sharp(bytes).metadata()).toMatchObject({ width: 320, height: 320 });
});

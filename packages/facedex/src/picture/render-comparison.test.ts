import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Region } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Comparison, type PictureMatch, renderComparison } from './render-comparison.js';

const KNOWN = [0, 138, 100];
const UNKNOWN = [213, 94, 0];
const QUERY = [0, 114, 178];
const PLACEHOLDER = [232, 235, 239];
/** Top left corners of the query's tile and of the first match's, whose photo is 320 pixels. */
const FIRST_TILE = 32;
const FIRST_MATCH = 32 + 320 + 48;
const box = { x: 100, y: 100, width: 100, height: 100 };

let folder: string;
let photo: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facedex-picture-'));
  photo = join(folder, 'photo.png');
  await plain(300, 300).png().toFile(photo);
});
afterAll(() => rm(folder, { recursive: true }));

describe('renderComparison draws on, with a tile that says why, when', () => {
  it('a photo is gone, or is damaged, or is no picture, or is a folder', async () => {
    const text = join(folder, 'text.jpg');
    await writeFile(text, 'no picture');
    const cut = join(folder, 'cut.jpg');
    const whole = await noise(200, 200).jpeg().toBuffer();
    await writeFile(cut, whole.subarray(0, whole.length / 2));
    for (const bad of [join(folder, 'none.jpg'), text, cut, folder]) {
      const picture = await render({ matches: [match({ photo: bad })] });
      expect([bad, picture.at(FIRST_MATCH + 60, FIRST_TILE + 300)]).toEqual([bad, PLACEHOLDER]);
      // Everything that is known about the match is still there.
      expect(picture.at(FIRST_MATCH + 160, FIRST_TILE + 323)).toEqual(KNOWN);
    }
  });

  it('a missing photo and an unreadable one are told apart', async () => {
    const broken = join(folder, 'same-name', 'x.jpg');
    const missing = await render({ matches: [match({ photo: broken })] });
    const unreadable = await render({ matches: [match({ photo: folder })] });
    const caption = { left: FIRST_MATCH, top: FIRST_TILE + 180, width: 320, height: 30 };
    expect(await missing.part(caption)).not.toEqual(await unreadable.part(caption));
  });

  it("the query's photo can't be read", async () => {
    const picture = await render({ probe: { photo: new Uint8Array([1, 2]), box } });
    expect(picture.at(FIRST_TILE + 60, FIRST_TILE + 300)).toEqual(PLACEHOLDER);
  });

  it('nothing matches', async () => {
    const picture = await render({ matches: [] });
    expect(picture.at(FIRST_MATCH + 60, FIRST_TILE + 300)).toEqual(PLACEHOLDER);
  });

  it('the box lies outside of the photo', async () => {
    const far = { x: 9000, y: -9000, width: 50, height: 50 };
    await expect(render({ matches: [match({ box: far })] })).resolves.toBeDefined();
  });
});

describe('renderComparison', () => {
  it('boxes the face of the query and of a match in their colours', async () => {
    const picture = await render({});
    // The square shown has 260 pixels of the photo from (20, 20), so the box starts at 80 of them.
    const edge = Math.round((80 / 260) * 320);
    expect(picture.at(FIRST_TILE + edge, FIRST_TILE + 160)).toEqual(QUERY);
    expect(picture.at(FIRST_MATCH + edge, FIRST_TILE + 160)).toEqual(KNOWN);
    expect(picture.at(FIRST_MATCH + 160, FIRST_TILE + 160)).toEqual([128, 128, 128]);
  });

  it('marks a match beyond the threshold: by colour, by a dashed box and by a word', async () => {
    const known = await render({});
    const unknown = await render({ matches: [match({ known: false })] });
    expect(unknown.at(FIRST_MATCH + 160, FIRST_TILE + 323)).toEqual(UNKNOWN);
    const edge = FIRST_MATCH + Math.round((80 / 260) * 320);
    const column = Array.from({ length: 70 }, (_, i) => unknown.at(edge, FIRST_TILE + 120 + i));
    expect(column).toContainEqual(UNKNOWN);
    expect(column.some(([red = 0, , blue = 0]) => red > 200 && blue > 200)).toBe(true);
    const verdict = { left: FIRST_MATCH + 200, top: FIRST_TILE + 380, width: 110, height: 40 };
    expect(await unknown.inked(verdict)).toBeGreaterThan(1.2 * (await known.inked(verdict)));
  });

  it('cuts a box at the edge of the photo so that all four sides are seen', async () => {
    const corner = { x: -50, y: -50, width: 100, height: 100 };
    const picture = await render({ matches: [match({ box: corner })] });
    expect(picture.at(FIRST_MATCH + 4, FIRST_TILE + 35)).toEqual(KNOWN);
    expect(picture.at(FIRST_MATCH + 35, FIRST_TILE + 4)).toEqual(KNOWN);
  });

  it('shows a face of a large photo at a readable size, and its place in an inset', async () => {
    const crowd = join(folder, 'crowd.png');
    await plain(4000, 3000).png().toFile(crowd);
    const small = { x: 2000, y: 1500, width: 100, height: 100 };
    const picture = await render({ matches: [match({ photo: crowd, box: small })] });
    const edge = FIRST_MATCH + Math.round((80 / 260) * 320);
    expect(picture.at(edge, FIRST_TILE + 160)).toEqual(KNOWN);
    // The white rim of the inset, which is 96 x 72 pixels, 12 from the lower right corner.
    expect(picture.at(FIRST_MATCH + 260, FIRST_TILE + 235)).toEqual([255, 255, 255]);
  });

  it('wraps after ten matches, into rows of about the same length', async () => {
    const sizes: [number, number, number][] = [];
    for (const count of [1, 5, 10, 11, 20, 61]) {
      const { width, height } = await render({
        matches: Array.from({ length: count }, (_, i) => match({ rank: i + 1, photo: folder })),
      });
      sizes.push([
        count,
        (width - FIRST_MATCH - 32 + 24) / (320 + 24),
        (height - 64 + 24) / (424 + 24),
      ]);
    }
    expect(sizes).toEqual([
      [1, 1, 1],
      [5, 5, 1],
      [10, 10, 1],
      [11, 6, 2],
      [20, 10, 2],
      [61, 10, 6],
    ]);
  });

  it('writes rank, name, distance and time: a change of one changes its place alone', async () => {
    const before = await render({});
    const title = { left: FIRST_MATCH, top: FIRST_TILE + 340, width: 320, height: 36 };
    const detail = { left: FIRST_MATCH, top: FIRST_TILE + 380, width: 320, height: 36 };
    const badge = { left: FIRST_MATCH + 12, top: FIRST_TILE + 12, width: 38, height: 38 };
    const time = { left: FIRST_TILE, top: FIRST_TILE + 340, width: 320, height: 36 };
    const places = { title, detail, badge, time };
    const changes: [keyof typeof places, Partial<Comparison>][] = [
      ['title', { matches: [match({ person: '李雷' })] }],
      ['detail', { matches: [match({ distance: 0.9 })] }],
      ['badge', { matches: [match({ rank: 2 })] }],
      ['time', { searchMs: 4.5 }],
    ];
    for (const [changed, change] of changes) {
      const after = await render(change);
      for (const [name, region] of Object.entries(places)) {
        const same = (await before.part(region)).equals(await after.part(region));
        expect([changed, name, same]).toEqual([changed, name, changed !== name]);
      }
    }
  });

  it.each(['jpeg', 'png', 'webp'] as const)('writes %s', async (format) => {
    const bytes = await renderComparison(comparison({}), format);
    expect(await sharp(bytes).metadata()).toMatchObject({ format, width: 752, height: 488 });
  });

  it('draws the same picture each time', async () => {
    const [one, two] = [await render({}), await render({})];
    expect(one.data.equals(two.data)).toBe(true);
  });
});

function match(change: Partial<PictureMatch>): PictureMatch {
  const usual = { rank: 1, person: 'Ann', distance: 0.5, similarity: 0.875, known: true };
  return { ...usual, photo, box, ...change };
}

function comparison(change: Partial<Comparison>): Comparison {
  const probe = { photo, box };
  return { probe, searchMs: 3.2, threshold: 1.1, matches: [match({})], ...change };
}

async function render(change: Partial<Comparison>) {
  const bytes = await renderComparison(comparison(change), 'png');
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const part = (region: Region) => sharp(bytes).extract(region).raw().toBuffer();
  return {
    width: info.width,
    height: info.height,
    data,
    part,
    at: (x: number, y: number) => [...data.subarray((y * info.width + x) * 3).subarray(0, 3)],
    /** How many pixels of a region have ink of any colour. */
    inked: async (region: Region) => {
      const pixels = await part(region);
      let count = 0;
      for (let i = 0; i < pixels.length; i += 3) {
        if (Math.min(...pixels.subarray(i, i + 3)) < 128) count++;
      }
      return count;
    },
  };
}

function plain(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: '#808080' } });
}

function noise(width: number, height: number) {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 256);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

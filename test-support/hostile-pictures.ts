import sharp from 'sharp';
import { pngBomb } from './png-bomb.js';
import { randomFrom } from './random-from.js';

/** A file that nobody would send in good faith. */
export interface HostileFile {
  /** With an extension, which may be the wrong one. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Small valid pictures in every format that the pipeline reads and sharp writes. */
export async function validPictures(): Promise<HostileFile[]> {
  const random = randomFrom(1);
  const raw = { width: 120, height: 90, channels: 3 } as const;
  const data = Buffer.from(Array.from({ length: 120 * 90 * 3 }, () => random() * 256));
  const picture = sharp(data, { raw }).blur(2);
  const files = {
    'a.jpg': picture.clone().jpeg(),
    'progressive.jpg': picture.clone().jpeg({ progressive: true }),
    'exif.jpg': picture.clone().withMetadata({ orientation: 6 }).jpeg(),
    'a.png': picture.clone().png(),
    'palette.png': picture.clone().png({ palette: true, progressive: true }),
    'a.webp': picture.clone().webp(),
    'lossless.webp': picture.clone().webp({ lossless: true }),
    'a.avif': picture.clone().avif({ effort: 0 }),
    'a.tiff': picture.clone().tiff({ compression: 'lzw' }),
    'tiled.tiff': picture.clone().tiff({ tile: true, compression: 'deflate' }),
    'a.gif': picture.clone().gif(),
  };
  return Promise.all(
    Object.entries(files).map(async ([name, file]) => ({ name, bytes: await file.toBuffer() })),
  );
}

/** `count` files, in turn a damaged copy of each valid one; the same in every run. */
export function* mutations(valid: readonly HostileFile[], count: number): Generator<HostileFile> {
  for (let i = 0; i < count; i++) {
    const { name, bytes } = valid[i % valid.length]!;
    yield { name: `mutation-${i}-${name}`, bytes: mutate(bytes, randomFrom(i + 1)) };
  }
}

/** Every file cut off at each of 5 %, 10 %, … 95 % of its length. */
export function* truncations(valid: readonly HostileFile[]): Generator<HostileFile> {
  for (const { name, bytes } of valid) {
    for (let percent = 5; percent < 100; percent += 5) {
      const length = Math.floor((bytes.length * percent) / 100);
      yield { name: `cut-${percent}-${name}`, bytes: bytes.subarray(0, length) };
    }
  }
}

/** Odd sizes, wrong names, and files that ask for far more memory than they have bytes. */
export async function oddities(): Promise<HostileFile[]> {
  const blank = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#a86' } });
  const laughs = Array.from(
    { length: 12 },
    (_, i) => `<g id="g${i + 1}">${`<use href="#g${i}"/>`.repeat(10)}</g>`,
  ).join('');
  return [
    { name: 'empty.jpg', bytes: new Uint8Array() },
    { name: 'one-byte.png', bytes: Uint8Array.of(0x89) },
    { name: 'text.jpg', bytes: Buffer.from('no picture') },
    { name: 'zeros.jpg', bytes: new Uint8Array(100_000) },
    { name: 'really-a-png.jpg', bytes: await blank(64, 64).png().toBuffer() },
    { name: 'really-a-jpeg.gif', bytes: await blank(64, 64).jpeg().toBuffer() },
    { name: '1x1.png', bytes: await blank(1, 1).png().toBuffer() },
    { name: '1x1.jpg', bytes: await blank(1, 1).jpeg().toBuffer() },
    { name: '2x3.png', bytes: await blank(2, 3).png().toBuffer() },
    { name: '30000x1.png', bytes: await blank(30_000, 1).png().toBuffer() },
    { name: '1x30000.png', bytes: await blank(1, 30_000).png().toBuffer() },
    { name: '30000x3.jpg', bytes: await blank(30_000, 3).jpeg().toBuffer() },
    { name: 'bomb.png', bytes: pngBomb(20_000) },
    { name: 'huge.gif', bytes: gifOfSize(65_535, 65_535) },
    {
      name: 'huge.svg',
      bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="90000"/>'),
    },
    {
      name: 'laughs.svg',
      bytes: Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><defs><g id="g0"><circle r="9"/></g>${laughs}</defs><use href="#g12"/></svg>`,
      ),
    },
  ];
}

/** Pictures just within the limit of pixels whose formats can't be decoded in parts. Slow to make. */
export async function largest(): Promise<HostileFile[]> {
  const blank = () =>
    sharp({ create: { width: 16_383, height: 16_383, channels: 3, background: '#a86' } });
  return [
    { name: 'largest.png', bytes: await blank().png().toBuffer() },
    {
      name: 'largest-progressive.jpg',
      bytes: await blank().jpeg({ progressive: true }).toBuffer(),
    },
    { name: 'largest.webp', bytes: await blank().webp({ effort: 0 }).toBuffer() },
  ];
}

function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = () => Math.floor(random() * bytes.length);
  const kind = Math.floor(random() * 5);
  const copy = Uint8Array.from(bytes);
  if (kind === 0) {
    for (let i = 0; i < 1 + random() * 40; i++) copy[at()] = random() * 256;
  } else if (kind === 1) {
    // Headers are where sizes stand.
    for (let i = 0; i < 1 + random() * 4; i++) copy[Math.floor(random() * 64)] = random() * 256;
  } else if (kind === 2) {
    const from = at();
    copy.fill(random() < 0.5 ? 0 : 255, from, from + 1 + random() * 200);
  } else if (kind === 3) {
    const from = at();
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + random() * 100)]);
  } else {
    const from = at();
    const part = bytes.subarray(from, from + 1 + random() * 300);
    return Buffer.concat([bytes.subarray(0, from), part, bytes.subarray(from)]);
  }
  return copy;
}

/** A GIF that claims a size and has no pixels. */
function gifOfSize(width: number, height: number): Uint8Array {
  const size = (value: number) => [value & 255, value >> 8];
  const screen = [...Buffer.from('GIF89a'), ...size(width), ...size(height), 0x80, 0, 0];
  const palette = [0, 0, 0, 255, 255, 255];
  const image = [0x2c, 0, 0, 0, 0, ...size(width), ...size(height), 0, 2, 2, 0x4c, 0x01, 0];
  return Uint8Array.from([...screen, ...palette, ...image, 0x3b]);
}

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp, { type Sharp } from 'sharp';
import { randomFrom } from '../test-support/random-from.js';

/** A picture without a face. */
export interface FacelessPicture {
  readonly name: string;
  readonly source: string | Uint8Array;
}

/** Pictures without a face that the PyPI package scikit-image ships (its coins and people left out). */
const SCIKIT_IMAGE = 'scikit-image==0.16.2';
const SCIKIT_PICTURES = [
  'brick.png',
  'cell.png',
  'chelsea.png',
  'clock_motion.png',
  'coffee.png',
  'color.png',
  'grass.png',
  'gravel.png',
  'horse.png',
  'hubble_deep_field.jpg',
  'ihc.png',
  'logo.png',
  'moon.png',
  'motorcycle_left.png',
  'motorcycle_right.png',
  'page.png',
  'retina.jpg',
  'rocket.jpg',
  'text.png',
];

/** Photographs of a cat, a motorcycle, coffee, …; none, with a printed reason, where pip fails. */
export async function photographedObjects(): Promise<FacelessPicture[]> {
  const target = join(tmpdir(), 'facedex-bench-scikit-image');
  const folder = join(target, 'skimage', 'data');
  if (!existsSync(folder)) {
    const options = ['--no-deps', '--only-binary=:all:', '--python-version', '3.8'];
    const platform = ['--implementation', 'cp', '--platform', 'manylinux1_x86_64'];
    const args = ['install', '--quiet', ...options, ...platform, '--target', target, SCIKIT_IMAGE];
    try {
      await promisify(execFile)('pip', args);
    } catch {
      console.log(`skipped: photographs of objects (pip can't fetch ${SCIKIT_IMAGE})`);
      return [];
    }
  }
  return SCIKIT_PICTURES.map((name) => ({ name, source: join(folder, name) }));
}

const WIDTH = 1280;
const HEIGHT = 960;

/** Noise at several scales and contrasts, gradients, stripes, checks, dots and pages of text. */
export async function* generatedPictures(perKind: number): AsyncGenerator<FacelessPicture> {
  for (let i = 0; i < perKind; i++) {
    const random = randomFrom(i + 1);
    const kinds = {
      noise: noise(random, 1),
      'coarse noise': noise(random, 2 ** (1 + random() * 5)),
      clouds: clouds(random),
      gradient: svg(gradient(random)),
      stripes: svg(stripes(random)),
      shapes: svg(shapes(random)),
      text: svg(text(random)),
    };
    for (const [kind, picture] of Object.entries(kinds)) {
      yield { name: `${kind} ${i}`, source: await picture.png({ compressionLevel: 1 }).toBuffer() };
    }
  }
}

type Random = () => number;

/** Random pixels, enlarged by `grain`. */
function noise(random: Random, grain: number): Sharp {
  const width = Math.ceil(WIDTH / grain);
  const height = Math.ceil(HEIGHT / grain);
  const channels = random() < 0.5 ? 1 : 3;
  const data = Buffer.alloc(width * height * channels);
  for (let i = 0; i < data.length; i++) data[i] = random() * 256;
  return sharp(data, { raw: { width, height, channels } }).resize(WIDTH, HEIGHT, { fit: 'fill' });
}

/** Noise at all scales at once, as in natural pictures: amplitudes fall with the frequency. */
function clouds(random: Random): Sharp {
  const data = Buffer.alloc(WIDTH * HEIGHT * 3);
  const layers = [1, 2, 3, 4, 5, 6, 7].map((octave) => {
    const side = 2 ** octave + 2;
    return {
      cells: 2 ** octave,
      side,
      values: Float32Array.from({ length: side * side * 3 }, random),
    };
  });
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (const { cells, side, values } of layers) {
          const u = (x / WIDTH) * cells;
          const v = (y / WIDTH) * cells;
          const column = Math.floor(u);
          const at = (Math.floor(v) * side + column) * 3 + c;
          const top = values[at]! + (values[at + 3]! - values[at]!) * (u - column);
          const below = values[at + side * 3]!;
          const bottom = below + (values[at + side * 3 + 3]! - below) * (u - column);
          sum += (top + (bottom - top) * (v - Math.floor(v)) - 0.5) / Math.sqrt(cells);
        }
        data[(y * WIDTH + x) * 3 + c] = Math.max(0, Math.min(255, 128 + sum * 180));
      }
    }
  }
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

function svg(content: string): Sharp {
  const document = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${content}</svg>`;
  return sharp(Buffer.from(document)).flatten({ background: '#fff' });
}

function colour(random: Random): string {
  return `hsl(${random() * 360},${random() * 100}%,${random() * 100}%)`;
}

function gradient(random: Random): string {
  const stops = [0, 0.3, 0.6, 1]
    .map((offset) => `<stop offset="${offset}" stop-color="${colour(random)}"/>`)
    .join('');
  const kind = random() < 0.5 ? 'linearGradient' : 'radialGradient';
  return `<${kind} id="g">${stops}</${kind}><rect width="100%" height="100%" fill="url(#g)"/>`;
}

function stripes(random: Random): string {
  const step = 8 + random() * 80;
  const lines = Array.from({ length: Math.ceil((WIDTH * 3) / step) }, (_, i) => {
    const x = i * step - WIDTH;
    return `<line x1="${x}" y1="-2000" x2="${x}" y2="3000"/>`;
  }).join('');
  const turn = `rotate(${random() * 180} ${WIDTH / 2} ${HEIGHT / 2})`;
  return `<g stroke="${colour(random)}" stroke-width="${step / 2}" transform="${turn}">${lines}</g>`;
}

/** Ellipses and boxes over each other: some look like two eyes and a mouth. */
function shapes(random: Random): string {
  return Array.from({ length: 300 }, () => {
    const [x, y] = [random() * WIDTH, random() * HEIGHT];
    const [w, h] = [4 + random() ** 3 * 200, 4 + random() ** 3 * 200];
    const fill = colour(random);
    return random() < 0.7
      ? `<ellipse cx="${x}" cy="${y}" rx="${w}" ry="${h}" fill="${fill}"/>`
      : `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}"/>`;
  }).join('');
}

function text(random: Random): string {
  const size = 8 + random() ** 2 * 90;
  const letters = 'abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 .,:;?!()%@O8';
  const line = () =>
    Array.from({ length: Math.ceil((WIDTH / size) * 1.8) }, () =>
      letters.charAt(random() * letters.length),
    ).join('');
  const lines = Array.from(
    { length: Math.ceil(HEIGHT / (size * 1.2)) },
    (_, i) => `<text x="8" y="${(i + 1) * size * 1.2}">${line()}</text>`,
  ).join('');
  const font = random() < 0.5 ? 'serif' : 'sans-serif';
  return `<g font-size="${size}" font-family="${font}" fill="${colour(random)}">${lines}</g>`;
}

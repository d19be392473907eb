import { MAX_DIMENSION } from '../arguments.js';
import type { ByteReader } from './byte-reader.js';
import { finiteFloats } from './floats.js';

/** What happens to vectors before an index gets them. */
export interface Transform {
  fourcc: string;
  dimensionIn: number;
  dimensionOut: number;
  isTrained: boolean;
  /** Whether it can be undone, which quantizers need. */
  isInvertible: boolean;
  factory: string;
}

const LINEAR: ReadonlySet<string> = new Set(['rrot', 'PCAm', 'PcAm', 'Pcam', 'LTra', 'Viqm']);
const ANY_INT: [number, number] = [-(2 ** 31), 2 ** 31 - 1];
/** Training takes as many, and FAISS's default is 50. */
const MAX_ITERATIONS = 10_000;
const ANY_FLOAT: [number, number] = [-Infinity, Infinity];

/** Walks a transform of vectors with `dimension` components. */
export async function readTransform(reader: ByteReader, dimension: number): Promise<Transform> {
  const fourcc = await reader.fourcc();
  if (LINEAR.has(fourcc)) {
    return await readLinear(reader, fourcc, dimension);
  }
  switch (fourcc) {
    case 'RmDT':
      return await readRemapping(reader, fourcc, dimension);
    case 'VNrm':
      // FAISS knows no other norm, and says so only when it applies it.
      await reader.float32('the norm', [2, 2]);
      return await readEnd(reader, { fourcc, dimension, factory: 'L2norm' }, { keeps: true });
    case 'VCnt': {
      const length = await readFloats(reader, 'the mean');
      const end = await readEnd(
        reader,
        { fourcc, dimension, factory: 'Centering' },
        { keeps: true },
      );
      checkLength(reader, 'the mean', { length, expected: end.isTrained ? dimension : 0 });
      return end;
    }
    case 'Viqt':
      return await readItq(reader, fourcc, dimension);
    default:
      throw reader.corrupt(`${JSON.stringify(fourcc)} is no transform of FAISS's`, 4);
  }
}

interface Begun {
  fourcc: string;
  dimension: number;
  factory: string;
}

/** Dimensions come last, so sizes are compared when all has been read. */
async function readLinear(
  reader: ByteReader,
  fourcc: string,
  dimension: number,
): Promise<Transform> {
  let name = fourcc === 'rrot' ? 'RR' : fourcc === 'Viqm' ? 'ITQ' : 'OPQ';
  let isInvertible = true;
  if (fourcc.toLowerCase() === 'pcam') {
    const power = await reader.float32("PCA's eigen_power", [-1, 1]);
    if (fourcc === 'Pcam') {
      await reader.float32("PCA's epsilon", ANY_FLOAT);
    }
    const rotates = await reader.flag('whether PCA rotates');
    if (fourcc !== 'PCAm') {
      await reader.int32("PCA's balanced bins", ANY_INT);
    }
    for (const what of ["PCA's mean", "PCA's eigenvalues", "PCA's matrix"]) {
      await skipFloats(reader, what);
    }
    name = `PCA${power < 0 ? 'W' : ''}${rotates ? 'R' : ''}`;
    isInvertible = power === 0;
  } else if (fourcc === 'Viqm') {
    await reader.int32("ITQ's iterations", [0, MAX_ITERATIONS]);
    await reader.int32("ITQ's seed", ANY_INT);
  }
  const hasBias = await reader.flag('whether there is a bias');
  const matrix = await readFloats(reader, 'the matrix');
  const bias = await readFloats(reader, 'the bias');
  const end = await readEnd(reader, { fourcc, dimension, factory: '' });
  const { dimensionOut, isTrained } = end;
  if (name.startsWith('PCA') && dimensionOut > dimension) {
    throw reader.corrupt(`PCA can't make ${dimensionOut} components from ${dimension}`, 5);
  }
  if (isTrained || matrix !== 0) {
    checkLength(reader, 'the matrix', { length: matrix, expected: dimension * dimensionOut });
  }
  if (isTrained && (hasBias || bias !== 0)) {
    checkLength(reader, 'the bias', { length: bias, expected: dimensionOut });
  }
  return { ...end, isInvertible, factory: `${name}${dimensionOut}` };
}

async function readRemapping(
  reader: ByteReader,
  fourcc: string,
  dimension: number,
): Promise<Transform> {
  const length = await reader.arrayLength('the map of components', 4);
  await reader.visit('the map of components', length * 4, (chunk, size) => {
    for (const component of new Int32Array(chunk, 0, size / 4)) {
      if (component < -1 || component >= dimension) {
        throw reader.corrupt(`component ${component} is mapped, out of ${dimension}`);
      }
    }
  });
  const end = await readEnd(reader, { fourcc, dimension, factory: `Pad${length}` });
  checkLength(reader, 'the map of components', { length, expected: end.dimensionOut });
  return end;
}

async function readItq(reader: ByteReader, fourcc: string, dimension: number): Promise<Transform> {
  const mean = await readFloats(reader, "ITQ's mean");
  await reader.flag('whether ITQ begins with PCA');
  const inner: Transform[] = [];
  for (const expected of ['Viqm', 'LTra']) {
    const name = await reader.fourcc();
    if (name !== expected) {
      throw reader.corrupt(`${JSON.stringify(name)} is in place of ITQ's ${expected}`, 4);
    }
    // The rotation is between components that only the end tells.
    inner.push(await readLinearOfAnySize(reader, name));
  }
  const end = await readEnd(reader, { fourcc, dimension, factory: '' });
  const [rotation, whole] = [inner[0]!, inner[1]!];
  if (end.dimensionOut > dimension) {
    throw reader.corrupt(`ITQ can't make ${end.dimensionOut} components from ${dimension}`, 5);
  }
  if (end.isTrained) {
    checkLength(reader, "ITQ's mean", { length: mean, expected: dimension });
    const fits =
      whole.isTrained &&
      whole.dimensionIn === dimension &&
      whole.dimensionOut === end.dimensionOut &&
      rotation.dimensionIn === rotation.dimensionOut;
    if (!fits) {
      throw reader.corrupt("ITQ's parts have other dimensions than ITQ");
    }
  }
  return { ...end, isInvertible: false, factory: `ITQ${end.dimensionOut}` };
}

async function readLinearOfAnySize(reader: ByteReader, fourcc: string): Promise<Transform> {
  const begin = reader.position;
  const dimension = await dimensionOfLinear(reader.again(begin), fourcc);
  return await readLinear(reader, fourcc, dimension);
}

/** Looks ahead for the dimension that comes after a matrix. */
async function dimensionOfLinear(reader: ByteReader, fourcc: string): Promise<number> {
  reader.skip("ITQ's part", fourcc === 'Viqm' ? 9 : 1);
  await skipFloats(reader, 'the matrix');
  await skipFloats(reader, 'the bias');
  return await reader.int32('the dimension before', [1, MAX_DIMENSION]);
}

/** What all transforms end with. */
async function readEnd(
  reader: ByteReader,
  { fourcc, dimension, factory }: Begun,
  { keeps = false } = {},
): Promise<Transform> {
  await reader.int32('the dimension before the transform', [dimension, dimension]);
  const dimensionOut = await reader.int32(
    'the dimension after the transform',
    keeps ? [dimension, dimension] : [1, MAX_DIMENSION],
  );
  const isTrained = await reader.flag('whether the transform is trained');
  return { fourcc, dimensionIn: dimension, dimensionOut, isTrained, isInvertible: true, factory };
}

async function skipFloats(reader: ByteReader, what: string): Promise<number> {
  const length = await reader.arrayLength(what, 4);
  reader.skip(what, length * 4);
  return length;
}

async function readFloats(reader: ByteReader, what: string): Promise<number> {
  const length = await reader.arrayLength(what, 4);
  await finiteFloats(reader, what, length);
  return length;
}

function checkLength(
  reader: ByteReader,
  what: string,
  { length, expected }: { length: number; expected: number },
): void {
  if (length !== expected) {
    throw reader.corrupt(`${what} before it has ${length} numbers instead of ${expected}`);
  }
}

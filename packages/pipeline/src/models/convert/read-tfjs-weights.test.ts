import { describe, expect, it } from 'vitest';
import { convertDlibResnet } from './convert-dlib-resnet.js';
import { readTfjsWeights } from './read-tfjs-weights.js';

const PLAIN = { name: 'plain', shape: [2], dtype: 'float32' };
const BYTES = {
  name: 'bytes',
  shape: [1, 3],
  dtype: 'float32',
  quantization: { dtype: 'uint8', scale: 0.5, min: -1 },
};

function manifestOf(...weights: unknown[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify([{ weights }]));
}

const DATA = new Uint8Array([...new Uint8Array(Float32Array.of(1.5, -2).buffer), 0, 2, 255]);

describe('weights that are damaged', () => {
  it.each([
    ['no JSON', new TextEncoder().encode('[{"weights": [')],
    ['JSON of another kind', new TextEncoder().encode('{"format": "layers-model"}')],
    ['another type of values', manifestOf({ ...PLAIN, dtype: 'complex64' })],
    ['a negative size', manifestOf({ ...PLAIN, shape: [-2] })],
  ])('%s is refused', (_, manifest) => {
    expect(() => readTfjsWeights(manifest, DATA)).toThrow(
      expect.objectContaining({ code: 'CONVERSION_FAILED' }),
    );
  });

  it('too few and too many values are refused with both sizes', () => {
    const manifest = manifestOf(PLAIN, BYTES);
    const expected = /expected 11 bytes of weights as the manifest says, received/;
    expect(() => readTfjsWeights(manifest, DATA.subarray(0, 5))).toThrow(expected);
    expect(() => readTfjsWeights(manifest, new Uint8Array(12))).toThrow(expected);
  });

  it('a size beyond any memory is refused without taking it', () => {
    const manifest = manifestOf({ ...PLAIN, shape: [1e9, 1e6] });
    expect(() => readTfjsWeights(manifest, DATA)).toThrow(/received 11/);
  });

  it('weights of another network are refused by the name of the first that is missing', () => {
    expect(() => convertDlibResnet(manifestOf(PLAIN, BYTES), DATA)).toThrow(
      /conv32_down\/conv\/filters is missing/,
    );
  });
});

it('reads plain and quantised weights', () => {
  const weights = readTfjsWeights(manifestOf(PLAIN, BYTES), DATA);
  expect(weights.get('plain')).toEqual({ shape: [2], values: Float32Array.of(1.5, -2) });
  expect(weights.get('bytes')).toEqual({ shape: [1, 3], values: Float32Array.of(-1, 0, 126.5) });
});

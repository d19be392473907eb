import { Builder } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import { noise, relativeDifference, runOnnx } from '../../../test/models/networks.js';
import { convertTflite } from './convert-tflite.js';
import { readTflite } from './read-tflite.js';

interface TestTensor {
  name: string;
  shape: number[];
  values?: Float32Array;
}

interface TestOperator {
  code: number;
  inputs: number[];
  outputs: number[];
}

/** Writes a TFLite file with one graph, from tensor 0 to the last tensor. */
function tfliteFile(tensors: TestTensor[], operators: TestOperator[]): Uint8Array {
  const b = new Builder();
  const table = (fields: Record<number, (field: number) => void>, count: number) => {
    b.startObject(count);
    for (const [field, add] of Object.entries(fields)) add(Number(field));
    return b.endObject();
  };
  const offset = (value: number) => (field: number) => b.addFieldOffset(field, value, 0);
  const int = (value: number) => (field: number) => b.addFieldInt32(field, value, -99);
  const offsets = (values: number[]) => {
    b.startVector(4, values.length, 4);
    for (const value of values.toReversed()) b.addOffset(value);
    return b.endVector();
  };
  const ints = (values: number[]) => {
    b.startVector(4, values.length, 4);
    for (const value of values.toReversed()) b.addInt32(value);
    return b.endVector();
  };
  const buffers = tensors.map(({ values }) => {
    const data = b.createByteVector(bytesOf(values));
    return table({ 0: offset(data) }, 1);
  });
  const tensorTables = tensors.map(({ name, shape }, i) => {
    const [nameAt, shapeAt] = [b.createString(name), ints(shape)];
    return table({ 0: offset(shapeAt), 2: int(i), 3: offset(nameAt) }, 4);
  });
  const operatorTables = operators.map(({ inputs, outputs }, i) => {
    const [inputsAt, outputsAt] = [ints(inputs), ints(outputs)];
    return table({ 0: int(i), 1: offset(inputsAt), 2: offset(outputsAt) }, 5);
  });
  const codes = operators.map(({ code }) => table({ 3: int(code) }, 4));
  const [tensorsAt, inputsAt] = [offsets(tensorTables), ints([0])];
  const [outputsAt, operatorsAt] = [ints([tensors.length - 1]), offsets(operatorTables)];
  const graph = table(
    { 0: offset(tensorsAt), 1: offset(inputsAt), 2: offset(outputsAt), 3: offset(operatorsAt) },
    4,
  );
  const [codesAt, graphsAt, buffersAt] = [offsets(codes), offsets([graph]), offsets(buffers)];
  b.finish(table({ 1: offset(codesAt), 2: offset(graphsAt), 4: offset(buffersAt) }, 5), 'TFL3');
  return b.asUint8Array();
}

function bytesOf(values: Float32Array = new Float32Array()): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

const [RELU, NEG, MUL, ADD, FULLY_CONNECTED, TANH] = [19, 59, 18, 0, 9, 28];

const IMAGE = [1, 2, 2, 3];
const SLOPES = Float32Array.of(0.25, -1, 2);
const WEIGHTS = noise(24);
const BIAS = Float32Array.of(1, -1);

/** A PReLU written as six operations, then a dense layer over the whole image. */
function network({ addsTo = 1 } = {}): Uint8Array {
  const image = (name: string) => ({ name, shape: IMAGE });
  return tfliteFile(
    [
      ...['x', 'positive', 'minus', 'negative', 'minusNegative'].map(image),
      { name: 'slopes', shape: [3], values: SLOPES },
      ...['scaled', 'sum'].map(image),
      { name: 'weights', shape: [2, 12], values: WEIGHTS },
      { name: 'bias', shape: [2], values: BIAS },
      { name: 'y', shape: [1, 2] },
    ],
    [
      { code: RELU, inputs: [0], outputs: [1] },
      { code: NEG, inputs: [0], outputs: [2] },
      { code: RELU, inputs: [2], outputs: [3] },
      { code: NEG, inputs: [3], outputs: [4] },
      { code: MUL, inputs: [5, 4], outputs: [6] },
      { code: ADD, inputs: [addsTo, 6], outputs: [7] },
      { code: FULLY_CONNECTED, inputs: [7, 8, 9], outputs: [10] },
    ],
  );
}

const OUTPUTS = { outputs: { y: 'embedding' } };

describe('a file that is no TFLite network', () => {
  it.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('<html>404 Not Found</html>')],
    ['only the first bytes of one', network().subarray(0, 8)],
  ])('%s is refused', (_, bytes) => {
    expect(() => readTflite(bytes)).toThrow(
      expect.objectContaining({
        code: 'CONVERSION_FAILED',
        message: expect.stringMatching(/expected a TFLite file/),
      }),
    );
  });

  it('every truncation and every changed byte is refused or read, and never hangs', () => {
    const bytes = network();
    const damaged = Array.from(bytes.keys()).flatMap((i) => {
      const changed = Uint8Array.from(bytes);
      changed[i] = 0xff;
      return [bytes.subarray(0, i), changed];
    });
    for (const file of damaged) {
      try {
        convertTflite(file, OUTPUTS);
      } catch (error) {
        expect(error).toMatchObject({ code: 'CONVERSION_FAILED' });
      }
    }
  });
});

describe('a network that can’t be converted', () => {
  it('an unknown operation is named', () => {
    const tensors = ['x', 'y'].map((name) => ({ name, shape: IMAGE }));
    const file = tfliteFile(tensors, [{ code: TANH, inputs: [0], outputs: [1] }]);
    expect(() => convertTflite(file, OUTPUTS)).toThrow(/operation BUILTIN_28/);
  });

  it('operations that only look like a PReLU are not taken for one', () => {
    expect(() => convertTflite(network({ addsTo: 0 }), OUTPUTS)).toThrow(/operation RELU/);
  });

  it('an output that has no new name is named', () => {
    expect(() => convertTflite(network(), { outputs: {} })).toThrow(/output y of shape \[1,2\]/);
  });
});

it('a converted network computes what the file says, for several pictures at once', async () => {
  const pictures = noise(2 * 12, -1, 1);
  // Ours takes [N, C, H, W]: index (n, y, x, c) of the file's lies at (n, c, y, x).
  const planes = Float32Array.from(pictures, (_, i) => {
    const [n, c, pixel] = [Math.floor(i / 12), Math.floor((i % 12) / 4), i % 4];
    return pictures[n * 12 + pixel * 3 + c]!;
  });
  const { embedding } = await runOnnx(convertTflite(network(), OUTPUTS), planes, [2, 3, 2, 2]);
  const expected = Float32Array.from({ length: 4 }, (_, i) => {
    const [n, row] = [Math.floor(i / 2), i % 2];
    let sum = BIAS[row]!;
    for (let j = 0; j < 12; j++) {
      const x = pictures[n * 12 + j]!;
      sum += WEIGHTS[row * 12 + j]! * (x > 0 ? x : x * SLOPES[j % 3]!);
    }
    return sum;
  });
  expect(embedding?.dims).toEqual([2, 2]);
  // Twelve products in another order.
  expect(relativeDifference(embedding?.data, expected)).toBeLessThan(1e-6);
});

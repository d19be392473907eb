import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { noise, relativeDifference, runOnnx } from '../../../test/models/networks.js';
import { convertGraphDef } from './convert-graph-def.js';

type Attributes = Record<string, object>;
interface Node {
  name: string;
  op: string;
  input?: string[];
  attr?: Attributes;
}

/** Only what the tests write; names and numbers of the fields are TensorFlow's. */
const PROTO = `
syntax = "proto3";
message GraphDef { repeated NodeDef node = 1; }
message NodeDef { string name = 1; string op = 2; repeated string input = 3; map<string, Attr> attr = 5; }
message Attr {
  oneof value { List list = 1; bytes s = 2; float f = 4; bool b = 5; Shape shape = 7; Tensor tensor = 8; }
}
message List { repeated int64 i = 3; }
message Shape { repeated Dim dim = 2; message Dim { int64 size = 1; } }
message Tensor {
  int32 dtype = 1; Shape tensor_shape = 2; bytes tensor_content = 4;
  repeated float float_val = 5; repeated int32 int_val = 7;
}
`;
const GRAPH_DEF = protobuf.parse(PROTO).root.lookupType('GraphDef');

const shapeOf = (sizes: number[]) => ({ dim: sizes.map((size) => ({ size })) });
const text = (value: string) => ({ s: new TextEncoder().encode(value) });
const list = (...i: number[]) => ({ list: { i } });

function graphDef(nodes: Node[]): Uint8Array {
  return GRAPH_DEF.encode(GRAPH_DEF.fromObject({ node: nodes })).finish();
}

function constant(name: string, shape: number[], values: Float32Array): Node {
  const tensorContent = new Uint8Array(values.buffer);
  return {
    name,
    op: 'Const',
    attr: { value: { tensor: { dtype: 1, tensorShape: shapeOf(shape), tensorContent } } },
  };
}

function integers(name: string, values: number[]): Node {
  const tensorShape = shapeOf([values.length]);
  return {
    name,
    op: 'Const',
    attr: { value: { tensor: { dtype: 3, tensorShape, intVal: values } } },
  };
}

/** One number for all values of the constant, as TensorFlow writes constants of equal values. */
function repeated(name: string, shape: number[], value: number): Node {
  return {
    name,
    op: 'Const',
    attr: { value: { tensor: { dtype: 1, tensorShape: shapeOf(shape), floatVal: [value] } } },
  };
}

const input = (...shape: number[]): Node => ({
  name: 'input',
  op: 'Placeholder',
  attr: { shape: { shape: shapeOf(shape) } },
});

function convolution(name: string, [from, kernel]: [string, string], attr: Attributes = {}): Node {
  const usual = { strides: list(1, 1, 1, 1), padding: text('VALID'), data_format: text('NHWC') };
  return { name, op: 'Conv2D', input: [from, kernel], attr: { ...usual, ...attr } };
}

const SIZE = 4;

/** A 1x1 convolution of 3 to 2 channels, and what is done to it; one pixel at a time, by hand. */
const KERNEL = Float32Array.of(1, 2, 3, 4, 5, 6);
function byHand(pixel: readonly number[]): number[] {
  const [r = 0, g = 0, b = 0] = pixel;
  return [r * 1 + g * 3 + b * 5, r * 2 + g * 4 + b * 6];
}

async function run(nodes: Node[], data: Float32Array, output = 'output') {
  const onnx = convertGraphDef(graphDef(nodes), { output });
  const faces = data.length / (3 * SIZE * SIZE);
  return (await runOnnx(onnx, data, [faces, 3, SIZE, SIZE])).embedding!;
}

/** Ends an image of 4x4 in a list by the mean of its pixels. */
const mean = (from: string): Node[] => [
  {
    name: 'mean',
    op: 'AvgPool',
    input: [from],
    attr: { ksize: list(1, SIZE, SIZE, 1), strides: list(1, 1, 1, 1), padding: text('VALID') },
  },
  integers('shape', [-1, 2]),
  { name: 'output', op: 'Reshape', input: ['mean', 'shape'] },
];

describe('a graph that can’t be converted', () => {
  it.each([
    ['nothing', new Uint8Array()],
    ['a page', new TextEncoder().encode('<html>404 Not Found</html>')],
    ['a constant without its values', graphDef([constant('w', [9, 9], new Float32Array(1))])],
    ['a constant that claims a huge size', graphDef([repeated('w', [1e9, 1e9], 1)])],
  ])('%s: says that it is none', (_, bytes) => {
    expect(() => convertGraphDef(bytes, { output: 'output' })).toThrow(
      expect.objectContaining({ code: 'CONVERSION_FAILED' }),
    );
  });

  it.each<[string, Node[], RegExp]>([
    ['another output', [input(1, SIZE, SIZE, 3)], /no node output/],
    ['an operation that is not known', [{ name: 'output', op: 'LRN', input: ['x'] }], /LRN/],
    [
      'a dilated convolution',
      [
        input(1, SIZE, SIZE, 3),
        constant('kernel', [1, 1, 3, 2], KERNEL),
        convolution('output', ['input', 'kernel'], { dilations: list(1, 2, 2, 1) }),
      ],
      /dilated/,
    ],
    [
      'channels first',
      [
        input(1, SIZE, SIZE, 3),
        constant('kernel', [1, 1, 3, 2], KERNEL),
        convolution('output', ['input', 'kernel'], { data_format: text('NCHW') }),
      ],
      /channels first/,
    ],
    [
      'a reshape of an image',
      [
        input(1, SIZE, SIZE, 3),
        integers('shape', [-1, 48]),
        { name: 'output', op: 'Reshape', input: ['input', 'shape'] },
      ],
      /several pixels/,
    ],
  ])('%s: is named', (_, nodes, reason) => {
    expect(() => convertGraphDef(graphDef(nodes), { output: 'output' })).toThrow(reason);
  });
});

describe('a converted graph', () => {
  const faces = noise(2 * 3 * SIZE * SIZE);
  /** The mean over the pixels of a linear function is that function of the mean pixel. */
  const meanPixels = [0, 1].map((face) =>
    [0, 1, 2].map((channel) => {
      const at = (face * 3 + channel) * SIZE * SIZE;
      return faces.subarray(at, at + SIZE * SIZE).reduce((sum, v) => sum + v, 0) / SIZE ** 2;
    }),
  );

  it('has bias, batch normalisation and a constant factor folded into its convolution', async () => {
    const nodes = [
      input(1, SIZE, SIZE, 3),
      constant('kernel', [1, 1, 3, 2], KERNEL),
      convolution('conv', ['input:0', 'kernel']),
      constant('bias', [2], Float32Array.of(0.5, -1)),
      { name: 'biased', op: 'BiasAdd', input: ['conv', 'bias', '^input'] },
      constant('gamma', [2], Float32Array.of(2, 3)),
      constant('beta', [2], Float32Array.of(-4, 5)),
      constant('average', [2], Float32Array.of(0.25, 0.75)),
      constant('variance', [2], Float32Array.of(4, 9)),
      {
        name: 'normal',
        op: 'FusedBatchNormV3',
        input: ['biased', 'gamma', 'beta', 'average', 'variance'],
        attr: { epsilon: { f: 1e-3 } },
      },
      repeated('factor', [], 0.5),
      { name: 'scaled', op: 'Mul', input: ['factor', 'normal'] },
      ...mean('scaled'),
    ];
    const { data, dims } = await run(nodes, faces);
    expect(dims).toEqual([2, 2]);
    const expected = meanPixels.flatMap((pixel) => {
      const [a = 0, b = 0] = byHand(pixel);
      return [
        0.5 * (((a + 0.5 - 0.25) / Math.sqrt(4.001)) * 2 - 4),
        0.5 * (((b - 1 - 0.75) / Math.sqrt(9.001)) * 3 + 5),
      ];
    });
    expect(relativeDifference(data, Float32Array.from(expected))).toBeLessThan(1e-6);
  });

  it('puts kernels, pads and strides where TensorFlow has them', async () => {
    // A kernel of 3x1 whose only weight is the lower one, on red: with padding, the row below.
    const kernel = new Float32Array(9);
    kernel[6] = 1;
    const nodes = [
      input(1, SIZE, SIZE, 3),
      constant('kernel', [3, 1, 3, 1], kernel),
      convolution('below', ['input', 'kernel'], { padding: text('SAME') }),
      {
        name: 'pooled',
        op: 'MaxPool',
        input: ['below'],
        attr: { ksize: list(1, 4, 1, 1), strides: list(1, 1, 4, 1), padding: text('VALID') },
      },
      integers('shape', [-1, 1]),
      { name: 'output', op: 'Reshape', input: ['pooled', 'shape'] },
    ];
    const { data } = await run(nodes, faces);
    const expected = [0, 1].map((face) => {
      const red = faces.subarray(face * 3 * SIZE * SIZE);
      // The first column; below the last row there are zeros.
      return Math.max(red[SIZE]!, red[2 * SIZE]!, red[3 * SIZE]!, 0);
    });
    expect([...data]).toEqual(expected.map((value) => expect.closeTo(value, 6)));
  });

  it('joins and adds branches, and reads a dense layer through reshapes', async () => {
    const nodes = [
      input(1, SIZE, SIZE, 3),
      constant('kernel', [1, 1, 3, 2], KERNEL),
      convolution('a', ['input', 'kernel']),
      { name: 'double', op: 'AddV2', input: ['a', 'a'] },
      integers('axis', [3]),
      { name: 'joined', op: 'ConcatV2', input: ['double', 'input', 'axis'] },
      {
        name: 'mean',
        op: 'AvgPool',
        input: ['joined'],
        attr: { ksize: list(1, SIZE, SIZE, 1), strides: list(1, 1, 1, 1), padding: text('VALID') },
      },
      integers('flat', [1, 5]),
      { name: 'list', op: 'Reshape', input: ['mean', 'flat'] },
      constant('dense', [5, 1], Float32Array.of(1, 10, 100, 1000, 10000)),
      { name: 'product', op: 'MatMul', input: ['list', 'dense'] },
      integers('image', [-1, 1, 1, 1]),
      { name: 'pixel', op: 'Reshape', input: ['product', 'image'] },
      repeated('shift', [1], 7),
      { name: 'output', op: 'BiasAdd', input: ['pixel', 'shift'] },
    ];
    const { data } = await run(nodes, faces);
    const expected = meanPixels.map((pixel) => {
      const [a = 0, b = 0] = byHand(pixel);
      const [r = 0, g = 0, blue = 0] = pixel;
      return 2 * a + 20 * b + 100 * r + 1000 * g + 10000 * blue + 7;
    });
    expect(relativeDifference(data, Float32Array.from(expected))).toBeLessThan(1e-6);
  });
});

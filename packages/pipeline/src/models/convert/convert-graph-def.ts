import { PipelineError } from '../../pipeline-error.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { readGraphDef, type TensorflowNode, type TensorflowValue } from './read-graph-def.js';
import { transpose } from './transpose.js';

/**
 * Converts a frozen TensorFlow graph of convolutions, pools, concatenations, sums, dense layers and
 * batch normalisation to ONNX, with channels before rows and any number of pictures. What comes
 * after a convolution or a dense layer and is linear (bias, batch normalisation, a constant factor)
 * is folded into it.
 *
 * Input `input` [N, 3, H, W] of the placeholder's size; output `embedding` [N, values], which is the
 * node `output` of the graph.
 *
 * @throws {PipelineError} `CONVERSION_FAILED` when the file is damaged or has another operation
 */
export function convertGraphDef(bytes: Uint8Array, { output }: { output: string }): Uint8Array {
  return new GraphDefConverter(readGraphDef(bytes)).convert(output);
}

/** A tensor of the ONNX graph: an image [channels, height, width], or a list [channels]. */
interface Tensor {
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Operations that can be folded into the convolution or dense layer before them. */
const FOLDED = ['BiasAdd', 'Mul', 'FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'];

class GraphDefConverter {
  readonly #nodes: ReadonlyMap<string, TensorflowNode>;
  readonly #graph = new GraphBuilder('facedex');
  readonly #tensors = new Map<string, Tensor>();

  constructor(nodes: ReadonlyMap<string, TensorflowNode>) {
    this.#nodes = nodes;
  }

  convert(output: string): Uint8Array {
    const { name, channels } = this.#tensor(output);
    this.#graph.output('embedding', name, ['N', channels]);
    return this.#graph.build();
  }

  #tensor(name: string): Tensor {
    const known = this.#tensors.get(name);
    if (known) return known;
    const tensor = this.#convertNode(this.#node(name));
    this.#tensors.set(name, tensor);
    return tensor;
  }

  #convertNode(node: TensorflowNode): Tensor {
    const source = this.#sourceOf(node);
    if (source.op === 'Conv2D') return this.#convolution(source, this.#foldedInto(source, node));
    if (source.op === 'MatMul') return this.#dense(source, this.#foldedInto(source, node));
    const [first = ''] = node.inputs;
    switch (node.op) {
      case 'Placeholder':
        return this.#input(node);
      case 'Identity':
        return this.#tensor(first);
      case 'Relu': {
        const input = this.#tensor(first);
        return { ...input, name: this.#graph.node('Relu', [input.name]) };
      }
      case 'MaxPool':
        return this.#pool(node, 'MaxPool');
      case 'AvgPool':
        // TensorFlow doesn't count the padding; nothing that we convert has any here.
        if (node.texts.padding !== 'VALID') throw unsupported('an average pool with padding');
        return this.#pool(node, 'AveragePool');
      case 'ConcatV2':
        return this.#concatenation(node);
      case 'Add':
      case 'AddV2':
        return this.#sum(node);
      case 'Reshape':
        return this.#flatten(node);
      default:
        throw unsupported(`operation ${node.op} (${node.name})`);
    }
  }

  /** Goes back over what can be folded, to the operation that it would be folded into. */
  #sourceOf(node: TensorflowNode): TensorflowNode {
    if (!FOLDED.includes(node.op) && node.op !== 'Reshape') return node;
    const source = this.#sourceOf(this.#node(this.#dataOf(node)));
    // A reshape of a list moves no values; one of an image is a layer of its own.
    return node.op === 'Reshape' && source.op !== 'MatMul' ? node : source;
  }

  /** The scale and shift per channel of all that lies between `source` and `node`. */
  #foldedInto(source: TensorflowNode, node: TensorflowNode): Affine {
    if (node === source) {
      const channels = this.#constant(source.inputs[1]).shape.at(-1) ?? 0;
      return { scale: new Float64Array(channels).fill(1), shift: new Float64Array(channels) };
    }
    const { scale, shift } = this.#foldedInto(source, this.#node(this.#dataOf(node)));
    const [factor, offset] = this.#affineOf(node, scale.length);
    return {
      scale: scale.map((value, c) => value * factor(c)),
      shift: shift.map((value, c) => value * factor(c) + offset(c)),
    };
  }

  #affineOf(node: TensorflowNode, channels: number): [PerChannel, PerChannel] {
    const { op, inputs } = node;
    if (op === 'Reshape') {
      const sizes = this.#constant(inputs[1]).values;
      if (sizes.at(-1) !== channels) throw unsupported(`the reshape ${node.name}`);
      return [() => 1, () => 0];
    }
    const parameter = (name: string | undefined): PerChannel => {
      const { values } = this.#constant(name);
      if (values.length !== 1 && values.length !== channels) {
        throw unsupported(`${node.name} with ${values.length} values for ${channels} channels`);
      }
      return (channel) => values[values.length === 1 ? 0 : channel]!;
    };
    if (op === 'BiasAdd') return [() => 1, parameter(inputs[1])];
    if (op === 'Mul') return [parameter(inputs.find((name) => this.#isConstant(name))), () => 0];
    if (node.flags.is_training) throw unsupported('batch normalisation as in training');
    const [gamma, beta, mean, variance] = inputs.slice(1).map(parameter);
    const epsilon = node.numbers.epsilon ?? 0;
    const factor = (c: number) => gamma!(c) / Math.sqrt(variance!(c) + epsilon);
    return [factor, (c) => beta!(c) - mean!(c) * factor(c)];
  }

  #convolution(node: TensorflowNode, { scale, shift }: Affine): Tensor {
    const input = this.#tensor(this.#dataOf(node));
    const kernel = this.#constant(node.inputs[1]);
    const [height = 0, width = 0, from = 0, to = 0] = kernel.shape;
    if (node.lists.dilations?.some((step) => step !== 1))
      throw unsupported('a dilated convolution');
    if (from !== input.channels) throw unsupported(`${node.name} on ${input.channels} channels`);
    const fanIn = from * height * width;
    const weights = transpose(floatsOf(kernel), kernel.shape, [3, 2, 0, 1]).map(
      (value, i) => value * scale[Math.floor(i / fanIn)]!,
    );
    const name = this.#graph.node(
      'Conv',
      [
        input.name,
        this.#graph.floats([to, from, height, width], weights),
        this.#graph.floats([to], Float32Array.from(shift)),
      ],
      { kernel_shape: [height, width], ...windowOf(node) },
    );
    return { name, channels: to, ...sizeAfter(node, { input, window: [height, width] }) };
  }

  #dense(node: TensorflowNode, { scale, shift }: Affine): Tensor {
    if (node.flags.transpose_a || node.flags.transpose_b) throw unsupported('a transposed MatMul');
    const input = this.#tensor(this.#dataOf(node));
    const { shape, values } = this.#constant(node.inputs[1]);
    const [from = 0, to = 0] = shape;
    if (from !== input.channels) throw unsupported(`${node.name} on ${input.channels} values`);
    const weights = Float32Array.from(values, (value, i) => value * scale[i % to]!);
    const name = this.#graph.node('Gemm', [
      input.name,
      this.#graph.floats([from, to], weights),
      this.#graph.floats([to], Float32Array.from(shift)),
    ]);
    return { name, channels: to, height: 1, width: 1 };
  }

  #pool(node: TensorflowNode, opType: 'MaxPool' | 'AveragePool'): Tensor {
    const input = this.#tensor(this.#dataOf(node));
    const window = spatial(node.lists.ksize);
    const attributes = { kernel_shape: window, ...windowOf(node) };
    const name = this.#graph.node(opType, [input.name], attributes);
    return { name, channels: input.channels, ...sizeAfter(node, { input, window }) };
  }

  #concatenation(node: TensorflowNode): Tensor {
    const [axis] = this.#constant(node.inputs.at(-1)).values;
    if (axis !== 3 && axis !== -1) throw unsupported(`a concatenation along axis ${axis}`);
    const parts = node.inputs.slice(0, -1).map((name) => this.#tensor(name));
    const channels = parts.reduce((sum, part) => sum + part.channels, 0);
    const names = parts.map(({ name }) => name);
    return { ...parts[0]!, channels, name: this.#graph.node('Concat', names, { axis: 1 }) };
  }

  #sum(node: TensorflowNode): Tensor {
    const [a, b] = node.inputs.map((name) => this.#tensor(name));
    if (!a || !b || a.channels !== b.channels) throw unsupported(`the sum ${node.name}`);
    return { ...a, name: this.#graph.node('Add', [a.name, b.name]) };
  }

  /** From an image of one pixel to a list: no values move. */
  #flatten(node: TensorflowNode): Tensor {
    const input = this.#tensor(this.#dataOf(node));
    if (input.height !== 1 || input.width !== 1) throw unsupported('a reshape of several pixels');
    return { ...input, name: this.#graph.node('Flatten', [input.name], { axis: 1 }) };
  }

  #input({ shape }: TensorflowNode): Tensor {
    const [, height = 0, width = 0, channels = 0] = shape;
    if (height <= 0 || width <= 0) throw unsupported(`an input of shape [${shape}]`);
    const name = this.#graph.input('input', ['N', channels, height, width]);
    return { name, channels, height, width };
  }

  /** The one input that is computed; the others are constants. */
  #dataOf(node: TensorflowNode): string {
    const [name, ...others] = node.inputs.filter((input) => !this.#isConstant(input));
    if (name === undefined || others.length > 0) throw unsupported(`the inputs of ${node.name}`);
    return name;
  }

  #isConstant(name: string): boolean {
    return this.#node(name).value !== undefined;
  }

  #constant(name = ''): TensorflowValue {
    const { value } = this.#node(name);
    if (!value) throw unsupported(`${name}, which should be a constant`);
    return value;
  }

  #node(name: string): TensorflowNode {
    const node = this.#nodes.get(name);
    if (!node) throw unsupported(`no node ${name}`);
    if (node.texts.data_format !== undefined && node.texts.data_format !== 'NHWC') {
      throw unsupported(`${name} with channels first`);
    }
    return node;
  }
}

/** `x · scale + shift`, per channel. */
interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

type PerChannel = (channel: number) => number;

function windowOf(node: TensorflowNode): { strides: number[]; auto_pad: string } {
  return {
    strides: spatial(node.lists.strides),
    auto_pad: node.texts.padding === 'SAME' ? 'SAME_UPPER' : 'VALID',
  };
}

/** The image's size after a window of some size has moved over it. */
function sizeAfter(
  node: TensorflowNode,
  { input, window }: { input: Tensor; window: readonly number[] },
): { height: number; width: number } {
  const [down = 1, right = 1] = spatial(node.lists.strides);
  const [height = 1, width = 1] = node.texts.padding === 'SAME' ? [1, 1] : window;
  return {
    height: Math.ceil((input.height - height + 1) / down),
    width: Math.ceil((input.width - width + 1) / right),
  };
}

/** Height and width of a list for [N, H, W, C]. */
function spatial(list: readonly number[] | undefined): number[] {
  const [batch, height = 1, width = 1, channels] = list ?? [];
  if (batch !== 1 || channels !== 1) throw unsupported('a window over pictures or channels');
  return [height, width];
}

function floatsOf({ values }: TensorflowValue): Float32Array {
  if (values instanceof Float32Array) return values;
  throw unsupported('a kernel of integers');
}

function unsupported(what: string): PipelineError {
  return new PipelineError(
    'CONVERSION_FAILED',
    `the TensorFlow graph has ${what}, which can't be converted to ONNX`,
  );
}

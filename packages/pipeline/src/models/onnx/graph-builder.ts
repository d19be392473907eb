import {
  ATTRIBUTE_TYPE,
  encodeOnnx,
  floatTensor,
  floatValue,
  type OnnxAttribute,
  type OnnxGraph,
  TENSOR_TYPE,
} from './onnx-model.js';
import { preluAsConvolutions } from './prelu.js';

/** Settings of an operation: integers, lists of integers, or text. */
export type Attributes = Readonly<Record<string, number | readonly number[] | string>>;

/** Opset 13 and the IR version that came with it: older than any ONNX Runtime for Node ≥ 20. */
const OPSET_VERSION = 13;
const IR_VERSION = 7;

/**
 * Builds a network node by node. Methods that add a tensor return its name, to be passed to the
 * nodes that read it. Names are numbered in order, so the same calls give the same bytes.
 */
export class GraphBuilder {
  readonly #graph: OnnxGraph;
  #names = 0;

  constructor(name: string) {
    this.#graph = { name, node: [], initializer: [], input: [], output: [], valueInfo: [] };
  }

  /** An input of the network; dimensions that are free have a name. */
  input(name: string, dims: readonly (number | string)[]): string {
    this.#graph.input.push(floatValue(name, dims));
    return name;
  }

  /** A constant of 32-bit floats in row-major order. */
  floats(dims: readonly number[], values: Float32Array): string {
    const name = this.#newName('w');
    this.#graph.initializer.push(floatTensor(name, dims, values));
    return name;
  }

  /** A constant list of 64-bit integers. */
  integers(values: readonly number[]): string {
    const name = this.#newName('w');
    const rawData = new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer);
    this.#graph.initializer.push({
      name,
      dims: [values.length],
      dataType: TENSOR_TYPE.int64,
      rawData,
    });
    return name;
  }

  /** An operation with one output. */
  node(opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = this.#newName('t');
    this.#graph.node.push({
      opType,
      input: [...inputs],
      output: [output],
      attribute: Object.entries(attributes).map(([name, value]) => toAttribute(name, value)),
    });
    return output;
  }

  /** A parametric ReLU over the channels of an image tensor [N, C, H, W]. */
  prelu(input: string, slopes: Float32Array): string {
    const output = this.#newName('t');
    const { nodes, tensors } = preluAsConvolutions({ input, output, slopes });
    this.#graph.node.push(...nodes);
    this.#graph.initializer.push(...tensors);
    return output;
  }

  /** Makes a tensor an output of the network, under a name of its own. */
  output(name: string, from: string, dims: readonly (number | string)[]): void {
    for (const node of this.#graph.node) {
      node.input = node.input.map((input) => (input === from ? name : input));
      node.output = node.output.map((output) => (output === from ? name : output));
    }
    this.#graph.output.push(floatValue(name, dims));
  }

  /** The network as an ONNX file. */
  build(): Uint8Array {
    return encodeOnnx({
      irVersion: IR_VERSION,
      producerName: 'facedex',
      opsetImport: [{ version: OPSET_VERSION }],
      graph: this.#graph,
    });
  }

  #newName(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }
}

function toAttribute(name: string, value: Attributes[string]): OnnxAttribute {
  if (typeof value === 'string') {
    return { name, type: ATTRIBUTE_TYPE.string, s: new TextEncoder().encode(value) };
  }
  if (typeof value === 'number') return { name, type: ATTRIBUTE_TYPE.int, i: value };
  return { name, type: ATTRIBUTE_TYPE.ints, ints: [...value] };
}

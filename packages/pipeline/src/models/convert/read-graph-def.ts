import protobuf from 'protobufjs';
import { PipelineError } from '../../pipeline-error.js';
import { type Int64, toNumber } from '../onnx/onnx-model.js';

/** One operation of a TensorFlow graph. */
export interface TensorflowNode {
  readonly name: string;
  readonly op: string;
  /** Names of the nodes whose first output it reads. */
  readonly inputs: readonly string[];
  /** Lists of integers, such as `strides`. */
  readonly lists: Readonly<Record<string, readonly number[]>>;
  /** Texts, such as `padding`. */
  readonly texts: Readonly<Record<string, string>>;
  readonly numbers: Readonly<Record<string, number>>;
  readonly flags: Readonly<Record<string, boolean>>;
  /** Sizes of a placeholder; -1 where one is free. */
  readonly shape: readonly number[];
  /** Of a constant of 32-bit floats or integers. */
  readonly value?: TensorflowValue;
}

/** A constant, in row-major order. */
export interface TensorflowValue {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/**
 * The parts of TensorFlow's protocol buffers that a frozen graph of an image network needs; names
 * and numbers of the fields are those of graph.proto, node_def.proto, attr_value.proto, and
 * tensor.proto.
 */
const GRAPH_DEF_PROTO = `
syntax = "proto3";
message GraphDef { repeated NodeDef node = 1; }
message NodeDef {
  string name = 1;
  string op = 2;
  repeated string input = 3;
  map<string, AttrValue> attr = 5;
}
message AttrValue {
  oneof value {
    ListValue list = 1;
    bytes s = 2;
    float f = 4;
    bool b = 5;
    TensorShapeProto shape = 7;
    TensorProto tensor = 8;
  }
  message ListValue { repeated int64 i = 3; }
}
message TensorShapeProto {
  repeated Dim dim = 2;
  message Dim { int64 size = 1; }
}
message TensorProto {
  int32 dtype = 1;
  TensorShapeProto tensor_shape = 2;
  bytes tensor_content = 4;
  repeated float float_val = 5;
  repeated int32 int_val = 7;
}
`;

const GRAPH_DEF = protobuf.parse(GRAPH_DEF_PROTO).root.lookupType('GraphDef');

/** `DataType` of TensorFlow. */
const FLOAT = 1;
const INT32 = 3;

interface RawShape {
  dim?: { size?: Int64 }[];
}

interface RawTensor {
  dtype?: number;
  tensorShape?: RawShape;
  tensorContent?: Uint8Array;
  floatVal?: number[];
  intVal?: number[];
}

interface RawAttribute {
  value?: string;
  list?: { i?: Int64[] };
  s?: Uint8Array;
  f?: number;
  b?: boolean;
  shape?: RawShape;
  tensor?: RawTensor;
}

interface RawNode {
  name: string;
  op: string;
  input?: string[];
  attr?: Record<string, RawAttribute>;
}

/**
 * Reads a frozen TensorFlow graph (`GraphDef`): its nodes by name, in the file's order.
 *
 * @throws {PipelineError} `CONVERSION_FAILED` when the bytes are no complete graph
 */
export function readGraphDef(bytes: Uint8Array): Map<string, TensorflowNode> {
  try {
    const { node } = GRAPH_DEF.decode(bytes) as unknown as { node: RawNode[] };
    if (node.length === 0) throw new Error('it has no nodes');
    return new Map(node.map((raw) => [raw.name, toNode(raw)]));
  } catch (cause) {
    throw new PipelineError(
      'CONVERSION_FAILED',
      `expected a frozen TensorFlow graph, but these ${bytes.length} bytes can't be read as one: ${String(cause)}`,
      { cause },
    );
  }
}

function toNode({ name, op, input = [], attr = {} }: RawNode): TensorflowNode {
  const lists: Record<string, number[]> = {};
  const texts: Record<string, string> = {};
  const numbers: Record<string, number> = {};
  const flags: Record<string, boolean> = {};
  for (const [key, { value, list, s, f, b }] of Object.entries(attr)) {
    if (value === 'list') lists[key] = (list?.i ?? []).map(toNumber);
    else if (value === 's') texts[key] = new TextDecoder().decode(s);
    else if (value === 'f') numbers[key] = f ?? 0;
    else if (value === 'b') flags[key] = b ?? false;
  }
  const tensor = attr.value?.tensor;
  return {
    name,
    op,
    // `^name` only orders; `name:0` is the same as `name`.
    inputs: input.filter((from) => !from.startsWith('^')).map((from) => from.replace(/:0$/, '')),
    lists,
    texts,
    numbers,
    flags,
    shape: sizesOf(attr.shape?.shape),
    ...(tensor && (tensor.dtype === FLOAT || tensor.dtype === INT32)
      ? { value: constantOf(name, tensor) }
      : {}),
  };
}

function constantOf(name: string, tensor: RawTensor): TensorflowValue {
  const shape = sizesOf(tensor.tensorShape);
  const count = shape.reduce((product, size) => product * size, 1);
  const Values = tensor.dtype === FLOAT ? Float32Array : Int32Array;
  const content = tensor.tensorContent;
  // A copy, as the bytes may lie at any offset of the file.
  if (content?.length === count * 4) {
    return { shape, values: new Values(new Uint8Array(content).buffer) };
  }
  const listed = (tensor.dtype === FLOAT ? tensor.floatVal : tensor.intVal) ?? [];
  const last = listed.at(-1);
  if (content?.length || last === undefined || listed.length > count || count > MAX_REPEATED) {
    throw new Error(`constant ${name} doesn't have the ${count} values of its shape [${shape}]`);
  }
  // The last value listed stands for all that follow.
  return { shape, values: new Values(count).fill(last).map((value, i) => listed[i] ?? value) };
}

/** The most values that one number may stand for: a hostile graph may claim any size. */
const MAX_REPEATED = 1_000_000;

function sizesOf(shape: RawShape | undefined): number[] {
  return (shape?.dim ?? []).map(({ size }) => toNumber(size ?? 0));
}

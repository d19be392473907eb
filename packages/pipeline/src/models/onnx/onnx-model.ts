import protobuf from 'protobufjs';
import { PipelineError } from '../../pipeline-error.js';

/** Values of `TensorProto.DataType` that facedex reads or writes. */
export const TENSOR_TYPE = { float: 1, int64: 7 } as const;

/** Values of `AttributeProto.AttributeType` that facedex writes. */
export const ATTRIBUTE_TYPE = { int: 2, string: 3, ints: 7 } as const;

/** A 64-bit integer: an object when it was read from a file, as a number can't hold them all. */
export type Int64 = number | { toNumber(): number };

/** An ONNX file. Only what facedex looks at is typed; everything else is kept as it was read. */
export interface OnnxModel {
  irVersion: Int64;
  producerName?: string;
  opsetImport: { domain?: string; version: Int64 }[];
  graph: OnnxGraph;
}

/** A network: nodes in an order in which they can run, and its constants. */
export interface OnnxGraph {
  name: string;
  node: OnnxNode[];
  initializer: OnnxTensor[];
  input: OnnxValue[];
  output: OnnxValue[];
  valueInfo: OnnxValue[];
}

/** One operation, from named tensors to named tensors. */
export interface OnnxNode {
  name?: string;
  opType: string;
  domain?: string;
  input: string[];
  output: string[];
  attribute: OnnxAttribute[];
}

/** A setting of an operation. */
export interface OnnxAttribute {
  name: string;
  type: number;
  i?: Int64;
  s?: Uint8Array;
  ints?: Int64[];
}

/** A constant. Its values lie in `rawData` (little endian) or in `floatData`. */
export interface OnnxTensor {
  name: string;
  dims: Int64[];
  dataType: number;
  rawData?: Uint8Array;
  floatData?: number[];
}

/** A named tensor with its type and shape. */
export interface OnnxValue {
  name: string;
  type: { tensorType: { elemType: number; shape: { dim: OnnxDimension[] } } };
}

/** Fixed (`dimValue`) or named and free (`dimParam`). */
export interface OnnxDimension {
  dimValue?: Int64;
  dimParam?: string;
}

/**
 * The parts of ONNX's protocol buffer that facedex edits; names and numbers of the fields are
 * those of onnx.proto3. Fields left out here go through reading and writing untouched.
 */
const ONNX_PROTO = `
syntax = "proto3";
message ModelProto {
  int64 ir_version = 1;
  string producer_name = 2;
  GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
}
message OperatorSetIdProto { string domain = 1; int64 version = 2; }
message GraphProto {
  repeated NodeProto node = 1;
  string name = 2;
  repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
  repeated ValueInfoProto value_info = 13;
}
message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  string name = 3;
  string op_type = 4;
  repeated AttributeProto attribute = 5;
  string domain = 7;
}
message AttributeProto {
  string name = 1;
  int64 i = 3;
  bytes s = 4;
  repeated int64 ints = 8;
  int32 type = 20;
}
message TensorProto {
  repeated int64 dims = 1;
  int32 data_type = 2;
  repeated float float_data = 4;
  string name = 8;
  bytes raw_data = 9;
}
message ValueInfoProto { string name = 1; TypeProto type = 2; }
message TypeProto { Tensor tensor_type = 1; message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; } }
message TensorShapeProto {
  repeated Dimension dim = 1;
  message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
}
`;

const MODEL_TYPE = protobuf.parse(ONNX_PROTO).root.lookupType('ModelProto');

/**
 * Reads an ONNX file.
 *
 * @throws {PipelineError} `CONVERSION_FAILED` when the bytes are no complete ONNX model
 */
export function decodeOnnx(bytes: Uint8Array): OnnxModel {
  let model: Partial<OnnxModel>;
  try {
    const reader = protobuf.Reader.create(bytes);
    reader.discardUnknown = false;
    model = MODEL_TYPE.decode(reader) as Partial<OnnxModel>;
  } catch (cause) {
    throw new PipelineError(
      'CONVERSION_FAILED',
      `expected an ONNX file, but these ${bytes.length} bytes can't be read as one: damaged or incomplete`,
      { cause },
    );
  }
  if (!model.graph || model.graph.node.length === 0) {
    throw new PipelineError(
      'CONVERSION_FAILED',
      `expected an ONNX file with a graph, but these ${bytes.length} bytes hold none`,
    );
  }
  return model as OnnxModel;
}

/** Writes an ONNX file; the same model always gives the same bytes. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  return MODEL_TYPE.encode(model).finish();
}

/** A 64-bit integer that is known to be small, such as a size or an axis. */
export function toNumber(value: Int64): number {
  return typeof value === 'number' ? value : value.toNumber();
}

/** A float tensor of some shape (`N` and the like for free dimensions), for a graph's inputs and outputs. */
export function floatValue(name: string, dims: readonly (number | string)[]): OnnxValue {
  const dim = dims.map((size) =>
    typeof size === 'string' ? { dimParam: size } : { dimValue: size },
  );
  return { name, type: { tensorType: { elemType: TENSOR_TYPE.float, shape: { dim } } } };
}

/** A constant of 32-bit floats. */
export function floatTensor(
  name: string,
  dims: readonly number[],
  values: Float32Array,
): OnnxTensor {
  return {
    name,
    dims: [...dims],
    dataType: TENSOR_TYPE.float,
    rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

/**
 * The values of a constant of 32-bit floats.
 *
 * @throws {PipelineError} `CONVERSION_FAILED` when it is of another type, or has too few values
 */
export function floatsOf(tensor: OnnxTensor): Float32Array {
  const count = tensor.dims.reduce<number>((product, size) => product * toNumber(size), 1);
  // A copy, as the bytes may lie at any offset of the file.
  const raw = tensor.rawData?.length ? new Uint8Array(tensor.rawData) : undefined;
  const values =
    raw && raw.length % 4 === 0
      ? new Float32Array(raw.buffer)
      : Float32Array.from(tensor.floatData ?? []);
  if (tensor.dataType !== TENSOR_TYPE.float || values.length !== count) {
    throw new PipelineError(
      'CONVERSION_FAILED',
      `expected tensor ${tensor.name} to hold ${count} 32-bit floats, received ${values.length} of type ${tensor.dataType}`,
    );
  }
  return values;
}

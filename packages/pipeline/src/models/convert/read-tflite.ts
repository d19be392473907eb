import { ByteBuffer } from 'flatbuffers';
import { PipelineError } from '../../pipeline-error.js';

/** A network as a TFLite file stores it: tensors, and operations from tensors to tensors. */
export interface TfliteModel {
  readonly tensors: readonly TfliteTensor[];
  /** Indices into `tensors`. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** In an order in which they can run. */
  readonly operators: readonly TfliteOperator[];
}

/** A tensor; images are [N, H, W, C], kernels [to, H, W, from]. */
export interface TfliteTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** The values of a constant of 32-bit floats; absent for what is computed. */
  readonly values?: Float32Array;
}

/** An operation. Its settings are read by field number with {@link TfliteOperator.option}. */
export interface TfliteOperator {
  /** TFLite's name, or `BUILTIN_n` for one that facedex doesn't know. */
  readonly type: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** A setting of one byte or of four, by its number in the schema's table; `fallback` if absent. */
  option(field: number, bytes: 1 | 4, fallback?: number): number;
}

/** `BuiltinOperator` numbers of TFLite's schema (tensorflow/lite/schema/schema.fbs). */
const OPERATORS: Readonly<Record<number, string>> = {
  0: 'ADD',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  9: 'FULLY_CONNECTED',
  17: 'MAX_POOL_2D',
  18: 'MUL',
  19: 'RELU',
  22: 'RESHAPE',
  41: 'SUB',
  42: 'DIV',
  47: 'EXP',
  59: 'NEG',
  74: 'SUM',
  82: 'REDUCE_MAX',
  101: 'ABS',
};

const FLOAT32 = 0;

/**
 * Reads a TFLite file's first graph.
 *
 * @throws {PipelineError} `CONVERSION_FAILED` when the bytes are no complete TFLite model
 */
export function readTflite(bytes: Uint8Array): TfliteModel {
  if (new TextDecoder('latin1').decode(bytes.subarray(4, 8)) !== 'TFL3') {
    throw damaged('it does not start like one');
  }
  const file = new ByteBuffer(new Uint8Array(bytes));
  const model = new Table(file, followOffset(file, 0));
  const types = model.tables(1).map((code) => {
    // Numbers that don't fit in the old one-byte field are in the new one.
    const number = Math.max(code.byte(0), code.int(3));
    return OPERATORS[number] ?? `BUILTIN_${number}`;
  });
  const [graph] = model.tables(2);
  if (!graph) throw damaged('it holds no graph');
  const buffers = model.tables(4).map((buffer) => buffer.bytes(0));
  const tensors = graph.tables(0).map((tensor) => readTensor(tensor, buffers));
  const operators = graph.tables(3).map((operator) => readOperator(operator, types));
  const indices = [
    graph.ints(1),
    graph.ints(2),
    ...operators.flatMap(({ inputs, outputs }) => [inputs, outputs]),
  ].flat();
  // An absent optional input is -1.
  const wrong = indices.find((index) => index < -1 || index >= tensors.length);
  if (wrong !== undefined) throw damaged(`it names tensor ${wrong} of ${tensors.length}`);
  return { tensors, inputs: graph.ints(1), outputs: graph.ints(2), operators };
}

function readTensor(tensor: Table, buffers: readonly Uint8Array[]): TfliteTensor {
  const name = new TextDecoder().decode(tensor.bytes(3));
  const shape = tensor.ints(0);
  const raw = buffers[tensor.int(2)];
  if (!raw?.length || tensor.byte(1) !== FLOAT32) return { name, shape };
  const count = shape.reduce((product, size) => product * size, 1);
  if (raw.length !== count * 4) {
    throw damaged(`tensor ${name} should have ${count} values, and has ${raw.length} bytes`);
  }
  return { name, shape, values: new Float32Array(new Uint8Array(raw).buffer) };
}

function readOperator(operator: Table, types: readonly string[]): TfliteOperator {
  const options = operator.table(4);
  return {
    type: types[operator.int(0)] ?? 'BUILTIN_UNKNOWN',
    inputs: operator.ints(1),
    outputs: operator.ints(2),
    option: (field, bytes, fallback = 0) =>
      (bytes === 1 ? options?.byte(field, fallback) : options?.int(field, fallback)) ?? fallback,
  };
}

/**
 * A table of a flatbuffer, read by field number. The runtime itself doesn't notice when it reads
 * beyond the file's end, so every position and length is checked here.
 */
class Table {
  readonly #file: ByteBuffer;
  readonly #position: number;

  constructor(file: ByteBuffer, position: number) {
    const vtable = position - file.readInt32(position);
    // Before its fields, a vtable has its own length in bytes and the table's.
    checkRange(file, vtable, 4);
    checkRange(file, vtable, file.readUint16(vtable));
    this.#file = file;
    this.#position = position;
  }

  byte(field: number, fallback = 0): number {
    const at = this.#at(field, 1);
    return at === undefined ? fallback : this.#file.readInt8(at);
  }

  int(field: number, fallback = 0): number {
    const at = this.#at(field, 4);
    return at === undefined ? fallback : this.#file.readInt32(at);
  }

  bytes(field: number): Uint8Array {
    const { start, length } = this.#vector(field, 1);
    return this.#file.bytes().subarray(start, start + length);
  }

  ints(field: number): number[] {
    const { start, length } = this.#vector(field, 4);
    return Array.from({ length }, (_, i) => this.#file.readInt32(start + 4 * i));
  }

  table(field: number): Table | undefined {
    const at = this.#at(field, 4);
    return at === undefined ? undefined : new Table(this.#file, followOffset(this.#file, at));
  }

  tables(field: number): Table[] {
    const { start, length } = this.#vector(field, 4);
    return Array.from(
      { length },
      (_, i) => new Table(this.#file, followOffset(this.#file, start + 4 * i)),
    );
  }

  #at(field: number, size: number): number | undefined {
    const offset = this.#file.__offset(this.#position, 4 + 2 * field);
    if (offset === 0) return undefined;
    checkRange(this.#file, this.#position + offset, size);
    return this.#position + offset;
  }

  #vector(field: number, elementSize: number): { start: number; length: number } {
    const at = this.#at(field, 4);
    if (at === undefined) return { start: 0, length: 0 };
    const start = followOffset(this.#file, at) + 4;
    const length = this.#file.readUint32(start - 4);
    checkRange(this.#file, start, length * elementSize);
    return { start, length };
  }
}

/** Where an offset leads that is stored at `position`; at least four bytes lie there. */
function followOffset(file: ByteBuffer, position: number): number {
  checkRange(file, position, 4);
  const target = position + file.readUint32(position);
  checkRange(file, target, 4);
  return target;
}

function checkRange(file: ByteBuffer, start: number, length: number): void {
  if (start < 0 || start + length > file.capacity()) {
    throw damaged(`it points to byte ${start + length} of ${file.capacity()}`);
  }
}

function damaged(reason: string): PipelineError {
  return new PipelineError(
    'CONVERSION_FAILED',
    `expected a TFLite file, but these bytes can't be read as one: ${reason}`,
  );
}

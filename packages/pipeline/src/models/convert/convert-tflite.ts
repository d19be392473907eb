import { PipelineError } from '../../pipeline-error.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import {
  readTflite,
  type TfliteModel,
  type TfliteOperator,
  type TfliteTensor,
} from './read-tflite.js';
import { matchPrelu, matchSoftmax } from './tflite-patterns.js';
import { transpose } from './transpose.js';

/** How to convert a TFLite network. */
export interface TfliteConversion {
  /** Names of the outputs in the ONNX file, by their names in the TFLite file. */
  readonly outputs: Readonly<Record<string, string>>;
  /**
   * Whether the network was trained on pictures with rows and columns exchanged, as MTCNN was: its
   * kernels are exchanged back, so that the ONNX takes pictures as they are. Default false.
   */
  readonly transposed?: boolean;
}

/**
 * Converts a TFLite image network of convolutions, pools, dense layers, PReLUs and softmax.
 *
 * Input `input` [N, 3, H, W] of the TFLite network's size; outputs [N, values] under their new names.
 *
 * @throws {PipelineError} `CONVERSION_FAILED` when the file is damaged or has another operation
 */
export function convertTflite(bytes: Uint8Array, conversion: TfliteConversion): Uint8Array {
  return new TfliteConverter(readTflite(bytes), conversion).convert();
}

/** `Padding.SAME` of TFLite's schema. */
const PADDING_SAME = 0;

class TfliteConverter {
  readonly #model: TfliteModel;
  readonly #outputs: Readonly<Record<string, string>>;
  readonly #transposed: boolean;
  readonly #graph = new GraphBuilder('facedex');
  /** ONNX's name of each TFLite tensor that has been computed. */
  readonly #names = new Map<number, string>();

  constructor(model: TfliteModel, { outputs, transposed = false }: TfliteConversion) {
    this.#model = model;
    this.#outputs = outputs;
    this.#transposed = transposed;
  }

  convert(): Uint8Array {
    const { inputs, outputs, operators } = this.#model;
    const input = inputs[0] ?? -1;
    const [, height, width, channels] = this.#sizes(input, 4);
    const size = this.#transposed ? [width!, height!] : [height!, width!];
    this.#names.set(input, this.#graph.input('input', ['N', channels!, ...size]));
    for (let i = 0; i < operators.length; ) i += this.#convertAt(i);
    for (const output of outputs) {
      const { name, shape } = this.#tensor(output);
      const newName = this.#outputs[name];
      if (newName === undefined || shape.length !== 2) {
        throw unsupported(`output ${name} of shape [${shape}]`);
      }
      this.#graph.output(newName, this.#name(output), ['N', shape[1]!]);
    }
    return this.#graph.build();
  }

  /** Converts the operation at `i`, or the group that starts there; returns how many. */
  #convertAt(i: number): number {
    const { operators, tensors } = this.#model;
    const operator = operators[i]!;
    const [input = -1] = operator.inputs;
    const prelu = matchPrelu(operators, i);
    if (prelu) {
      const slopes = this.#values(prelu.slopes).map((slope) => slope * prelu.factor);
      const isImage = tensors[input]?.shape.length === 4;
      const name = isImage
        ? this.#graph.prelu(this.#name(input), slopes)
        : this.#graph.node('PRelu', [
            this.#name(input),
            this.#graph.floats([slopes.length], slopes),
          ]);
      this.#names.set(prelu.output, name);
      return prelu.length;
    }
    const softmax = matchSoftmax(operators, i);
    if (softmax && tensors[input]?.shape.length === 2) {
      const name = this.#graph.node('Softmax', [this.#name(input)], { axis: 1 });
      this.#names.set(softmax.output, name);
      return softmax.length;
    }
    this.#names.set(operator.outputs[0] ?? -1, this.#convertOne(operator));
    return 1;
  }

  #convertOne(operator: TfliteOperator): string {
    const [a = -1, b = -1] = operator.inputs;
    switch (operator.type) {
      case 'CONV_2D':
        return this.#convolution(operator);
      case 'DEPTHWISE_CONV_2D':
        return this.#depthwise(operator);
      case 'MAX_POOL_2D':
        refuseActivation(operator, 5);
        return this.#graph.node('MaxPool', [this.#name(a)], {
          kernel_shape: this.#spatial(operator.option(4, 4), operator.option(3, 4)),
          ...this.#steps(operator),
        });
      case 'ADD':
        refuseActivation(operator, 0);
        return this.#graph.node('Add', [this.#name(a), this.#name(b)]);
      case 'FULLY_CONNECTED':
        refuseActivation(operator, 0);
        return this.#dense(operator);
      case 'RESHAPE':
        return this.#flatten(operator);
      default:
        throw unsupported(`operation ${operator.type}`);
    }
  }

  #convolution(operator: TfliteOperator): string {
    const [input = -1, kernel = -1, bias = -1] = operator.inputs;
    const [to, height, width, from] = this.#sizes(kernel, 4);
    refuseActivation(operator, 3);
    refuseDilation(operator, 4);
    const order = this.#transposed ? [0, 3, 2, 1] : [0, 3, 1, 2];
    const weights = transpose(this.#values(kernel), [to!, height!, width!, from!], order);
    const size = this.#spatial(height!, width!);
    return this.#graph.node(
      'Conv',
      [
        this.#name(input),
        this.#graph.floats([to!, from!, ...size], weights),
        this.#graph.floats([to!], this.#values(bias)),
      ],
      { kernel_shape: size, ...this.#steps(operator) },
    );
  }

  /** A depthwise kernel is [1, H, W, C]. */
  #depthwise(operator: TfliteOperator): string {
    const [input = -1, kernel = -1, bias = -1] = operator.inputs;
    const [, height, width, channels] = this.#sizes(kernel, 4);
    refuseActivation(operator, 4);
    refuseDilation(operator, 5);
    if (operator.option(3, 4) !== 1) throw unsupported('a depth multiplier other than 1');
    const order = this.#transposed ? [3, 0, 2, 1] : [3, 0, 1, 2];
    const weights = transpose(this.#values(kernel), [1, height!, width!, channels!], order);
    const size = this.#spatial(height!, width!);
    return this.#graph.node(
      'Conv',
      [
        this.#name(input),
        this.#graph.floats([channels!, 1, ...size], weights),
        this.#graph.floats([channels!], this.#values(bias)),
      ],
      { kernel_shape: size, group: channels!, ...this.#steps(operator) },
    );
  }

  /** A dense layer. On an image tensor, its weights are reordered from [H, W, C] to [C, H, W]. */
  #dense(operator: TfliteOperator): string {
    const [input = -1, kernel = -1, bias = -1] = operator.inputs;
    const [to, from] = this.#sizes(kernel, 2);
    const { shape } = this.#tensor(input);
    let weights = this.#values(kernel);
    let flat = this.#name(input);
    if (shape.length === 4) {
      const [, height, width, channels] = this.#sizes(input, 4);
      if (height! * width! * channels! !== from) throw unsupported('a dense layer of another size');
      const order = this.#transposed ? [0, 3, 2, 1] : [0, 3, 1, 2];
      weights = transpose(weights, [to!, height!, width!, channels!], order);
      flat = this.#graph.node('Flatten', [flat], { axis: 1 });
    }
    return this.#graph.node(
      'Gemm',
      [
        flat,
        this.#graph.floats([to!, from!], weights),
        this.#graph.floats([to!], this.#values(bias)),
      ],
      { transB: 1 },
    );
  }

  /** A reshape from an image tensor of one pixel to a list: no values move. */
  #flatten(operator: TfliteOperator): string {
    const [input = -1] = operator.inputs;
    const [, height, width] = this.#sizes(input, 4);
    if (height !== 1 || width !== 1) throw unsupported('a reshape of more than one pixel');
    return this.#graph.node('Flatten', [this.#name(input)], { axis: 1 });
  }

  /** Strides and padding of a convolution or a pool, which have the same field numbers. */
  #steps(operator: TfliteOperator): { strides: number[]; auto_pad: string } {
    return {
      strides: this.#spatial(operator.option(2, 4), operator.option(1, 4)),
      auto_pad: operator.option(0, 1) === PADDING_SAME ? 'SAME_UPPER' : 'VALID',
    };
  }

  #spatial(height: number, width: number): number[] {
    return this.#transposed ? [width, height] : [height, width];
  }

  #name(tensor: number): string {
    const name = this.#names.get(tensor);
    if (name === undefined) {
      throw unsupported(`tensor ${this.#tensor(tensor).name} used before it is computed`);
    }
    return name;
  }

  #tensor(index: number): TfliteTensor {
    const tensor = this.#model.tensors[index];
    if (!tensor) throw unsupported('an operation without an input that it needs');
    return tensor;
  }

  #sizes(index: number, axes: number): readonly number[] {
    const { name, shape } = this.#tensor(index);
    if (shape.length !== axes) throw unsupported(`tensor ${name} of shape [${shape}]`);
    return shape;
  }

  #values(index: number): Float32Array {
    const { name, values } = this.#tensor(index);
    if (!values) throw unsupported(`tensor ${name}, which should be a constant of 32-bit floats`);
    return values;
  }
}

function refuseActivation(operator: TfliteOperator, field: number): void {
  if (operator.option(field, 1) !== 0) throw unsupported(`a fused activation in ${operator.type}`);
}

function refuseDilation(operator: TfliteOperator, field: number): void {
  if (operator.option(field, 4, 1) !== 1 || operator.option(field + 1, 4, 1) !== 1) {
    throw unsupported(`a dilated ${operator.type}`);
  }
}

function unsupported(what: string): PipelineError {
  return new PipelineError(
    'CONVERSION_FAILED',
    `the TFLite network has ${what}, which can't be converted to ONNX`,
  );
}

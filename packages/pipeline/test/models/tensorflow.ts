import { createContext, runInContext } from 'node:vm';
import type { TfliteModel, TfliteOperator } from '../../src/models/convert/read-tflite.js';

/** What the tests use of TensorFlow.js. */
export interface Tensor {
  readonly shape: number[];
  dataSync(): Float32Array;
  reshape(shape: readonly number[]): Tensor;
}

export interface TensorFlow {
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tensor(values: Float32Array, shape: readonly number[]): Tensor;
  transpose(x: Tensor, order?: readonly number[]): Tensor;
  conv2d(x: Tensor, kernel: Tensor, strides: [number, number], padding: string): Tensor;
  depthwiseConv2d(x: Tensor, kernel: Tensor, strides: [number, number], padding: string): Tensor;
  maxPool(x: Tensor, size: [number, number], strides: [number, number], padding: string): Tensor;
  matMul(a: Tensor, b: Tensor): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  sub(a: Tensor, b: Tensor): Tensor;
  mul(a: Tensor, b: Tensor): Tensor;
  div(a: Tensor, b: Tensor): Tensor;
  relu(x: Tensor): Tensor;
  neg(x: Tensor): Tensor;
  abs(x: Tensor): Tensor;
  exp(x: Tensor): Tensor;
  max(x: Tensor, axis: number, keepDims: boolean): Tensor;
  sum(x: Tensor, axis: number, keepDims: boolean): Tensor;
  readonly io: { decodeWeights(data: ArrayBuffer, specs: readonly unknown[]): unknown };
}

/** What the tests use of face-api. */
export interface FaceApi {
  readonly tf: TensorFlow;
  readonly NetInput: new (images: readonly Tensor[]) => unknown;
  readonly FaceRecognitionNet: new () => {
    loadFromWeightMap(weights: unknown): void;
    forwardInput(input: unknown): Tensor;
  };
}

/**
 * Loads face-api's own bundle, which has TensorFlow.js inside, on TensorFlow's plain JavaScript
 * backend. It is made for browsers, so it runs in a context that looks like a web worker; it shares
 * this realm's typed arrays, as TensorFlow checks for them by class.
 */
export async function loadFaceApi(bundle: Uint8Array): Promise<FaceApi> {
  const shared = {
    ...{ Array, ArrayBuffer, DataView, Error, Map, Math, Number, Object, Promise, Set, Symbol },
    ...{ Float32Array, Int8Array, Int32Array, Uint8Array, Uint8ClampedArray, Uint16Array },
    ...{ WeakMap, TextDecoder, TextEncoder, URL, performance, setTimeout, clearTimeout, console },
  };
  const worker: Record<string, unknown> = { ...shared, WorkerGlobalScope: class {}, navigator: {} };
  worker.self = worker;
  createContext(worker);
  runInContext(new TextDecoder().decode(bundle), worker);
  const faceApi = worker.faceapi as FaceApi;
  await faceApi.tf.setBackend('cpu');
  await faceApi.tf.ready();
  return faceApi;
}

/**
 * Runs a TFLite network operation by operation as the file says, with nothing fused, reordered or
 * transposed. Outputs by their names in the file.
 */
export function runTflite(
  tf: TensorFlow,
  model: TfliteModel,
  input: Float32Array,
): Record<string, Float32Array> {
  const computed = new Map<number, Tensor>();
  const [inputIndex = -1] = model.inputs;
  computed.set(inputIndex, tf.tensor(input, [1, ...model.tensors[inputIndex]!.shape.slice(1)]));
  const tensor = (index = -1): Tensor => {
    const { values, shape } = model.tensors[index]!;
    return computed.get(index) ?? tf.tensor(values!, shape);
  };
  for (const operator of model.operators) {
    computed.set(operator.outputs[0]!, runOperator(tf, operator, tensor));
  }
  return Object.fromEntries(
    model.outputs.map((index) => [model.tensors[index]!.name, tensor(index).dataSync()]),
  );
}

function runOperator(
  tf: TensorFlow,
  operator: TfliteOperator,
  tensor: (index?: number) => Tensor,
): Tensor {
  const [a, b, c] = operator.inputs;
  const padding = operator.option(0, 1) === 0 ? 'same' : 'valid';
  const strides: [number, number] = [operator.option(2, 4), operator.option(1, 4)];
  switch (operator.type) {
    case 'CONV_2D': {
      const kernel = tf.transpose(tensor(b), [1, 2, 3, 0]);
      return tf.add(tf.conv2d(tensor(a), kernel, strides, padding), tensor(c));
    }
    case 'DEPTHWISE_CONV_2D': {
      const [, height = 0, width = 0, channels = 0] = tensor(b).shape;
      const kernel = tensor(b).reshape([height, width, channels, 1]);
      return tf.add(tf.depthwiseConv2d(tensor(a), kernel, strides, padding), tensor(c));
    }
    case 'MAX_POOL_2D':
      return tf.maxPool(
        tensor(a),
        [operator.option(4, 4), operator.option(3, 4)],
        strides,
        padding,
      );
    case 'FULLY_CONNECTED': {
      const product = tf.matMul(tensor(a).reshape([1, -1]), tf.transpose(tensor(b)));
      return tf.add(product, tensor(c));
    }
    case 'RESHAPE':
      return tensor(a).reshape([1, -1]);
    case 'REDUCE_MAX':
      return tf.max(tensor(a), -1, true);
    case 'SUM':
      return tf.sum(tensor(a), -1, true);
    case 'RELU':
      return tf.relu(tensor(a));
    case 'NEG':
      return tf.neg(tensor(a));
    case 'ABS':
      return tf.abs(tensor(a));
    case 'EXP':
      return tf.exp(tensor(a));
    case 'ADD':
      return tf.add(tensor(a), tensor(b));
    case 'SUB':
      return tf.sub(tensor(a), tensor(b));
    case 'MUL':
      return tf.mul(tensor(a), tensor(b));
    case 'DIV':
      return tf.div(tensor(a), tensor(b));
    default:
      throw new Error(`the reference doesn't know ${operator.type}`);
  }
}

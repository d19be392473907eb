import type { TfliteOperator } from './read-tflite.js';

/** A group of operations that together are one operation of ONNX. */
export interface Match {
  /** How many operations there are in the group. */
  readonly length: number;
  /** The tensor that the group computes. */
  readonly output: number;
}

/** A parametric ReLU: negative values are multiplied with `factor` times the constant `slopes`. */
export interface PreluMatch extends Match {
  readonly slopes: number;
  readonly factor: number;
}

/**
 * The parametric ReLU that starts at `start`. TFLite has an operation for it, but exporters write
 * either max(x, 0) + slopes · −max(−x, 0), or max(x, 0) + slopes/2 · (x − |x|).
 */
export function matchPrelu(
  operators: readonly TfliteOperator[],
  start: number,
): PreluMatch | undefined {
  const negated = operators.slice(start, start + 6);
  if (hasTypes(negated, ['RELU', 'NEG', 'RELU', 'NEG', 'MUL', 'ADD'])) {
    const [positive, minus, negative, minusNegative, scaled, sum] = negated as Six;
    const [x] = positive.inputs;
    const [slopes = -1, times] = scaled.inputs;
    if (
      minus.inputs[0] === x &&
      negative.inputs[0] === minus.outputs[0] &&
      minusNegative.inputs[0] === negative.outputs[0] &&
      times === minusNegative.outputs[0] &&
      adds(sum, positive, scaled)
    ) {
      return { length: 6, output: sum.outputs[0] ?? -1, slopes, factor: 1 };
    }
  }
  const absolute = operators.slice(start, start + 5);
  if (hasTypes(absolute, ['RELU', 'ABS', 'SUB', 'MUL', 'ADD'])) {
    const [positive, magnitude, difference, scaled, sum] = absolute as Five;
    const [x] = positive.inputs;
    const [slopes = -1, times] = scaled.inputs;
    if (
      magnitude.inputs[0] === x &&
      difference.inputs[0] === x &&
      difference.inputs[1] === magnitude.outputs[0] &&
      times === difference.outputs[0] &&
      adds(sum, positive, scaled)
    ) {
      return { length: 5, output: sum.outputs[0] ?? -1, slopes, factor: 2 };
    }
  }
  return undefined;
}

/** The softmax that starts at `start`, written as e^(x − max) / Σ e^(x − max). */
export function matchSoftmax(
  operators: readonly TfliteOperator[],
  start: number,
): Match | undefined {
  const group = operators.slice(start, start + 5);
  if (!hasTypes(group, ['REDUCE_MAX', 'SUB', 'EXP', 'SUM', 'DIV'])) return undefined;
  const [max, shifted, exponential, sum, quotient] = group as Five;
  const isSoftmax =
    shifted.inputs[0] === max.inputs[0] &&
    shifted.inputs[1] === max.outputs[0] &&
    exponential.inputs[0] === shifted.outputs[0] &&
    sum.inputs[0] === exponential.outputs[0] &&
    quotient.inputs[0] === exponential.outputs[0] &&
    quotient.inputs[1] === sum.outputs[0];
  return isSoftmax ? { length: 5, output: quotient.outputs[0] ?? -1 } : undefined;
}

type Five = [TfliteOperator, TfliteOperator, TfliteOperator, TfliteOperator, TfliteOperator];
type Six = [...Five, TfliteOperator];

function hasTypes(operators: readonly TfliteOperator[], types: readonly string[]): boolean {
  return types.every((type, i) => operators[i]?.type === type);
}

function adds(sum: TfliteOperator, a: TfliteOperator, b: TfliteOperator): boolean {
  const [left, right] = sum.inputs;
  return left === a.outputs[0] && right === b.outputs[0];
}

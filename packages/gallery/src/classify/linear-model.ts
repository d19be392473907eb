import { pairwiseDistances } from '@facedex/faiss';

/** What a learner learns from. */
export interface TrainingSet {
  /** One unit vector after the other. */
  vectors: Float32Array;
  dimension: number;
  /** For each vector the number of its class, from 0. */
  labels: Int32Array;
  classes: number;
}

/** `softmax`: multinomial logistic regression; `hinge`: one linear SVM per class, squared hinge. */
export type Loss = 'softmax' | 'hinge';

/** Vectors whose scores are in memory at a time. */
const BLOCK = 4096;
const MAX_STEPS = 500;
/** Training ends when the gradient has become so much shorter than at the start. */
const TOLERANCE = 1e-3;

/**
 * Fits a linear score for each class: weights and a bias that keep the mean loss plus
 * `regularization / 2` times the squared weights least. Both losses are smooth and convex, so
 * Nesterov's accelerated gradient finds the one optimum (with the restarts of O'Donoghue & Candès
 * 2015); FAISS multiplies the matrices.
 *
 * @returns for each class its weights, one after the other, then its bias
 */
export async function trainLinear(
  { vectors, dimension, labels, classes }: TrainingSet,
  { loss, regularization }: { loss: Loss; regularization: number },
): Promise<Float32Array> {
  const width = dimension + 1;
  const inputs = withBias(vectors, dimension);
  const blocks: Block[] = [];
  for (let start = 0; start < labels.length; start += BLOCK) {
    const rows = inputs.subarray(start * width, (start + BLOCK) * width);
    blocks.push({
      rows,
      columns: transposed(rows, width),
      labels: labels.subarray(start, start + BLOCK),
    });
  }
  // The curvature of the loss: 1/2 of softmax (Böhning 1992), 2 of the squared hinge, times |x|² = 2.
  const step = 1 / ((loss === 'softmax' ? 1 : 4) + regularization);

  let weights = new Float32Array(classes * width);
  let ahead = weights;
  let momentum = 1;
  let firstLength = 0;
  for (let i = 0; i < MAX_STEPS; i++) {
    const slope = await gradient(ahead);
    const length = Math.sqrt(slope.reduce((sum, value) => sum + value * value, 0));
    firstLength ||= length;
    if (length <= TOLERANCE * firstLength) break;
    const next = new Float32Array(weights.length);
    let uphill = 0;
    for (let w = 0; w < next.length; w++) {
      next[w] = ahead[w]! - step * slope[w]!;
      uphill += slope[w]! * (next[w]! - weights[w]!);
    }
    const later = uphill > 0 ? 1 : (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const push = uphill > 0 ? 0 : (momentum - 1) / later;
    ahead = next.map((value, w) => value + push * (value - weights[w]!));
    weights = next;
    momentum = later;
  }
  return weights;

  async function gradient(at: Float32Array): Promise<Float32Array> {
    const sum = at.map((value, w) => (w % width === dimension ? 0 : regularization * value));
    for (const block of blocks) {
      const scores = await products(block.rows, at, width);
      const slopes = (loss === 'softmax' ? softmaxSlopes : hingeSlopes)(scores, block.labels);
      const count = block.labels.length;
      const part = await products(transposed(slopes, classes), block.columns, count);
      for (let w = 0; w < sum.length; w++) sum[w]! += part[w]! / labels.length;
    }
    return sum;
  }
}

/** The scores of all classes for some vectors: a row for each vector. */
export function linearScores(
  weights: Float32Array,
  { vectors, dimension }: { vectors: Float32Array; dimension: number },
): Promise<Float32Array> {
  return products(withBias(vectors, dimension), weights, dimension + 1);
}

interface Block {
  /** A row for each vector. */
  rows: Float32Array;
  /** A row for each component. */
  columns: Float32Array;
  labels: Int32Array;
}

/** How the loss changes with each score: the probability, less one for the right class. */
function softmaxSlopes(scores: Float32Array, labels: Int32Array): Float32Array {
  const classes = scores.length / labels.length;
  for (let i = 0; i < labels.length; i++) {
    const row = scores.subarray(i * classes, (i + 1) * classes);
    const highest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      row[c] = Math.exp(row[c]! - highest);
      sum += row[c]!;
    }
    for (let c = 0; c < classes; c++) row[c]! /= sum;
    row[labels[i]!]! -= 1;
  }
  return scores;
}

/** As {@link softmaxSlopes}: twice by how much a score is short of 1 on its side. */
function hingeSlopes(scores: Float32Array, labels: Int32Array): Float32Array {
  const classes = scores.length / labels.length;
  return scores.map((score, i) => {
    const side = i % classes === labels[Math.floor(i / classes)] ? 1 : -1;
    return -2 * side * Math.max(0, 1 - side * score);
  });
}

function products(a: Float32Array, b: Float32Array, dimension: number): Promise<Float32Array> {
  return pairwiseDistances(a, b, { dimension, metric: 'inner_product' });
}

function withBias(vectors: Float32Array, dimension: number): Float32Array {
  const width = dimension + 1;
  const count = vectors.length / dimension;
  const inputs = new Float32Array(count * width).fill(1);
  for (let i = 0; i < count; i++) {
    inputs.set(vectors.subarray(i * dimension, (i + 1) * dimension), i * width);
  }
  return inputs;
}

function transposed(rows: Float32Array, width: number): Float32Array {
  const height = rows.length / width;
  const columns = new Float32Array(rows.length);
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) columns[c * height + r] = rows[r * width + c]!;
  }
  return columns;
}

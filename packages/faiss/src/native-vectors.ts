import type { ByteLocation } from './native-containers.js';

/** A chain of transforms on the native side. */
export type TransformHandle = { readonly __transform: unique symbol };

/** The part of the addon that works on vectors without an index. */
export interface NativeVectors {
  knn(
    settings: DistanceSettings & { k: number },
    vectors: Float32Array,
    queries: Float32Array,
    distances: Float32Array,
    ids: BigInt64Array,
  ): Promise<void>;
  pairwiseDistances(
    settings: DistanceSettings,
    a: Float32Array,
    b: Float32Array,
    distances: Float32Array,
  ): Promise<void>;
  kmeans(
    settings: KmeansSettings,
    vectors: Float32Array,
    weights: Float32Array,
    initialCentroids: Float32Array,
    centroids: Float32Array,
    assignments: Int32Array,
    distances: Float32Array,
  ): Promise<{ objective: Float64Array; imbalance: Float64Array; splits: Int32Array }>;
  createTransform(dimension: number, transform: string): TransformHandle;
  loadTransform(source: ByteLocation): Promise<{ handle: TransformHandle; transform: string }>;
  savedTransformSize(handle: TransformHandle): Promise<number>;
  saveTransform(handle: TransformHandle, sink: ByteLocation): Promise<void>;
  describeTransform(handle: TransformHandle): TransformDescription;
  trainTransform(handle: TransformHandle, vectors: Float32Array, threads: number): Promise<void>;
  applyTransform(
    handle: TransformHandle,
    vectors: Float32Array,
    transformed: Float32Array,
    threads: number,
  ): Promise<void>;
  reverseTransform(
    handle: TransformHandle,
    transformed: Float32Array,
    vectors: Float32Array,
    threads: number,
  ): Promise<void>;
  releaseTransform(handle: TransformHandle): void;
}

export interface DistanceSettings {
  dimension: number;
  /** FAISS's number. */
  metric: number;
  metricArg: number;
  threads: number;
}

export interface KmeansSettings {
  dimension: number;
  k: number;
  iterations: number;
  redo: number;
  seed: number;
  maxPointsPerCentroid: number;
  spherical: boolean;
  integerCentroids: boolean;
  frozenCentroids: boolean;
  metric: number;
  threads: number;
}

export interface TransformDescription {
  inputDimension: number;
  outputDimension: number;
  isTrained: boolean;
  /** Empty without PCA, or before training. */
  explainedVarianceRatio: Float32Array;
}

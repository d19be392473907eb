import type { InferenceSession } from 'onnxruntime-node';
import { fitSimilarity, warpFace } from './align-face.js';
import type { Pixels } from './decode-photo.js';
import type { Landmarks, Point } from './geometry.js';
import type { ChannelScale } from './normalise.js';
import { kernels, scratch } from './pixel-kernels.js';
import { openSession, runSession } from './session.js';

/** What an embedder wants to see, from its model card. */
export interface EmbedderInput {
  /** Side of the square aligned face, in pixels. */
  readonly size: number;
  /** Where the five landmarks lie in it, in pixels. */
  readonly template: readonly Point[];
  /** How much wider the network saw faces in training; default 1. */
  readonly stretch?: number | undefined;
  readonly colourOrder: 'rgb' | 'bgr';
  /** In the network's channel order. */
  readonly scale: ChannelScale;
  /** Values of an embedding. */
  readonly dimension: number;
  /** Whether to look at the face's mirror image too, and take the mean of both embeddings. */
  readonly mirror?: boolean;
}

/** A face to embed: the photo and where its landmarks lie in it. */
export interface FaceInPhoto {
  readonly pixels: Pixels;
  readonly landmarks: Landmarks;
}

/** Crops per network call: what larger batches work on no longer fits a core's cache. */
const BATCH = 4;

/** Turns faces into unit-length embeddings. */
export class FaceEmbedder implements AsyncDisposable {
  readonly #session: InferenceSession;
  readonly #input: EmbedderInput;

  private constructor(session: InferenceSession, input: EmbedderInput) {
    this.#session = session;
    this.#input = input;
  }

  static async open(path: string, input: EmbedderInput): Promise<FaceEmbedder> {
    return new FaceEmbedder(await openSession(path), input);
  }

  /** One embedding of `dimension` values per face, in the order of the faces. */
  async embed(faces: readonly FaceInPhoto[]): Promise<Float32Array[]> {
    const embeddings: Float32Array[] = [];
    const step = BATCH / this.#views;
    for (let from = 0; from < faces.length; from += step) {
      embeddings.push(...(await this.#embedBatch(faces.slice(from, from + step))));
    }
    return embeddings;
  }

  /** The same network, shown faces in another way; to be disposed of once. */
  with(input: EmbedderInput): FaceEmbedder {
    return new FaceEmbedder(this.#session, input);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.release();
  }

  /** Crops of each face. */
  get #views(): 1 | 2 {
    return this.#input.mirror ? 2 : 1;
  }

  async #embedBatch(faces: readonly FaceInPhoto[]): Promise<Float32Array[]> {
    const { size, template, stretch = 1, dimension, mirror = false } = this.#input;
    const views = this.#views;
    const values = 3 * size * size;
    const input = new Float32Array(faces.length * views * values);
    for (const [i, { pixels, landmarks }] of faces.entries()) {
      const similarity = fitSimilarity(landmarks, template);
      const aligned = warpFace(pixels, { ...similarity, stretch }, size);
      const planes = input.subarray(i * views * values, (i + 1) * views * values);
      this.#writePlanes(aligned, planes.subarray(0, values));
      if (mirror) mirrorPlanes(planes.subarray(0, values), planes.subarray(values), size);
    }
    const output = await runSession(this.#session, input, [faces.length * views, 3, size, size]);
    const raw = output[this.#session.outputNames[0]!]!;
    const embeddingOf = (crop: number) =>
      unitLength(raw.subarray(crop * dimension, (crop + 1) * dimension));
    return faces.map((_, i) =>
      mirror ? unitMean(embeddingOf(2 * i), embeddingOf(2 * i + 1)) : embeddingOf(i),
    );
  }

  #writePlanes(aligned: Uint8Array, planes: Float32Array): void {
    const { size, colourOrder, scale } = this.#input;
    const plane = size * size * 4;
    const { buffer, at } = scratch(aligned.length, 32, plane, plane, plane);
    const [pixels = 0, norm = 0, first = 0, second = 0, third = 0] = at;
    const [red, blue] = colourOrder === 'rgb' ? [first, third] : [third, first];
    // The card tells the scale in the network's order of channels, the pixels are RGB.
    const inRgb = (values: readonly number[]) =>
      colourOrder === 'rgb' ? values : values.toReversed();
    new Uint8Array(buffer).set(aligned, pixels);
    new Float32Array(buffer, norm).set([
      ...[...inRgb(scale.scale.map((range) => 1 / range)), 0],
      ...inRgb(scale.mean.map((mean, c) => -mean / scale.scale[c]!)),
    ]);
    kernels.splitPlanes(pixels, size * size, norm, norm + 16, red, second, blue);
    for (const [c, from] of [first, second, third].entries()) {
      planes.set(new Float32Array(buffer, from, size * size), c * size * size);
    }
  }
}

function mirrorPlanes(planes: Float32Array, mirrored: Float32Array, size: number): void {
  for (let row = 0; row < planes.length; row += size) {
    for (let x = 0; x < size; x++) mirrored[row + x] = planes[row + size - 1 - x]!;
  }
}

function unitMean(a: Float32Array, b: Float32Array): Float32Array {
  return unitLength(a.map((value, d) => value + b[d]!));
}

function unitLength(raw: Float32Array): Float32Array {
  let squares = 0;
  for (const value of raw) squares += value * value;
  const factor = 1 / Math.sqrt(squares);
  return raw.map((value) => value * factor);
}

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
  readonly colourOrder: 'rgb' | 'bgr';
  /** In the network's channel order. */
  readonly scale: ChannelScale;
  /** Values of an embedding. */
  readonly dimension: number;
}

/** A face to embed: the photo and where its landmarks lie in it. */
export interface FaceInPhoto {
  readonly pixels: Pixels;
  readonly landmarks: Landmarks;
}

/** Faces per network call: what larger batches work on no longer fits a core's cache. */
const BATCH = 4;

/** Turns faces into unit-length embeddings. */
export class FaceEmbedder {
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
    for (let from = 0; from < faces.length; from += BATCH) {
      embeddings.push(...(await this.#embedBatch(faces.slice(from, from + BATCH))));
    }
    return embeddings;
  }

  async #embedBatch(faces: readonly FaceInPhoto[]): Promise<Float32Array[]> {
    const { size, template, dimension } = this.#input;
    const values = 3 * size * size;
    const input = new Float32Array(faces.length * values);
    for (const [i, { pixels, landmarks }] of faces.entries()) {
      const aligned = warpFace(pixels, fitSimilarity(landmarks, template), size);
      this.#writePlanes(aligned, input.subarray(i * values, (i + 1) * values));
    }
    const output = await runSession(this.#session, input, [faces.length, 3, size, size]);
    const raw = output[this.#session.outputNames[0]!]!;
    return faces.map((_, i) => unitLength(raw.subarray(i * dimension, (i + 1) * dimension)));
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

function unitLength(raw: Float32Array): Float32Array {
  let squares = 0;
  for (const value of raw) squares += value * value;
  const factor = 1 / Math.sqrt(squares);
  return raw.map((value) => value * factor);
}

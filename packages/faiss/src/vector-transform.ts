import {
  checkBytes,
  checkInteger,
  checkOptions,
  checkPath,
  checkVectors,
  MAX_DIMENSION,
} from './arguments.js';
import { copyBytes, copyVectors } from './copy-vectors.js';
import { FaissError, toFaissError } from './faiss-error.js';
import { type Saving, saveToBuffer } from './index-buffers.js';
import { loadNative } from './load-native.js';
import type { Native } from './native.js';
import { asFaissError, awaitedLater, threadsFor } from './native-call.js';
import type { ByteLocation } from './native-containers.js';
import type { TransformDescription, TransformHandle } from './native-vectors.js';
import { ReadWriteQueue } from './read-write-queue.js';
import { checkTransform } from './transform-words.js';

/** The most numbers that a call can make: 2 GiB. */
const MAX_NUMBERS = 2 ** 29;

/** Options of `VectorTransform.create`. */
export interface VectorTransformOptions {
  /** Components of each vector that goes in, 1 to 65,536; 1 to 8,192 but for `L2norm` and `Pad`. */
  dimension: number;
  /**
   * What to do, in FAISS's words, or several of these with commas between:
   *
   * - `PCA64`: the 64 directions in which vectors vary most. `PCAR64` rotates them at random after,
   *   so that all vary alike; `PCAW64` divides each by its deviation (whitening); `PCAWR64` both.
   *   FAISS divides by the deviation times the root of the number of training vectors.
   * - `OPQ16`: the rotation that suits PQ16 best; `OPQ16_64` to 64 components.
   * - `RR64`: a random rotation to 64 components; `RR` to as many.
   * - `ITQ64`: centres, normalises, and rotates so that signs make good codes.
   * - `L2norm`: to unit length.
   * - `Pad128`: zeros at the end, to 128 components.
   */
  transform: string;
}

/**
 * A transform of vectors that is learned from samples: PCA, OPQ, rotations.
 *
 * Vectors are passed as one `Float32Array`, one after the other. It is copied: up to 4 MiB before a
 * method returns; leave a larger one alone until the promise has settled. Calls take effect in the
 * order in which they are made; `apply` and `reverse` run beside each other.
 *
 * Every method can throw `DISPOSED`, `OUT_OF_MEMORY` and `FAISS_FAILED` besides its own codes;
 * asynchronous ones reject.
 *
 * @example
 * ```ts
 * import { VectorTransform } from '@facedex/faiss';
 *
 * await using pca = VectorTransform.create({ dimension: 3, transform: 'PCA1' });
 * await pca.train(new Float32Array([0, 0, 0, 1, 1, 0, 2, 2, 0, 3, 3, 0]));
 * console.log(pca.explainedVarianceRatio); // Float32Array(3) [ 1, 0, 0 ]
 * const shorter = await pca.apply(new Float32Array([0, 0, 0, 3, 3, 0]));
 * console.log(Math.abs(shorter[1] - shorter[0]).toFixed(2)); // 4.24
 * ```
 */
export class VectorTransform implements AsyncDisposable {
  /** What it was made from. */
  readonly transform: string;
  /** Components of each vector that goes in. */
  readonly inputDimension: number;
  /** Components of each vector that comes out. */
  readonly outputDimension: number;

  readonly #native: Native;
  readonly #handle: TransformHandle;
  readonly #queue = new ReadWriteQueue();
  #description: TransformDescription;
  #disposal: Promise<void> | undefined;

  private constructor(native: Native, handle: TransformHandle, transform: string) {
    this.#native = native;
    this.#handle = handle;
    this.#description = native.describeTransform(handle);
    this.transform = transform;
    this.inputDimension = this.#description.inputDimension;
    this.outputDimension = this.#description.outputDimension;
  }

  /**
   * A transform that has learned nothing yet.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `INVALID_FACTORY`, `ADDON_UNAVAILABLE`
   */
  static create(options: VectorTransformOptions): VectorTransform {
    checkOptions('options', options);
    const { dimension, transform } = options;
    checkInteger('dimension', dimension, [1, MAX_DIMENSION]);
    checkTransform(transform);
    const native = loadNative();
    try {
      return new VectorTransform(native, native.createTransform(dimension, transform), transform);
    } catch (error) {
      throw toFaissError(error);
    }
  }

  /**
   * Reads a file that {@link VectorTransform.save} wrote. Its checksum is verified before FAISS sees it.
   *
   * @throws {FaissError} `FILE_NOT_FOUND`, `CORRUPT_FILE`, `IO_FAILED`, `INVALID_ARGUMENT`,
   * `ADDON_UNAVAILABLE`
   */
  static async load(path: string): Promise<VectorTransform> {
    checkPath(path);
    return await VectorTransform.#load(path);
  }

  /**
   * A transform from bytes that {@link VectorTransform.toBuffer} or a saved file had.
   *
   * @throws {FaissError} `CORRUPT_FILE`, `INVALID_ARGUMENT`, `ADDON_UNAVAILABLE`
   */
  static async fromBuffer(bytes: Uint8Array): Promise<VectorTransform> {
    checkBytes('bytes', bytes);
    return await VectorTransform.#load(await copyBytes(bytes));
  }

  static async #load(source: ByteLocation): Promise<VectorTransform> {
    const native = loadNative();
    const { handle, transform } = await asFaissError(native.loadTransform(source));
    return new VectorTransform(native, handle, transform);
  }

  /** Whether vectors can be transformed. True from the start for `L2norm` and `Pad`. */
  get isTrained(): boolean {
    this.#checkAlive();
    return this.#description.isTrained;
  }

  /**
   * Of the first PCA in the chain, how much of all variance each direction has, largest first:
   * `dimension` numbers with a sum of 1, of which the first ones are kept. Add them up to choose how
   * many components are enough. Empty without PCA, or before training.
   */
  get explainedVarianceRatio(): Float32Array {
    this.#checkAlive();
    return this.#description.explainedVarianceRatio.slice();
  }

  /**
   * Learns from vectors like those to come: PCA from more vectors than components, at least; OPQ
   * from 256 or more. `RR` draws its rotation, whatever the vectors. A no-op for transforms without
   * anything to learn.
   *
   * @throws {FaissError} `INVALID_ARGUMENT` also for vectors that vary in too few directions to be
   * whitened, `NOT_FINITE`, `TRAINING_SET_TOO_SMALL`, `UNSUPPORTED` where it has been trained
   */
  async train(vectors: Float32Array, options: { threads?: number } = {}): Promise<void> {
    this.#checkAlive();
    const count = this.#checkInput('vectors', vectors, this.inputDimension);
    checkOptions('options', options);
    const threads = threadsFor(count, options.threads);
    if (count === 0) {
      throw new FaissError('TRAINING_SET_TOO_SMALL', 'Expected vectors to train with, received 0.');
    }
    const learns = !/^(L2norm|Pad\d+)(,(L2norm|Pad\d+))*$/.test(this.transform);
    const copying = awaitedLater(copyVectors(vectors));
    await this.#queue.write(async () => {
      if (learns && this.#description.isTrained) {
        throw new FaissError(
          'UNSUPPORTED',
          'This transform has been trained already, and vectors may have been transformed by it. ' +
            'Create another one.',
        );
      }
      const own = await copying;
      await asFaissError(this.#native.trainTransform(this.#handle, own, threads));
      this.#description = this.#native.describeTransform(this.#handle);
    });
  }

  /**
   * The transformed vectors, `outputDimension` components each.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `NOT_TRAINED`
   */
  async apply(vectors: Float32Array, options: { threads?: number } = {}): Promise<Float32Array> {
    this.#checkAlive();
    const count = this.#checkInput('vectors', vectors, this.inputDimension);
    checkOptions('options', options);
    const threads = threadsFor(count, options.threads);
    const copying = awaitedLater(copyVectors(vectors));
    return await this.#queue.read(async () => {
      this.#checkTrained();
      const own = await copying;
      const transformed = new Float32Array(count * this.outputDimension);
      await asFaissError(this.#native.applyTransform(this.#handle, own, transformed, threads));
      return transformed;
    });
  }

  /**
   * The vectors that these come from, `inputDimension` components each: exactly where no component
   * was left out, else the shortest ones of which `apply` makes the same. After PCA these are the
   * nearest ones where the training vectors had a mean of zero, as FAISS doesn't add the rest of the
   * mean. `L2norm` gives back vectors of unit length.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `NOT_TRAINED`, `UNSUPPORTED` for `ITQ` and
   * whitening
   */
  async reverse(vectors: Float32Array, options: { threads?: number } = {}): Promise<Float32Array> {
    this.#checkAlive();
    const count = this.#checkInput('vectors', vectors, this.outputDimension);
    checkOptions('options', options);
    const threads = threadsFor(count, options.threads);
    const copying = awaitedLater(copyVectors(vectors));
    return await this.#queue.read(async () => {
      this.#checkTrained();
      const own = await copying;
      const reversed = new Float32Array(count * this.inputDimension);
      await asFaissError(this.#native.reverseTransform(this.#handle, own, reversed, threads));
      return reversed;
    });
  }

  /**
   * Writes the transform to a file, which is replaced at once when the new one is complete and on
   * disk.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `FILE_NOT_FOUND` (no such folder), `IO_FAILED`
   */
  async save(path: string): Promise<void> {
    checkPath(path);
    const { save } = this.#saving();
    await this.#queue.read(() => asFaissError(save(path)));
  }

  /** What {@link VectorTransform.save} writes, in memory of its own. */
  async toBuffer(): Promise<Uint8Array<ArrayBuffer>> {
    const saving = this.#saving();
    return await this.#queue.read(() => asFaissError(saveToBuffer(saving)));
  }

  #saving(): Saving {
    this.#checkAlive();
    return {
      size: () => this.#native.savedTransformSize(this.#handle),
      save: (sink) => this.#native.saveTransform(this.#handle, sink),
    };
  }

  /**
   * Waits for calls that were made before, then frees the memory. Later calls throw `DISPOSED`,
   * but this one can be repeated.
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#queue.write(() => this.#native.releaseTransform(this.#handle));
    return this.#disposal;
  }

  /** How many vectors these are. */
  #checkInput(name: string, vectors: Float32Array, dimension: number): number {
    checkVectors(name, vectors, dimension);
    const count = vectors.length / dimension;
    if (count * Math.max(this.inputDimension, this.outputDimension) > MAX_NUMBERS) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected at most ${MAX_NUMBERS} numbers before and after the transform, received ` +
          `${count} vectors. Pass fewer at a time.`,
      );
    }
    return count;
  }

  #checkTrained(): void {
    if (!this.#description.isTrained) {
      throw new FaissError(
        'NOT_TRAINED',
        `The transform '${this.transform}' has to be trained first: call train() with vectors ` +
          'like those that you will transform.',
      );
    }
  }

  #checkAlive(): void {
    if (this.#disposal !== undefined) {
      throw new FaissError('DISPOSED', 'This transform was disposed. Create another one.');
    }
  }
}

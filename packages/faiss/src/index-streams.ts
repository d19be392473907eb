import { Readable } from 'node:stream';
import { isUint8Array } from 'node:util/types';
import { show } from './arguments.js';
import { FaissError, toFaissError } from './faiss-error.js';
import { awaitedLater } from './native-call.js';
import { CONTAINER_HEADER_SIZE, type NativeContainers } from './native-containers.js';
import { SpoolFile } from './spool-file.js';

const CHUNK_BYTES = 2 ** 18;

/** A file with what `save` writes to the descriptor that it is given. */
export async function spool(save: (descriptor: number) => Promise<void>): Promise<SpoolFile> {
  const file = await SpoolFile.open();
  try {
    await save(file.descriptor);
    return file;
  } catch (error) {
    await file[Symbol.asyncDispose]();
    throw toFaissError(error);
  }
}

/** A stream of what is in the file; frees it at the end, and where the stream is destroyed. */
export function streamOf(spooling: Promise<SpoolFile>): Readable {
  return new SpoolStream(spooling);
}

/**
 * Writes all of the stream to a file, and gives `load` its descriptor. A stream whose beginning is
 * none of ours, or that goes on beyond what its header says, is destroyed at once.
 *
 * @throws {FaissError} `INVALID_ARGUMENT`, `CORRUPT_FILE`, `IO_FAILED` also where the stream fails
 */
export async function loadFromStream<T>(
  source: AsyncIterable<Uint8Array>,
  { native, load }: { native: NativeContainers; load: (descriptor: number) => Promise<T> },
): Promise<T> {
  if (typeof source?.[Symbol.asyncIterator] !== 'function') {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected a Readable or another async iterable of Uint8Arrays, received ${show(source)}.`,
    );
  }
  const opening = awaitedLater(SpoolFile.open());
  try {
    const received = new Received(opening, native);
    // Before the file is open: an error of the source that nobody listens for would end the process.
    for await (const chunk of withKnownFailure(source, received)) {
      await received.add(chunk);
    }
    return await load((await opening).descriptor);
  } finally {
    const file = await opening.catch(() => undefined);
    await file?.[Symbol.asyncDispose]();
  }
}

/** The bytes of a stream, on their way to a file. */
class Received {
  length = 0;
  readonly #file: Promise<SpoolFile>;
  readonly #native: NativeContainers;
  readonly #header = new Uint8Array(CONTAINER_HEADER_SIZE);
  #expected = Number.POSITIVE_INFINITY;

  constructor(file: Promise<SpoolFile>, native: NativeContainers) {
    this.#file = file;
    this.#native = native;
  }

  async add(chunk: Uint8Array): Promise<void> {
    if (!isUint8Array(chunk)) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected a stream of Uint8Arrays, received a chunk that is ${show(chunk)}. ` +
          'Leave encoding and objectMode of the stream alone.',
      );
    }
    for (let begin = 0; begin < chunk.length; begin += CHUNK_BYTES) {
      // A copy, as the chunk's owner may free it while it is written.
      const bytes = Uint8Array.prototype.slice.call(chunk, begin, begin + CHUNK_BYTES);
      this.#checkHeader(bytes);
      await (await this.#file).write(this.length, bytes);
      this.length += bytes.length;
    }
  }

  #checkHeader(bytes: Uint8Array): void {
    const missing = this.#header.length - this.length;
    if (missing > 0) {
      this.#header.set(bytes.subarray(0, missing), this.length);
      if (bytes.length >= missing) {
        this.#expected = this.#sizeByHeader();
      }
    }
    if (this.length + bytes.length > this.#expected) {
      throw new FaissError(
        'CORRUPT_FILE',
        'The stream is not usable: it is longer than its header says. Stream the index anew.',
      );
    }
  }

  #sizeByHeader(): number {
    try {
      return this.#native.containerSize(this.#header, 'The stream');
    } catch (error) {
      throw toFaissError(error);
    }
  }
}

/** The chunks of the source, whose own failure becomes a FaissError. */
async function* withKnownFailure(
  source: AsyncIterable<Uint8Array>,
  received: Received,
): AsyncGenerator<Uint8Array> {
  let chunks: AsyncIterator<Uint8Array> | undefined;
  let ended = false;
  try {
    chunks = source[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await chunks.next();
      if (done) {
        ended = true;
        return;
      }
      yield value;
    }
  } catch (error) {
    ended = true;
    throw new FaissError(
      'IO_FAILED',
      `The stream failed after ${received.length} bytes: ${String((error as Error)?.message ?? error)}`,
      { cause: error },
    );
  } finally {
    if (!ended) {
      await chunks?.return?.();
    }
  }
}

class SpoolStream extends Readable {
  readonly #spooling: Promise<SpoolFile>;
  #file: SpoolFile | undefined;
  #position = 0;

  constructor(spooling: Promise<SpoolFile>) {
    super({ highWaterMark: CHUNK_BYTES });
    this.#spooling = spooling;
    spooling.catch(() => {}); // _construct, which comes later, reports it
  }

  override _construct(callback: (error?: Error) => void): void {
    this.#spooling.then((file) => {
      this.#file = file;
      callback();
    }, callback);
  }

  override _read(): void {
    this.#file?.read(this.#position, CHUNK_BYTES).then(
      (bytes) => {
        this.#position += bytes.length;
        this.push(bytes.length > 0 ? bytes : null);
      },
      (error) => this.destroy(error),
    );
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const closing = this.#file?.[Symbol.asyncDispose]() ?? Promise.resolve();
    closing.then(
      () => callback(error),
      (failure) => callback(error ?? failure),
    );
  }
}

import { randomUUID } from 'node:crypto';
import { close, constants, open, read, unlink, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FaissError } from './faiss-error.js';

const fs = {
  close: promisify(close),
  open: promisify(open),
  read: promisify(read),
  unlink: promisify(unlink),
  write: promisify(write),
};

/** Linux's O_TMPFILE, the same on x64 and arm64; Node has no constant for it. */
const UNNAMED = 0o20000000 | constants.O_DIRECTORY;

/** Closes what was forgotten, such as the stream of an index that nobody read. */
const forgotten = new FinalizationRegistry<number>((descriptor) => close(descriptor, () => {}));

/**
 * A private temporary file without a name, in `os.tmpdir()`: nobody else can open it, and the
 * operating system frees it when it is closed, even where the process is killed.
 *
 * A `FileHandle` is not used, since one that is forgotten ends the process in newer versions of Node.
 */
export class SpoolFile implements AsyncDisposable {
  /** For the addon, which makes a descriptor of its own from it. */
  readonly descriptor: number;
  /** The last call, after which the descriptor may be closed. */
  #last: Promise<unknown> = Promise.resolve();
  #disposal: Promise<void> | undefined;

  private constructor(descriptor: number) {
    this.descriptor = descriptor;
    forgotten.register(this, descriptor, this);
  }

  /** @throws {FaissError} `IO_FAILED` */
  static async open(): Promise<SpoolFile> {
    return new SpoolFile(await asIoFailure('create', openUnnamed()));
  }

  /**
   * Up to `length` bytes from there, in memory of their own; none at the end.
   *
   * @throws {FaissError} `IO_FAILED`
   */
  async read(position: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    const reading = fs.read(this.descriptor, bytes, 0, length, position);
    this.#last = reading;
    const { bytesRead } = await asIoFailure('read', reading);
    return bytes.subarray(0, bytesRead);
  }

  /**
   * Writes all bytes there. They have to be memory that nobody else can free.
   *
   * @throws {FaissError} `IO_FAILED`
   */
  async write(position: number, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const writing = fs.write(this.descriptor, bytes, done, bytes.length - done, position + done);
      this.#last = writing;
      done += (await asIoFailure('write', writing)).bytesWritten;
    }
  }

  /** Frees the file, after the call that is under way. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#close();
    return this.#disposal;
  }

  async #close(): Promise<void> {
    forgotten.unregister(this);
    await Promise.allSettled([this.#last]);
    await asIoFailure('close', fs.close(this.descriptor));
  }
}

async function openUnnamed(): Promise<number> {
  const folder = tmpdir();
  if (process.platform === 'linux') {
    try {
      return await fs.open(folder, UNNAMED | constants.O_RDWR, 0o600);
    } catch {
      // This file system can't: give it a name for a moment.
    }
  }
  const path = join(folder, `facedex-faiss-${randomUUID()}`);
  const descriptor = await fs.open(path, 'wx+', 0o600);
  await fs.unlink(path);
  return descriptor;
}

async function asIoFailure<T>(action: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new FaissError(
      'IO_FAILED',
      `Could not ${action} a temporary file in ${tmpdir()}: ${(error as Error).message}. ` +
        'Streams pass through one; the variable TMPDIR says in which folder.',
      { cause: error },
    );
  }
}

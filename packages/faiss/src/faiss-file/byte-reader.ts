import type { FileHandle } from 'node:fs/promises';
import { FaissError } from '../faiss-error.js';

/** What is read at once: a tenth of a millisecond's work for whoever looks at each number. */
const BUFFER_SIZE = 2 ** 18;

/** Where in a file to read: `begin` and `length` in bytes. */
export interface Section {
  path: string;
  begin: number;
  length: number;
}

/**
 * Reads numbers (little-endian) one after the other from a section of a file, and never beyond it.
 * Every size is compared with what is left of the section before anything is allocated or skipped.
 *
 * Failing reads throw `CORRUPT_FILE` with the place and what was expected there.
 */
export class ByteReader {
  readonly section: Section;
  /** Where the next number is, counted from the beginning of the file. */
  position: number;

  readonly #file: FileHandle;
  readonly #end: number;
  readonly #buffer = new Uint8Array(BUFFER_SIZE);
  readonly #view = new DataView(this.#buffer.buffer);
  readonly #chunk = new ArrayBuffer(BUFFER_SIZE);
  #bufferBegin = 0;
  #bufferEnd = 0;

  constructor(file: FileHandle, section: Section) {
    this.section = section;
    this.position = section.begin;
    this.#file = file;
    this.#end = section.begin + section.length;
  }

  get remaining(): number {
    return this.#end - this.position;
  }

  /** The same section from another place on, to look at something once more. */
  again(position: number): ByteReader {
    const reader = new ByteReader(this.#file, this.section);
    reader.position = position;
    return reader;
  }

  async byte(what: string): Promise<number> {
    return this.#view.getUint8(await this.#take(1, what));
  }

  /** A C++ bool, which must be 0 or 1. */
  async flag(what: string): Promise<boolean> {
    const value = await this.byte(what);
    if (value > 1) {
      throw this.corrupt(`${what} is ${value}, neither 0 nor 1`, 1);
    }
    return value === 1;
  }

  async int32(what: string, range: [min: number, max: number]): Promise<number> {
    const value = this.#view.getInt32(await this.#take(4, what), true);
    return this.#within(what, value, { range, size: 4 });
  }

  async float32(what: string, range: [min: number, max: number]): Promise<number> {
    const value = this.#view.getFloat32(await this.#take(4, what), true);
    return this.#within(what, value, { range, size: 4 });
  }

  async unsigned64(what: string): Promise<bigint> {
    return this.#view.getBigUint64(await this.#take(8, what), true);
  }

  /** A signed or unsigned 64-bit integer; within the range, never negative, they are the same. */
  async int64(what: string, range: [min: number, max: number]): Promise<number> {
    const value = await this.unsigned64(what);
    const [min, max] = range;
    if (value < BigInt(min) || value > BigInt(max)) {
      throw this.corrupt(`${what} is ${value}, not ${expected(range)}`, 8);
    }
    return Number(value);
  }

  async fourcc(): Promise<string> {
    const offset = await this.#take(4, 'the name of a kind');
    return String.fromCharCode(...this.#buffer.subarray(offset, offset + 4));
  }

  /** The length of an array whose items follow; they are in the section for certain. */
  async arrayLength(what: string, itemSize: number): Promise<number> {
    const most = Math.floor((this.remaining - 8) / itemSize);
    return this.int64(`the length of ${what}`, [0, Math.max(most, 0)]);
  }

  /** The length of an array, which has to be this one. */
  async exactLength(what: string, itemSize: number, length: number): Promise<void> {
    const found = await this.arrayLength(what, itemSize);
    if (found !== length) {
      throw this.corrupt(`the length of ${what} is ${found}, not ${length}`, 8);
    }
  }

  skip(what: string, size: number): void {
    this.#claim(what, size);
    this.position += size;
  }

  /**
   * Shows the following `size` bytes in chunks, at most 256 KiB each and without a part of an item
   * of up to 16 bytes. A chunk is good until the visitor returns; `first` is the chunk's offset
   * within the array.
   */
  async visit(
    what: string,
    size: number,
    visitor: (chunk: ArrayBuffer, size: number, first: number) => void,
  ): Promise<void> {
    this.#claim(what, size);
    for (let done = 0; done < size; ) {
      const piece = Math.min(size - done, BUFFER_SIZE);
      const offset = await this.#take(piece, what);
      new Uint8Array(this.#chunk).set(this.#buffer.subarray(offset, offset + piece));
      visitor(this.#chunk, piece, done);
      done += piece;
    }
  }

  /** The error for what was found, `back` bytes before the position. */
  corrupt(problem: string, back = 0): FaissError {
    return new FaissError(
      'CORRUPT_FILE',
      `${this.section.path} is not a usable FAISS file: at byte ${this.position - back}, ` +
        `${problem}. Write it anew from the index that it came from.`,
    );
  }

  unsupported(problem: string): FaissError {
    return new FaissError('UNSUPPORTED', `${this.section.path} can't be read here: ${problem}`);
  }

  #claim(what: string, size: number): void {
    if (size > this.remaining) {
      throw this.corrupt(`the file ends within ${what}: ${this.remaining} of ${size} bytes left`);
    }
  }

  #within(
    what: string,
    value: number,
    { range, size }: { range: [number, number]; size: number },
  ): number {
    // Written so that NaN fails.
    if (!(value >= range[0] && value <= range[1])) {
      throw this.corrupt(`${what} is ${value}, not ${expected(range)}`, size);
    }
    return value;
  }

  /** Where in the buffer the next bytes are, at most as many as it holds. */
  async #take(size: number, what: string): Promise<number> {
    this.#claim(what, size);
    if (this.position < this.#bufferBegin || this.position + size > this.#bufferEnd) {
      await this.#fill(size, what);
    }
    const offset = this.position - this.#bufferBegin;
    this.position += size;
    return offset;
  }

  async #fill(size: number, what: string): Promise<void> {
    const wanted = Math.min(BUFFER_SIZE, this.remaining);
    this.#bufferBegin = this.position;
    this.#bufferEnd = this.position;
    while (this.#bufferEnd - this.#bufferBegin < size) {
      const got = this.#bufferEnd - this.#bufferBegin;
      const { bytesRead } = await this.#file.read(this.#buffer, got, wanted - got, this.#bufferEnd);
      if (bytesRead === 0) {
        throw this.corrupt(`the file became shorter while ${what} was read`);
      }
      this.#bufferEnd += bytesRead;
    }
  }
}

function expected([min, max]: [number, number]): string {
  return min === max ? String(min) : `from ${min} to ${max}`;
}

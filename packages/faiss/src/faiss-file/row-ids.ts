import type { ByteReader } from './byte-reader.js';
import type { Place } from './part.js';

/**
 * Looks at each id of an index. Ids that are the caller's can be any but -1, which stands for "none".
 * Ids that are rows, because whoever is above looks them up in an array, have to be every number
 * below the size once.
 */
export class IdCheck {
  readonly #reader: ByteReader;
  readonly #size: number;
  readonly #seen: Uint8Array | undefined;

  /** Needs a bit a row, so `size` has to be backed by the file. */
  constructor(reader: ByteReader, { size, ids }: { size: number; ids: Place['ids'] }) {
    this.#reader = reader;
    this.#size = size;
    this.#seen = ids === 'rows' ? new Uint8Array(Math.ceil(size / 8)) : undefined;
  }

  async visit(count: number): Promise<void> {
    await this.#reader.visit('ids', count * 8, (chunk, size) => {
      const words = new Int32Array(chunk, 0, size / 4);
      for (let i = 0; i < words.length; i += 2) {
        const [low, high] = [words[i]!, words[i + 1]!];
        if (low === -1 && high === -1) {
          throw this.#reader.corrupt('an id is -1, which stands for "none"', size - i * 4);
        }
        if (this.#seen !== undefined) {
          this.#mark(high * 2 ** 32 + (low >>> 0), size - i * 4);
        }
      }
    });
  }

  #mark(row: number, back: number): void {
    const seen = this.#seen!;
    const bit = 1 << (row % 8);
    const place = Math.floor(row / 8);
    if (row < 0 || row >= this.#size || (seen[place]! & bit) !== 0) {
      throw this.#reader.corrupt(
        `expected each row from 0 to ${this.#size - 1} once, found ${row}, out of range or twice`,
        back,
      );
    }
    seen[place]! |= bit;
  }
}

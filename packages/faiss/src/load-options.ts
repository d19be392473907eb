import { checkOptions, show } from './arguments.js';
import { FaissError } from './faiss-error.js';

/** Options of `FaissIndex.load`. */
export interface LoadOptions {
  /**
   * Leaves inverted lists in the file, from where the operating system reads what searches look at:
   * for indexes larger than memory, and to be ready at once. For IVF without fast scan and
   * refinement. Such an index is read-only.
   *
   * @default false
   */
  memoryMap?: boolean;
  /**
   * Nothing can be changed; in return the index needs no table of ids (some 50 bytes each). Looking
   * ids up (`reconstruct`, filters by ids) then reads all of them.
   *
   * @default false
   */
  readOnly?: boolean;
}

/** @throws {FaissError} `INVALID_ARGUMENT` */
export function checkLoadOptions(options: LoadOptions): Required<LoadOptions> {
  checkOptions('options', options);
  const { memoryMap = false, readOnly = memoryMap } = options;
  for (const [name, value] of Object.entries({ memoryMap, readOnly })) {
    if (typeof value !== 'boolean') {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected ${name} to be true or false, received ${show(value)}.`,
      );
    }
  }
  if (memoryMap && !readOnly) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      'A memory-mapped index is read-only: leave readOnly out, or load without memoryMap.',
    );
  }
  return { memoryMap, readOnly };
}

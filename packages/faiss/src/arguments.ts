import { isFloat32Array, isSharedArrayBuffer, isUint8Array } from 'node:util/types';
import { FaissError } from './faiss-error.js';

/** What vectors may have: from 1 to this many components. */
export const MAX_DIMENSION = 65_536;
/** The most neighbours that one search can ask for. */
export const MAX_K = 65_536;
/** The most places (queries times k) that one search can fill: 1.5 GiB of results. */
export const MAX_RESULTS = 2 ** 27;
/** The most results of a range search that doesn't say otherwise. */
export const DEFAULT_MAX_RANGE_RESULTS = 2 ** 24;
/** The longest note, in UTF-8 bytes. */
export const MAX_NOTE_BYTES = 2 ** 20;

/** @throws {FaissError} `INVALID_ARGUMENT` unless `value` is an integer within the range. */
export function checkInteger(name: string, value: unknown, range: [min: number, max: number]) {
  const [min, max] = range;
  if (!Number.isInteger(value) || Number(value) < min || Number(value) > max) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected ${name} to be an integer from ${min} to ${max}, received ${show(value)}.`,
    );
  }
}

/** @throws {FaissError} `INVALID_ARGUMENT` unless `value` is a finite number. */
export function checkFinite(name: string, value: unknown): void {
  if (!Number.isFinite(value)) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected ${name} to be a finite number, received ${show(value)}.`,
    );
  }
}

/** @throws {FaissError} `INVALID_ARGUMENT` unless `value` is an object. */
export function checkOptions(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected ${name} to be an object, received ${show(value)}.`,
    );
  }
}

/** @throws {FaissError} `INVALID_ARGUMENT` unless these are whole vectors in usable memory. */
export function checkVectors(name: string, value: Float32Array, dimension: number): void {
  if (!isFloat32Array(value)) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected ${name} as a Float32Array, received ${show(value)}. ` +
        'Convert other arrays with Float32Array.from().',
    );
  }
  checkAttached(name, value);
  if (value.length % dimension !== 0) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected ${name} one after the other, each with ${dimension} components, ` +
        `received ${value.length} numbers, which is no multiple of ${dimension}.`,
    );
  }
}

/**
 * @throws {FaissError} `INVALID_ARGUMENT` unless these are bytes in memory that no other thread can
 * write to meanwhile.
 */
export function checkBytes(name: string, value: Uint8Array): void {
  if (!isUint8Array(value)) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected ${name} as a Uint8Array or Buffer, received ${show(value)}.`,
    );
  }
  if (isSharedArrayBuffer(value.buffer)) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected ${name} in memory of its own, received shared memory. Pass a copy: value.slice() ` +
        'of a Uint8Array.',
    );
  }
  checkAttached(name, value);
}

/** @throws {FaissError} `INVALID_ARGUMENT` unless `value` can be a path. */
export function checkPath(value: string): void {
  if (typeof value !== 'string' || value === '' || value.includes('\0')) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected the path of a file as a string without NUL, received ${show(value)}.`,
    );
  }
}

/** @throws {FaissError} `INVALID_ARGUMENT` unless `value` is a list of at least one path. */
export function checkPaths(value: readonly string[]): void {
  if (!Array.isArray(value) || value.length === 0) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected an array of at least one path, received ${show(value)}.`,
    );
  }
  value.forEach(checkPath);
}

/** @throws {FaissError} `INVALID_ARGUMENT` unless `value` is well-formed text of fair length. */
export function checkNote(value: string): void {
  if (
    typeof value !== 'string' ||
    Buffer.byteLength(value) > MAX_NOTE_BYTES ||
    Buffer.from(value).toString() !== value
  ) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected the note as a well-formed string of at most ${MAX_NOTE_BYTES} bytes in UTF-8, ` +
        `received ${typeof value === 'string' ? `one of ${Buffer.byteLength(value)} bytes` : show(value)}.`,
    );
  }
}

/** A short text for a value of any kind. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > 60 ? `'${value.slice(0, 60)}…'` : `'${value}'`;
  }
  if (typeof value === 'bigint') {
    return `${value}n`;
  }
  if (typeof value === 'object' && value !== null) {
    return `an object of type ${value.constructor?.name ?? 'Object'}`;
  }
  return typeof value === 'function' ? 'a function' : String(value);
}

/**
 * @throws {FaissError} `INVALID_ARGUMENT` where the memory was transferred to somebody else. Such an
 * array looks like an empty one.
 */
export function checkAttached(name: string, { buffer }: ArrayBufferView): void {
  if (buffer.byteLength === 0) {
    try {
      new Uint8Array(buffer);
    } catch {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `The memory of ${name} was transferred away (postMessage or structuredClone). ` +
          'Pass a copy, or transfer it after the call has finished.',
      );
    }
  }
}

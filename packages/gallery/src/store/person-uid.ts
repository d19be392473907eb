import { randomBytes } from 'node:crypto';

/** An id for a person: 16 hexadecimal digits, never used before. */
export function newPersonUid(): string {
  return randomBytes(8).toString('hex');
}

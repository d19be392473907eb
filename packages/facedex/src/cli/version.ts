import { createRequire } from 'node:module';

/** The version of this package. */
export function facedexVersion(): string {
  return createRequire(import.meta.url)('../../package.json').version;
}

import { sep } from 'node:path';
import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely';
import type { Tables } from './schema.js';

type Paths = ExpressionBuilder<Tables, 'photo_paths'>;

/** A condition for `photo_paths`: in a directory, at any depth, or the path itself. */
export function pathsIn(directory: string) {
  const start = directory.endsWith(sep) ? directory : directory + sep;
  // Everything that begins with `start` sorts before `start` with its last character moved on.
  const end = start.slice(0, -1) + String.fromCharCode(sep.charCodeAt(0) + 1);
  return ({ or, and, eb }: Paths): ExpressionWrapper<Tables, 'photo_paths', SqlBool> =>
    or([
      eb('photo_paths.path', '=', directory),
      and([eb('photo_paths.path', '>=', start), eb('photo_paths.path', '<', end)]),
    ]);
}

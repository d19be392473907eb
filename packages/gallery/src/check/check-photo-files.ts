import { stat } from 'node:fs/promises';
import type { PhotoFiles } from '../photo-files.js';
import { openDatabase } from '../store/sqlite-database.js';
import { type Finding, someOf } from './finding.js';

const PATHS_PER_READ = 1000;
/** Who enrols photos may know times to the millisecond only. */
const TIME_UNIT_MS = 1;

/**
 * Looks whether the photo files are where they were, and as they were, by size and time. Of those that
 * the gallery keeps itself it is enough that they are there: it may have been moved with them.
 */
export async function checkPhotoFiles(path: string, kept: PhotoFiles): Promise<Finding[]> {
  const gone: string[] = [];
  const changed: string[] = [];
  const database = openDatabase(path, 'read');
  try {
    for (let last = ''; ; ) {
      const files = await database.db
        .selectFrom('photo_paths')
        .innerJoin('photos', 'photos.id', 'photo_id')
        .select(['path', 'bytes', 'modified_ms', 'content_hash'])
        .where('path', '>', last)
        .orderBy('path')
        .limit(PATHS_PER_READ)
        .execute();
      for (const file of files.filter(({ content_hash: hash }) => !kept.has(hash))) {
        const found = await stat(file.path).catch(() => undefined);
        if (found === undefined) {
          gone.push(file.path);
        } else if (
          found.size !== file.bytes ||
          Math.abs(found.mtimeMs - file.modified_ms) >= TIME_UNIT_MS
        ) {
          changed.push(file.path);
        }
      }
      if (files.length < PATHS_PER_READ) {
        break;
      }
      last = files.at(-1)?.path ?? last;
    }
  } finally {
    await database.close();
  }
  return [
    ...(gone.length === 0
      ? []
      : [
          note(
            `${gone.length} photo files are gone: ${someOf(gone)}`,
            'bring them back, or index their folder again with --prune, which removes their faces',
          ),
        ]),
    ...(changed.length === 0
      ? []
      : [
          note(
            `${changed.length} photo files have changed since they were indexed: ${someOf(changed)}`,
            'index their folder again',
          ),
        ]),
  ];
}

function note(problem: string, advice: string): Finding {
  return { part: 'files', severity: 'note', problem, advice };
}

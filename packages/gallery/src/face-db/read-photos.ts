import { createHash } from 'node:crypto';
import { basename, dirname, resolve } from 'node:path';
import { checkText } from '../check-photo.js';
import { embeddingProblem } from '../embedding-space.js';
import { GalleryError } from '../errors.js';
import { nameProblem, normalName } from '../name.js';
import type { FaceDbFiles } from './face-db-files.js';
import { readJson } from './read-json.js';

/** A photo of which only the name and the embeddings are known. */
export interface NamedEmbeddings {
  /** Absolute. */
  path: string;
  person: string | null;
  /** At least one. */
  embeddings: Float32Array[];
}

/** An entry that cannot be a face of the gallery, and why. */
export interface SkippedEntry {
  path: string;
  reason: string;
}

/**
 * Reads faceDB.json photo by photo; entries that cannot be used are reported to `onSkip`.
 *
 * @throws GalleryError `INVALID_FILE` when a file is not JSON of its form
 */
export async function* readPhotos(
  files: FaceDbFiles,
  options: { dimension: number; onSkip: (entry: SkippedEntry) => void },
): AsyncGenerator<NamedEmbeddings, void, undefined> {
  const { dimension, onSkip } = options;
  const folder = dirname(resolve(files.faceDbPath));
  const names = files.personPath === undefined ? undefined : await readNames(files.personPath);
  const seen = new Set<string>();
  let photo: NamedEmbeddings | undefined;
  for await (const { key, value } of readJson(files.faceDbPath, 'array')) {
    const entry = parseEntry(value);
    const problem = entry === undefined ? FORM : embeddingProblem(entry.numbers, dimension);
    if (entry === undefined || problem !== undefined) {
      onSkip({ path: entry?.name ?? `entry ${key}`, reason: problem ?? FORM });
      continue;
    }
    const path = resolve(folder, entry.name);
    const embedding = Float32Array.from(entry.numbers);
    const person = names === undefined ? folderName(path) : names.get(faceKey(path, embedding));
    const nameless = person ? nameProblem(person) : undefined;
    if (nameless !== undefined) {
      onSkip({ path, reason: `the person's name ${nameless}` });
      continue;
    }
    if (photo?.path !== path) {
      if (seen.has(path)) {
        onSkip({ path, reason: 'faces of one photo must stand one after the other' });
        continue;
      }
      seen.add(path);
      if (photo !== undefined) {
        yield photo;
      }
      photo = { path, person: null, embeddings: [] };
    }
    photo.embeddings.push(embedding);
    photo.person ??= person ? normalName(person) : null;
  }
  if (photo !== undefined) {
    yield photo;
  }
}

const FORM = 'expected [path, [numbers]]';

/** Who lists a face in person.json, by the face's key. */
async function readNames(personPath: string): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for await (const { key, value } of readJson(personPath, 'object')) {
    const entries = Array.isArray(value) ? value.map(parseEntry) : [undefined];
    for (const entry of entries) {
      if (entry === undefined || !isText(key)) {
        throw new GalleryError(
          'INVALID_FILE',
          `${personPath}: expected {person: [[file name, [numbers]], …]} but ${JSON.stringify(key)} has something else`,
        );
      }
      names.set(faceKey(entry.name, Float32Array.from(entry.numbers)), key);
    }
  }
  return names;
}

/** person.json has file names only, so the numbers must tell two files of one name apart. */
function faceKey(path: string, embedding: Float32Array): string {
  const bytes = new Uint8Array(embedding.buffer);
  return createHash('sha256').update(basename(path)).update('\0').update(bytes).digest('base64');
}

function parseEntry(value: unknown): { name: string; numbers: number[] } | undefined {
  if (!Array.isArray(value)) {
    return undefined;
  }
  const [name, numbers]: unknown[] = value;
  return isText(name) &&
    Array.isArray(numbers) &&
    numbers.every((number): number is number => typeof number === 'number')
    ? { name, numbers }
    : undefined;
}

function isText(value: unknown): value is string {
  try {
    checkText(value as string, 'name');
    return true;
  } catch {
    return false;
  }
}

function folderName(path: string): string | null {
  return basename(dirname(path)) || null;
}

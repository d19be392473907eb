import { createHash } from 'node:crypto';
import { GalleryError } from '../errors.js';
import type { Gallery } from '../gallery.js';
import type { PhotoInput } from '../photo.js';
import type { FaceDbFiles } from './face-db-files.js';
import { type NamedEmbeddings, readPhotos, type SkippedEntry } from './read-photos.js';

export interface FaceDbImport {
  /** Photos and faces that were added or replaced. */
  photos: number;
  faces: number;
  /** Different people among them. */
  people: number;
  /** Photos that were in already. */
  unchanged: number;
  /** Entries that cannot be faces of this gallery, and why. */
  skipped: SkippedEntry[];
}

/** Marks photos of which only the embeddings are known. */
const IMPORT_RECIPE = 'import';
const PHOTOS_PER_TRANSACTION = 256;

/**
 * Reads faces from JSON. Without person.json a face belongs to the person that its photo's parent
 * folder is named after; with it, to the person that lists it (same file name, same numbers), and to
 * nobody when none does. Relative paths start at faceDB.json's folder. Several faces of one photo
 * must stand one after the other.
 *
 * Importing again changes nothing. Indexing a photo's file replaces what was imported for it;
 * importing never replaces what was made from a file.
 *
 * @throws GalleryError `INVALID_FILE` when a file is not JSON of its form, or no entry can be used
 */
export async function importFaceDb(gallery: Gallery, files: FaceDbFiles): Promise<FaceDbImport> {
  const result: FaceDbImport = { photos: 0, faces: 0, people: 0, unchanged: 0, skipped: [] };
  const people = new Set<string>();
  const enrol = async (batch: readonly PhotoInput[]) => {
    const outcomes = await gallery.enrol(batch);
    for (const [i, photo] of batch.entries()) {
      if (outcomes[i] === 'unchanged') {
        result.unchanged += 1;
        continue;
      }
      result.photos += 1;
      result.faces += photo.faces.length;
      if (photo.person !== null) {
        people.add(photo.person);
      }
    }
  };

  let batch: PhotoInput[] = [];
  const onSkip = (entry: SkippedEntry) => result.skipped.push(entry);
  for await (const photo of readPhotos(files, { dimension: gallery.space.dimension, onSkip })) {
    const known = (await gallery.pathsUnder(photo.path)).get(photo.path);
    if (known !== undefined && known.recipe !== IMPORT_RECIPE) {
      result.unchanged += 1;
      continue;
    }
    batch.push(toPhotoInput(photo));
    if (batch.length === PHOTOS_PER_TRANSACTION) {
      await enrol(batch);
      batch = [];
    }
  }
  await enrol(batch);
  result.people = people.size;
  rejectUseless(files.faceDbPath, result);
  return result;
}

function toPhotoInput({ path, person, embeddings }: NamedEmbeddings): PhotoInput {
  // The content is not known: an imported photo is its path and its embeddings.
  const hash = createHash('sha256').update(path);
  for (const embedding of embeddings) {
    hash.update('\0').update(new Uint8Array(embedding.buffer));
  }
  return {
    path,
    person,
    bytes: 0,
    modifiedMs: 0,
    contentHash: `import:${hash.digest('hex')}`,
    recipe: IMPORT_RECIPE,
    width: 0,
    height: 0,
    outcome: 'enrolled',
    reason: null,
    faces: embeddings.map((embedding) => ({
      box: { x: 0, y: 0, width: 0, height: 0 },
      landmarks: [],
      score: 0,
      embedding,
    })),
  };
}

function rejectUseless(path: string, { photos, unchanged, skipped }: FaceDbImport): void {
  const [first] = skipped;
  if (first !== undefined && photos === 0 && unchanged === 0) {
    throw new GalleryError(
      'INVALID_FILE',
      `${path}: none of its ${skipped.length} entries can be used; the first, ${JSON.stringify(first.path)}: ${first.reason}`,
    );
  }
}

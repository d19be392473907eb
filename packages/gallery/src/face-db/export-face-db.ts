import { basename } from 'node:path';
import { GalleryError } from '../errors.js';
import type { Gallery } from '../gallery.js';
import type { FaceRecord } from '../store/metadata-store.js';
import { type AtomicTextFile, writeAtomically } from './atomic-text-file.js';
import type { FaceDbFiles } from './face-db-files.js';
import { floatText } from './float-text.js';

export interface FaceDbExport {
  /** Faces in faceDB.json. */
  faces: number;
  /** People with a face: those in person.json. */
  people: number;
}

/**
 * Writes the gallery's faces as JSON, with embeddings that read back bit for bit. Faces without a
 * name are in faceDB.json only.
 *
 * @throws GalleryError `STORAGE_FAILED` when a file cannot be written; then none appears
 */
export async function exportFaceDb(gallery: Gallery, files: FaceDbFiles): Promise<FaceDbExport> {
  const { faceDbPath, personPath } = files;
  const paths = personPath === undefined ? [faceDbPath] : [faceDbPath, personPath];
  try {
    return await writeAtomically(paths, ([faceDb, person]) => write(gallery, { faceDb, person }));
  } catch (error) {
    if (error instanceof GalleryError) {
      throw error;
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new GalleryError('STORAGE_FAILED', `cannot write ${paths.join(' and ')}: ${reason}`, {
      cause: error,
    });
  }
}

async function write(
  gallery: Gallery,
  files: { faceDb: AtomicTextFile | undefined; person: AtomicTextFile | undefined },
): Promise<FaceDbExport> {
  let faces = 0;
  await files.faceDb?.write('[');
  for await (const face of gallery.faces()) {
    await files.faceDb?.write(`${faces === 0 ? '' : ','}\n${entry(face.photo, face)}`);
    faces += 1;
  }
  await files.faceDb?.write('\n]\n');
  const people = (await gallery.people()).filter((person) => person.faces > 0);
  await files.person?.write('{');
  for (const [i, { name }] of people.entries()) {
    await files.person?.write(`${i === 0 ? '' : ','}\n${JSON.stringify(name)}:[`);
    let separator = '';
    for await (const face of gallery.faces({ person: name })) {
      await files.person?.write(`${separator}\n${entry(basename(face.photo), face)}`);
      separator = ',';
    }
    await files.person?.write(']');
  }
  await files.person?.write('\n}\n');
  return { faces, people: people.length };
}

function entry(name: string, face: FaceRecord): string {
  return `[${JSON.stringify(name)},[${Array.from(face.embedding, floatText).join(',')}]]`;
}

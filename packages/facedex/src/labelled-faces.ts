import { basename, parse } from 'node:path';
import { type EmbeddingSpace, Gallery, type NamedFace } from '@facedex/gallery';
import { Pipeline } from '@facedex/pipeline';
import { choosePhotos } from './choose-photos.js';
import { embedSubjects } from './embed-subjects.js';
import { DEFAULT_GALLERY, spaceOf } from './facedex.js';
import { photoKey, readPairs } from './pair-photos.js';

/** Where faces of known people come from. */
export interface LabelledSource {
  /** A gallery: its faces with a name; default `facedex-data`, unless there are `images`. */
  readonly gallery?: string;
  /** A folder with one sub-folder of photos per person; the person of each photo is embedded. */
  readonly images?: string;
  /** Only the photos, by their file names, that these pairs files of Labeled Faces in the Wild name. */
  readonly photosOf?: readonly string[];
  /** Id of the embedder for `images`. */
  readonly model?: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/** A face with whom it shows, and where it is from. */
export interface LabelledPhoto extends NamedFace {
  readonly photo: string;
}

export interface LabelledFaces {
  readonly faces: readonly LabelledPhoto[];
  readonly space: EmbeddingSpace;
  /** Where they are from, in words. */
  readonly data: string;
  /** Photos of `images` without a face. */
  readonly noFace: number;
}

/**
 * Faces of known people, from a gallery or a folder of people, ordered by photo.
 *
 * @throws {FacedexError} `FOLDER_NOT_FOUND`, `NO_PHOTOS`, `PHOTO_MISSING`, `FILE_NOT_FOUND`
 * @throws {GalleryError} `NO_GALLERY`, `CORRUPT_DATABASE`, `INVALID_FILE`
 */
export async function labelledFaces(source: LabelledSource): Promise<LabelledFaces> {
  return source.images === undefined
    ? ofGallery(source.gallery ?? DEFAULT_GALLERY, source.photosOf)
    : ofImages(source.images, source);
}

async function ofGallery(
  directory: string,
  photosOf: readonly string[] = [],
): Promise<LabelledFaces> {
  const lists = await Promise.all(photosOf.map(readPairs));
  const names = new Set(lists.flat().flatMap(({ a, b }) => [photoKey(a), photoKey(b)]));
  await using gallery = await Gallery.open(directory);
  const faces: LabelledPhoto[] = [];
  for await (const { person, embedding, photo } of gallery.faces()) {
    if (person !== null && (photosOf.length === 0 || names.has(parse(photo).name))) {
      faces.push({ person, embedding, photo });
    }
  }
  return {
    faces: faces.sort(byPhoto),
    space: gallery.space,
    data: `the named faces of a gallery${onlyOf(photosOf)}`,
    noFace: 0,
  };
}

async function ofImages(images: string, source: LabelledSource): Promise<LabelledFaces> {
  const { photosOf = [], model, onProgress } = source;
  const photos = await choosePhotos(images, photosOf);
  await using pipeline = await Pipeline.open(model ? { model } : {});
  const embeddings = await embedSubjects(pipeline, {
    photos: photos.map(({ path }) => path),
    ...(onProgress ? { onProgress } : {}),
  });
  const faces = photos.flatMap(({ path, person }) => {
    const embedding = embeddings.get(path);
    return embedding === undefined ? [] : [{ person, embedding, photo: path }];
  });
  return {
    faces: faces.sort(byPhoto),
    space: spaceOf(pipeline.model),
    data: `the photos in ${basename(images)}${onlyOf(photosOf)}`,
    noFace: photos.length - faces.length,
  };
}

function onlyOf(photosOf: readonly string[]): string {
  const files = photosOf.map((path) => basename(path)).join(', ');
  return files === '' ? '' : `, of those only what ${files} lists`;
}

function byPhoto(a: LabelledPhoto, b: LabelledPhoto): number {
  return a.photo < b.photo ? -1 : a.photo > b.photo ? 1 : 0;
}

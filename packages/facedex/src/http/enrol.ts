import { createHash } from 'node:crypto';
import { normalName, type PhotoInput } from '@facedex/gallery';
import { type AnalysedPhoto, PipelineError } from '@facedex/pipeline';
import { FacedexError } from '../facedex-error.js';
import {
  DEFAULT_MIN_QUALITY,
  type EnrolRules,
  findOf,
  judgePhoto,
  recipeOf,
} from '../judge-photo.js';
import type { EnrolRequest } from './enrol-options.js';
import type { OpenGallery } from './open-gallery.js';
import { presentFace, presentPhoto } from './present.js';

/** Faces of a photo that an answer lists. */
export const LISTED_FACES = 1000;

/**
 * Enrols the faces of a photo that somebody sent, and keeps its file if the gallery keeps them. A photo
 * without a face that can be enrolled leaves nothing.
 *
 * @throws {FacedexError} `NO_FACE`, `LOW_QUALITY`, `SEVERAL_FACES`, `ALREADY_ENROLLED`
 * @throws {GalleryError} `INVALID_ARGUMENT` where a name or tag is none
 * @throws {PipelineError} where the picture can't be read
 */
export async function enrolPhoto(open: OpenGallery, picture: Uint8Array, options: EnrolRequest) {
  // Before anything is kept; and the gallery would tell where it keeps the photo.
  const person = options.person === undefined ? null : normalName(options.person, 'person');
  const newTags = options.tags?.map((tag) => normalName(tag, 'tag'));
  const rules: EnrolRules = {
    person,
    rule: options.faces ?? 'largest',
    minQuality: options.minQuality ?? DEFAULT_MIN_QUALITY,
    anyOrientation: options.anyOrientation ?? false,
  };
  const { pipeline } = open.facedex;
  const contentHash = createHash('sha256').update(picture).digest('hex');
  const known = await open.records.findPhoto(contentHash);
  if (known !== undefined) assertSamePerson(known.person?.name, rules.person);
  const recipe = recipeOf(pipeline, rules);
  const isSame = known?.person?.name === rules.person && known?.recipe === recipe;
  // Who names nobody doesn't take a name away.
  const isDone = known?.outcome === 'enrolled' && (isSame || rules.person === null);
  const analysed = isDone
    ? undefined
    : await pipeline.analyse(picture, {
        find: findOf(rules),
        anyOrientation: rules.anyOrientation,
      });
  let isNew = false;
  if (analysed !== undefined) {
    const judged = judgePhoto(analysed, rules);
    assertEnrolled(judged, analysed);
    isNew = await keep(open, picture, {
      path: open.photos.pathOf(contentHash),
      contentHash,
      bytes: picture.byteLength,
      modifiedMs: options.takenAt === undefined ? Date.now() : Date.parse(options.takenAt),
      person: rules.person,
      recipe,
      ...judged,
    });
  }
  if (newTags !== undefined) {
    const tags = [...new Set([...(known?.tags ?? []), ...newTags])];
    await open.records.changePhoto(contentHash, { tags });
  }
  if (rules.person !== null) await open.saw(rules.person);
  const photo = await open.records.photo(contentHash);
  const faces = await open.records.faces({ afterId: 0, limit: LISTED_FACES, photo: contentHash });
  return {
    outcome: isNew ? ('added' as const) : ('unchanged' as const),
    photo: presentPhoto(photo, open.photos),
    faces: faces.map(presentFace),
    facesSeen: analysed?.facesSeen ?? faces.length,
  };
}

/**
 * File and row as one step: of a photo that is not enrolled in the end, no file stays.
 *
 * @returns false where another request has enrolled the same meanwhile
 */
function keep(open: OpenGallery, picture: Uint8Array, photo: PhotoInput): Promise<boolean> {
  return open.enrolling(async () => {
    const known = await open.records.findPhoto(photo.contentHash);
    if (known !== undefined) assertSamePerson(known.person?.name, photo.person);
    const isNew = !open.photos.has(photo.contentHash);
    if (open.keepPhotos) await open.photos.save(photo.contentHash, picture);
    try {
      const [outcome] = await open.gallery.enrol([photo]);
      if (typeof outcome === 'object') throw alreadyEnrolled();
      return outcome !== 'unchanged';
    } catch (error) {
      if (isNew) await open.photos.remove([photo.contentHash]);
      throw error;
    }
  });
}

function assertEnrolled(
  { outcome, reason }: Pick<PhotoInput, 'outcome' | 'reason'>,
  { faces, facesSeen }: AnalysedPhoto,
): void {
  if (outcome === 'no-face' && faces.length > 0) {
    throw new FacedexError('LOW_QUALITY', (reason ?? '').replace(' (--min-quality)', ''));
  }
  if (outcome === 'no-face') {
    throw new FacedexError(
      'NO_FACE',
      'no face found in the photo: use one with a face of at least 20 pixels, not turned away',
    );
  }
  if (outcome === 'several-faces') {
    throw new FacedexError('SEVERAL_FACES', `the photo shows ${facesSeen} faces: expected one`);
  }
  if (outcome === 'unreadable') throw new PipelineError('UNREADABLE_PHOTO', reason ?? '');
}

function assertSamePerson(known: string | undefined, wanted: string | null): void {
  if (known !== undefined && wanted !== null && known !== wanted) throw alreadyEnrolled();
}

function alreadyEnrolled(): FacedexError {
  return new FacedexError(
    'ALREADY_ENROLLED',
    'the same photo is enrolled for somebody else: change its person, or delete that photo first',
  );
}

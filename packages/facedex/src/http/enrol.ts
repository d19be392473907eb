import { createHash } from 'node:crypto';
import { type FaceDetail, normalName, type PhotoInput, type PhotoRecord } from '@facedex/gallery';
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

/** What became of a photo. */
interface Enrolled {
  readonly outcome: 'added' | 'unchanged';
  readonly photo: ReturnType<typeof presentPhoto>;
  readonly faces: FaceDetail[];
  readonly facesSeen: number;
}

/**
 * Enrols the faces of a photo that somebody sent, and keeps its file if the gallery keeps them. A photo
 * without a face that can be enrolled leaves nothing.
 *
 * @throws {FacedexError} `NO_FACE`, `LOW_QUALITY`, `SEVERAL_FACES`, `ALREADY_ENROLLED`
 * @throws {GalleryError} `INVALID_ARGUMENT` where a name or tag is none
 * @throws {PipelineError} where the picture can't be read
 */
export async function enrolPhoto(
  open: OpenGallery,
  picture: Uint8Array,
  options: EnrolRequest,
): Promise<Enrolled> {
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
  const recipe = recipeOf(pipeline, rules);
  const before = await open.records.findPhoto(contentHash);
  assertSamePerson(before, person);
  const analysed = isDone(before, { person, recipe })
    ? undefined
    : await pipeline.analyse(picture, {
        find: findOf(rules),
        anyOrientation: rules.anyOrientation,
      });
  const judged = analysed && judge(analysed, rules);
  const enrolled = await open.changing(async () => {
    // It was done, and has been deleted or changed since.
    if (
      judged === undefined &&
      !isDone(await open.records.findPhoto(contentHash), { person, recipe })
    ) {
      return undefined;
    }
    const isNew =
      judged !== undefined &&
      (await keep(open, picture, {
        path: open.photos.pathOf(contentHash),
        contentHash,
        bytes: picture.byteLength,
        modifiedMs: options.takenAt === undefined ? Date.now() : Date.parse(options.takenAt),
        person,
        recipe,
        ...judged,
      }));
    if (newTags !== undefined) {
      const { tags } = await open.records.photo(contentHash);
      await open.records.changePhoto(contentHash, { tags: [...new Set([...tags, ...newTags])] });
    }
    if (person !== null) await open.saw(person);
    const photo = await open.records.photo(contentHash);
    const faces = await open.records.faces({ afterId: 0, limit: LISTED_FACES, photo: contentHash });
    return {
      outcome: isNew ? ('added' as const) : ('unchanged' as const),
      photo: presentPhoto(photo, open.photos),
      faces: faces.map(presentFace),
      facesSeen: analysed?.facesSeen ?? faces.length,
    };
  });
  return enrolled ?? enrolPhoto(open, picture, options);
}

/**
 * File and row as one step: of a photo that is not enrolled in the end, no file stays.
 *
 * @returns false where another request has enrolled the same meanwhile
 */
async function keep(open: OpenGallery, picture: Uint8Array, photo: PhotoInput): Promise<boolean> {
  const known = await open.records.findPhoto(photo.contentHash);
  assertSamePerson(known, photo.person);
  if (isDone(known, photo)) return false;
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
}

/** Whether a photo is in as it would be enrolled; who names nobody doesn't take a name away. */
function isDone(
  known: PhotoRecord | undefined,
  { person, recipe }: Pick<PhotoInput, 'person' | 'recipe'>,
): boolean {
  const isSame = known?.person?.name === person && known?.recipe === recipe;
  return known?.outcome === 'enrolled' && (isSame || person === null);
}

function judge(analysed: AnalysedPhoto, rules: EnrolRules) {
  const judged = judgePhoto(analysed, rules);
  const { outcome, reason } = judged;
  const { faces, facesSeen } = analysed;
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
  return judged;
}

function assertSamePerson(known: PhotoRecord | undefined, wanted: string | null): void {
  const name = known?.person?.name;
  if (name !== undefined && wanted !== null && name !== wanted) throw alreadyEnrolled();
}

function alreadyEnrolled(): FacedexError {
  return new FacedexError(
    'ALREADY_ENROLLED',
    'the same photo is enrolled for somebody else: change its person, or delete that photo first',
  );
}

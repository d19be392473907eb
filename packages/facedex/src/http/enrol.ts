import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { checkText, type PhotoInput } from '@facedex/gallery';
import { type AnalysedPhoto, PipelineError } from '@facedex/pipeline';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FacedexError } from '../facedex-error.js';
import {
  DEFAULT_MIN_QUALITY,
  type EnrolRules,
  findOf,
  judgePhoto,
  recipeOf,
} from '../judge-photo.js';
import { checkPixels } from './check-pixels.js';
import { EnrolFields, type EnrolRequest } from './enrol-options.js';
import { uploadGoesOn } from './limit-upload-time.js';
import type { OpenGallery } from './open-gallery.js';
import { presentFace, presentPhoto } from './present.js';
import { problemOf } from './problem.js';
import { type FormPart, readForm } from './read-form.js';
import type { Service } from './service.js';
import { createFieldCheck } from './validation.js';

/** Faces of a photo that an answer lists. */
export const LISTED_FACES = 1000;
const checkFields = createFieldCheck<EnrolRequest>(EnrolFields);
/** Of a field of a batch, which may have many; a name takes 800 at most. */
const FIELD_BYTES = 4 * 2 ** 10;
/** Photos of a batch that are analysed at a time: one at work and one waiting. */
const AT_A_TIME = 2;

/**
 * Enrols the faces of a photo that somebody sent, and keeps its file if the gallery keeps them. A photo
 * without a face that can be enrolled leaves nothing.
 *
 * @throws {FacedexError} `NO_FACE`, `LOW_QUALITY`, `SEVERAL_FACES`, `ALREADY_ENROLLED`
 * @throws {GalleryError} `INVALID_ARGUMENT` where a name or tag is none
 * @throws {PipelineError} where the picture can't be read
 */
export async function enrolPhoto(open: OpenGallery, picture: Uint8Array, options: EnrolRequest) {
  assertNames(options);
  const rules: EnrolRules = {
    person: options.person ?? null,
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
  if (analysed !== undefined) {
    const judged = judgePhoto(analysed, rules);
    assertEnrolled(judged, analysed);
    await keep(open, picture, {
      path: open.photos.pathOf(contentHash),
      contentHash,
      bytes: picture.byteLength,
      modifiedMs: Date.now(),
      person: rules.person,
      recipe,
      ...judged,
    });
  }
  if (options.tags !== undefined) {
    const tags = [...new Set([...(known?.tags ?? []), ...options.tags])];
    await open.records.changePhoto(contentHash, { tags });
  }
  if (rules.person !== null) await open.saw(rules.person);
  const photo = await open.records.photo(contentHash);
  const faces = await open.records.faces({ afterId: 0, limit: LISTED_FACES, photo: contentHash });
  return {
    outcome: analysed === undefined ? ('unchanged' as const) : ('added' as const),
    photo: presentPhoto(photo, open.photos),
    faces: faces.map(presentFace),
    facesSeen: analysed?.facesSeen ?? faces.length,
  };
}

/** Enrols the photos of a form one by one as they arrive, and answers with a line for each. */
export async function enrolPhotos(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { gallery } = request.params as { gallery: string };
  const open = await service.galleries.openToChange(gallery);
  const { uploadBytes, photosPerBatch } = service.limits;
  const parts = readForm(request, {
    fileSize: uploadBytes,
    files: photosPerBatch,
    fields: photosPerBatch + 100,
    fieldSize: FIELD_BYTES,
  });
  const answer = new PassThrough();
  // The first bytes go out at once, so that the client sees that it is being heard.
  void reply.type('application/x-ndjson').header('cache-control', 'no-store').send(answer);
  await new Batch({ service, open, request, answer }).run(parts);
  answer.end();
  return reply;
}

/** The photos of a form. */
class Batch {
  readonly #service: Service;
  readonly #open: OpenGallery;
  readonly #request: FastifyRequest;
  readonly #answer: PassThrough;
  readonly #fields: Record<string, unknown> = {};
  readonly #totals = { added: 0, unchanged: 0, refused: 0 };
  readonly #underWay = new Set<Promise<void>>();
  #count = 0;

  constructor(parts: {
    readonly service: Service;
    readonly open: OpenGallery;
    readonly request: FastifyRequest;
    readonly answer: PassThrough;
  }) {
    this.#service = parts.service;
    this.#open = parts.open;
    this.#request = parts.request;
    this.#answer = parts.answer;
  }

  async run(parts: AsyncIterable<FormPart>): Promise<void> {
    try {
      for await (const part of parts) {
        await this.#take(part);
        if (part.file !== null) uploadGoesOn(this.#request);
      }
    } catch (error) {
      // The form broke off, or has more than is taken: what came before it is in.
      this.#tell(null, error);
    }
    await Promise.all(this.#underWay);
    const { added, unchanged, refused } = this.#totals;
    this.#write({ total: added + unchanged + refused, ...this.#totals });
  }

  async #take(part: FormPart): Promise<void> {
    if (part.file === null) {
      const isList = part.field === 'tags';
      const before = (this.#fields[part.field] as unknown[] | undefined) ?? [];
      this.#fields[part.field] = isList ? [...before, part.value] : part.value;
      return;
    }
    const { file, filename } = part;
    const fields = { ...this.#fields };
    const index = this.#count++;
    const work: Promise<void> = this.#enrol(file, { index, filename, fields }).finally(() =>
      this.#underWay.delete(work),
    );
    this.#underWay.add(work);
    if (this.#underWay.size >= AT_A_TIME) await Promise.race(this.#underWay);
  }

  async #enrol(
    picture: Buffer,
    photo: { index: number; filename: string | null; fields: Record<string, unknown> },
  ): Promise<void> {
    const { index, filename, fields } = photo;
    const name = fields.person === '' ? undefined : fields.person;
    const person = typeof name === 'string' ? name : null;
    try {
      const { person: _, ...others } = fields;
      const options = checkFields({
        ...others,
        ...(person === null ? {} : { person }),
      });
      await checkPixels(picture, this.#service.limits.photoPixels);
      const enrolled = await enrolPhoto(this.#open, picture, options);
      this.#totals[enrolled.outcome]++;
      this.#service.audit.add(this.#request, {
        action: 'photo.enrol',
        faces: enrolled.faces.map(({ id }) => id),
        people: enrolled.photo.person === null ? [] : [enrolled.photo.person.id],
      });
      this.#write({
        index,
        filename,
        person,
        outcome: enrolled.outcome,
        photo: enrolled.photo.id,
        faces: enrolled.faces.length,
        code: null,
        detail: null,
      });
    } catch (error) {
      this.#tell({ index, filename, person }, error);
    }
  }

  #tell(
    photo: { index: number; filename: string | null; person: string | null } | null,
    error: unknown,
  ): void {
    const { code, detail } = problemOf(error);
    this.#totals.refused++;
    this.#write({
      index: photo?.index ?? this.#count,
      filename: photo?.filename ?? null,
      person: photo?.person ?? null,
      outcome: 'refused',
      photo: null,
      faces: 0,
      code,
      detail,
    });
  }

  #write(line: object): void {
    if (!this.#answer.destroyed) this.#answer.write(`${JSON.stringify(line)}\n`);
  }
}

/** Before anything is kept; and the gallery would tell where it keeps the photo. */
function assertNames({ person, tags = [] }: EnrolRequest): void {
  if (person !== undefined) checkText(person, 'person');
  for (const tag of tags) checkText(tag, 'tag');
}

/** File and row as one step: of a photo that is not enrolled in the end, no file stays. */
async function keep(open: OpenGallery, picture: Uint8Array, photo: PhotoInput): Promise<void> {
  await open.enrolling(async () => {
    const known = await open.records.findPhoto(photo.contentHash);
    if (known !== undefined) assertSamePerson(known.person?.name, photo.person);
    const isNew = !open.photos.has(photo.contentHash);
    if (open.keepPhotos) await open.photos.save(photo.contentHash, picture);
    try {
      const [outcome] = await open.gallery.enrol([photo]);
      if (typeof outcome === 'object') throw alreadyEnrolled();
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

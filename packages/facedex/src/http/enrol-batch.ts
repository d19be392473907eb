import { PassThrough } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FacedexError } from '../facedex-error.js';
import { checkPixels } from './check-pixels.js';
import { enrolPhoto } from './enrol.js';
import { EnrolFields, type EnrolRequest } from './enrol-options.js';
import { uploadGoesOn } from './limit-upload-time.js';
import type { OpenGallery } from './open-gallery.js';
import { type FaultLog, reportProblem } from './problem.js';
import { type FormPart, fileTooLarge, readForm } from './read-form.js';
import type { Service } from './service.js';
import { createFieldCheck } from './validation.js';

const checkFields = createFieldCheck<EnrolRequest>(EnrolFields);
/** Of a field of a batch, which may have many; a name takes 800 at most. */
const FIELD_BYTES = 4 * 2 ** 10;
/** Every photo may have all options of its own, and some tags. */
const FIELDS_PER_PHOTO = 10;
/** Photos of a batch that are analysed at a time: one at work and one waiting. */
const AT_A_TIME = 2;

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
    fields: photosPerBatch * FIELDS_PER_PHOTO,
    fieldSize: FIELD_BYTES,
  });
  const answer = new PassThrough();
  // The first bytes go out at once, so that the client sees that it is being heard.
  void reply.type('application/x-ndjson').send(answer);
  await new Batch({ service, open, request, answer }).run(parts);
  answer.end();
  return reply;
}

/** A photo of the form. */
interface Sent {
  /** From 0. */
  readonly index: number;
  readonly filename: string | null;
  readonly person: string | null;
}

const THE_FORM = { index: null, filename: null, person: null };

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
  /** Fields that no photo has come after. */
  readonly #unused = new Set<string>();

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
      this.#assertComplete();
    } catch (error) {
      // The form broke off, or has more than is taken: what came before it is in.
      this.#write({ ...THE_FORM, ...refusal(error, this.#request.log) });
    }
    await Promise.all(this.#underWay);
    this.#write({ total: this.#count, ...this.#totals });
  }

  async #take(part: FormPart): Promise<void> {
    if (part.file === null) this.#setField(part);
    else {
      this.#unused.clear();
      const work: Promise<void> = this.#enrol(part, this.#count++).finally(() =>
        this.#underWay.delete(work),
      );
      this.#underWay.add(work);
      if (this.#underWay.size >= AT_A_TIME) await Promise.race(this.#underWay);
    }
  }

  /** It holds for the photos after it; a list is the fields of its name that come together. */
  #setField({ field, value }: { readonly field: string; readonly value?: unknown }): void {
    const before = this.#unused.has(field) ? (this.#fields[field] as unknown[]) : [];
    this.#fields[field] = field === 'tags' ? [...before, value] : value;
    this.#unused.add(field);
  }

  async #enrol(part: FormPart & { file: Buffer }, index: number): Promise<void> {
    // Empty: nobody.
    const { person: name, ...others } = this.#fields;
    const person = typeof name === 'string' && name !== '' ? name : null;
    const sent: Sent = { index, filename: part.filename, person };
    try {
      if (!part.isWhole) throw fileTooLarge();
      const options = checkFields({ ...others, ...(person === null ? {} : { person }) });
      await checkPixels(part.file, this.#service.limits.photoPixels);
      const enrolled = await enrolPhoto(this.#open, part.file, options);
      this.#totals[enrolled.outcome]++;
      this.#service.audit.add(this.#request, {
        action: 'photo.enrol',
        faces: enrolled.faces.map(({ id }) => id),
        people: enrolled.photo.person === null ? [] : [enrolled.photo.person.id],
      });
      this.#write({
        ...sent,
        outcome: enrolled.outcome,
        photo: enrolled.photo.id,
        faces: enrolled.faces.length,
        code: null,
        detail: null,
      });
    } catch (error) {
      this.#totals.refused++;
      this.#write({ ...sent, ...refusal(error, this.#request.log) });
    }
  }

  #assertComplete(): void {
    if (this.#count === 0) {
      throw new FacedexError('INVALID_ARGUMENT', 'the form has no photo: send them as files');
    }
    if (this.#unused.size > 0) {
      throw new FacedexError(
        'INVALID_ARGUMENT',
        `${[...this.#unused].join(', ')} came after the last photo: it goes before those that it is for`,
      );
    }
  }

  #write(line: object): void {
    if (!this.#answer.destroyed) this.#answer.write(`${JSON.stringify(line)}\n`);
  }
}

function refusal(error: unknown, log: FaultLog): object {
  const { code, detail } = reportProblem(error, log);
  return { outcome: 'refused', photo: null, faces: 0, code, detail };
}

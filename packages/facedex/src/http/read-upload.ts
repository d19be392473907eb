import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FacedexError } from '../facedex-error.js';
import type { Admission } from './admission.js';
import { checkPixels } from './check-pixels.js';
import { fileTooLarge, readForm } from './read-form.js';
import { PICTURE_TYPES } from './upload-schema.js';
import { STREAMED } from './validation.js';

/** What may be sent at a time, and how slowly. */
export interface UploadLimits {
  /** Of a picture, in bytes. */
  readonly uploadBytes: number;
  /** Width times height of a picture. */
  readonly photoPixels: number;
  readonly photosPerBatch: number;
  /** Until a picture has arrived, in milliseconds. */
  readonly uploadMs: number;
  /** Until all photos of a batch have arrived, in milliseconds. */
  readonly batchMs: number;
  /** In which a client takes nothing of its answer, in milliseconds. */
  readonly answerMs: number;
}

/** Base64 takes 4 bytes for 3; the rest is for the options, with room for an embedding. */
const JSON_OVERHEAD = 256 * 2 ** 10;
/** Of a body without a picture. */
const BODY_BYTES = 2 ** 20;
/** Verifying sends two. */
const PICTURES_PER_JSON = 2;
const FIELD_BYTES = 64 * 2 ** 10;
const MAX_FIELDS = 200;

/** How long a JSON body may be that holds pictures. */
export function jsonBytes({ uploadBytes }: UploadLimits): number {
  return Math.ceil((uploadBytes * 4) / 3) * PICTURES_PER_JSON + JSON_OVERHEAD;
}

/**
 * Has pictures come as forms, as JSON, or as the body itself, and all of them reach the handler as bytes.
 */
export function acceptUploads(
  app: FastifyInstance,
  { limits, admission }: { readonly limits: UploadLimits; readonly admission: Admission },
): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.cost !== 'picture') route.bodyLimit = BODY_BYTES;
  });
  app.addContentTypeParser(
    [...PICTURE_TYPES],
    { parseAs: 'buffer', bodyLimit: limits.uploadBytes },
    (_request, body, done) => done(null, body),
  );
  app.addHook('preValidation', async (request) => {
    const content = contentOf(request);
    if (content === undefined) return;
    const type = mediaTypeOf(request);
    if (content[type] === undefined) {
      throw new FacedexError(
        'UNSUPPORTED_MEDIA_TYPE',
        `expected Content-Type to be one of ${Object.keys(content).join(', ')}`,
      );
    }
    const schema = content[type].schema as FormSchema;
    if (type === 'multipart/form-data' && schema.$comment !== STREAMED.$comment) {
      request.body = await bodyOfForm(request, schema, limits);
    }
  });
  app.addHook('preHandler', async (request) => {
    if (request.routeOptions.config.cost !== 'picture') return;
    for (const picture of takePictures(request)) {
      if (picture.byteLength > limits.uploadBytes) throw fileTooLarge();
      admission.hasPicture(request);
      await checkPixels(picture, limits.photoPixels);
    }
  });
}

/** A picture that came in any of the three ways, and the options that came with it. */
export function pictureOf<Options>(request: FastifyRequest): {
  picture: Uint8Array;
  options: Options;
} {
  const { photo, ...options } = bodyOf(request);
  if (photo === undefined) throw missing('photo');
  return { picture: bytesOf(photo, 'photo'), options: options as Options };
}

/** The fields of the body and the query together; a picture that is the body itself is `photo`. */
export function bodyOf(request: FastifyRequest): Record<string, unknown> {
  const body = request.body instanceof Uint8Array ? { photo: request.body } : request.body;
  return { ...(request.query as object), ...(body as object) };
}

/**
 * @throws {FacedexError} `INVALID_ARGUMENT` where it is neither bytes nor Base64
 */
export function bytesOf(value: unknown, name: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const text = typeof value === 'string' ? value : '';
  // Node skips what is not Base64, so that an URL or a path would become bytes of some kind.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new FacedexError(
      'INVALID_ARGUMENT',
      `${name}: expected a picture's bytes as a file, or in Base64 without line breaks or "data:"`,
    );
  }
  return Buffer.from(text, 'base64');
}

function missing(name: string): FacedexError {
  return new FacedexError('INVALID_ARGUMENT', `${name} is missing: send a picture`);
}

/** Has every picture of a body be bytes, and gives them. */
function takePictures(request: FastifyRequest): Uint8Array[] {
  if (request.body instanceof Uint8Array) return [request.body];
  const body = (request.body ?? {}) as Record<string, unknown>;
  const pictures: Uint8Array[] = [];
  for (const holder of [body, body.a, body.b] as Record<string, unknown>[]) {
    for (const name of ['photo', 'a', 'b']) {
      const value = holder instanceof Uint8Array ? undefined : holder?.[name];
      if (typeof value !== 'string' && !(value instanceof Uint8Array)) continue;
      const picture = bytesOf(value, name);
      holder[name] = picture;
      pictures.push(picture);
    }
  }
  return pictures;
}

interface FormSchema {
  readonly $comment?: string;
  readonly properties?: Readonly<
    Record<string, { readonly format?: string; readonly type?: string }>
  >;
}

async function bodyOfForm(
  request: FastifyRequest,
  schema: FormSchema,
  { uploadBytes }: UploadLimits,
): Promise<Record<string, unknown>> {
  const properties = schema.properties ?? {};
  const files = Object.values(properties).filter(({ format }) => format === 'binary').length;
  const body: Record<string, unknown> = Object.create(null);
  const limits = { fileSize: uploadBytes, files, fields: MAX_FIELDS, fieldSize: FIELD_BYTES };
  for await (const part of readForm(request, limits)) {
    const { field, file } = part;
    const isFile = properties[field]?.format === 'binary';
    if (file !== null && !part.isWhole) throw fileTooLarge();
    if (file !== null && !isFile) {
      throw new FacedexError(
        'INVALID_ARGUMENT',
        `the form has a file in a field that is not for one: ${field.slice(0, 100)}`,
      );
    }
    if (file === null && isFile) {
      throw new FacedexError(
        'INVALID_ARGUMENT',
        `${field}: expected a file (with a filename), not text; pictures are never fetched`,
      );
    }
    const value = part.file ?? part.value;
    const isList = properties[field]?.type === 'array';
    body[field] = isList ? [...((body[field] as unknown[]) ?? []), value] : value;
  }
  return { ...body };
}

function contentOf(request: FastifyRequest) {
  const body = request.routeOptions.schema?.body as
    | { content?: Record<string, { schema: unknown }> }
    | undefined;
  return body?.content;
}

function mediaTypeOf(request: FastifyRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
}

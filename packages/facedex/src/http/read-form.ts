import multipart from '@fastify/multipart';
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { FacedexError } from '../facedex-error.js';

/** What came in a field of a form: a file or a value. */
export type FormPart =
  | {
      readonly field: string;
      readonly file: Buffer;
      readonly filename: string | null;
      /** False for one that is larger than is taken: what is over is left out. */
      readonly isWhole: boolean;
    }
  | { readonly field: string; readonly file: null; readonly value: unknown };

/** What a form may hold. */
export interface FormLimits {
  /** Of a file, in bytes. */
  readonly fileSize: number;
  readonly files: number;
  readonly fields: number;
  /** Of a value, in bytes. */
  readonly fieldSize: number;
}

/** Before {@link readForm} is used. A file that is too large doesn't end the form. */
export async function acceptForms(app: FastifyInstance): Promise<void> {
  await app.register(multipart, { throwFileSizeLimit: false });
}

/**
 * Reads a form part by part. What the caller doesn't keep of a part is not kept.
 *
 * @throws {FacedexError} `INVALID_ARGUMENT` where it is no form
 */
export async function* readForm(
  request: FastifyRequest,
  limits: FormLimits,
): AsyncGenerator<FormPart> {
  // It would wait for the end of what is gone, and hold its place for good.
  if (request.raw.destroyed) throw malformed('the connection was closed');
  // The plugin would take a thousand.
  const parts = limits.files + limits.fields;
  try {
    for await (const part of request.parts({ limits: { ...limits, parts } })) {
      // A part may come without a name.
      const { fieldname: field = '' } = part;
      // All parts of a form share it, each with its bytes.
      delete part.fields[part.fieldname];
      if (part.type === 'field') yield { field, file: null, value: part.value };
      else {
        const file = await part.toBuffer();
        yield { field, file, filename: part.filename || null, isWhole: !part.file.truncated };
      }
    }
  } catch (error) {
    throw isOfPlugin(error) ? error : malformed(error);
  }
}

/** Those of the parser below it have no code of its kind, and are all of what was sent. */
function isOfPlugin(error: unknown): boolean {
  return (error as Partial<FastifyError>).code?.startsWith('FST_') === true;
}

function malformed(error: unknown): FacedexError {
  const reason = error instanceof Error ? error.message : String(error);
  return new FacedexError('INVALID_ARGUMENT', `the form is malformed: ${reason}`);
}

export function fileTooLarge(): FacedexError {
  return new FacedexError(
    'BODY_TOO_LARGE',
    'the picture is larger than is taken: GET /v1/me tells the limit',
  );
}

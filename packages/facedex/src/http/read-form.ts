import type { FastifyRequest } from 'fastify';

/** What came in a field of a form: a file or a value. */
export type FormPart =
  | { readonly field: string; readonly file: Buffer; readonly filename: string | null }
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

/** Reads a form part by part. What the caller doesn't keep of a part is not kept. */
export async function* readForm(
  request: FastifyRequest,
  limits: FormLimits,
): AsyncGenerator<FormPart> {
  for await (const part of request.parts({ limits })) {
    const { fieldname: field } = part;
    // All parts of a form share it, each with its bytes.
    delete part.fields[field];
    yield part.type === 'file'
      ? { field, file: await part.toBuffer(), filename: part.filename || null }
      : { field, file: null, value: part.value };
  }
}

import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import ajvFormats from 'ajv-formats';
import type { FastifySchemaValidationError } from 'fastify';
import { FacedexError } from '../facedex-error.js';

/** Marks the schema of a form that its handler reads part by part. */
export const STREAMED = { $comment: 'streamed' };

interface Schema {
  readonly format?: string;
  readonly $comment?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/**
 * Makes validators. What comes as text (paths, queries, forms) is turned into numbers, booleans and
 * lists where the schema has them; JSON has types of its own and is taken at its word.
 */
export function createValidatorCompiler(shared: readonly object[]) {
  const strict = createAjv(shared, false);
  const lenient = createAjv(shared, true);
  return ({ schema, httpPart, contentType }: CompileInput) => {
    const isForm = contentType === 'multipart/form-data';
    if (schema.$comment === STREAMED.$comment || schema.format === 'binary') return () => true;
    if (isForm) return lenient.compile(withoutBinaries(schema));
    if (httpPart === 'querystring')
      return lenient.compile({ ...schema, additionalProperties: false });
    return (httpPart === 'body' ? strict : lenient).compile(schema) as ValidateFunction;
  };
}

interface CompileInput {
  readonly schema: Schema;
  readonly httpPart?: string | undefined;
  readonly contentType?: string;
}

/** Checks the fields of a form that is read part by part, and gives them their types. */
export function createFieldCheck<T>(schema: object): (fields: object) => T {
  const validate = createAjv([], true).compile(schema);
  return (fields) => {
    const checked = { ...fields };
    if (!validate(checked)) {
      throw describeValidation(validate.errors as FastifySchemaValidationError[], 'form');
    }
    return checked as T;
  };
}

/** Says what is wrong in words: where, what was expected, and not what was received. */
export function describeValidation(
  errors: readonly FastifySchemaValidationError[],
  where: string,
): FacedexError {
  const [first] = errors as unknown as ErrorObject[];
  const path = first === undefined ? '' : first.instancePath.replaceAll('/', '.').slice(1);
  const place = path === '' ? where : `${where}: ${path}`;
  return new FacedexError(
    'INVALID_ARGUMENT',
    `${place} ${first?.message ?? 'is not as expected'}${extra(first)}`,
  );
}

function extra(error: ErrorObject | undefined): string {
  const { additionalProperty, allowedValues } = error?.params ?? {};
  if (typeof additionalProperty === 'string') return `: ${additionalProperty.slice(0, 100)}`;
  return Array.isArray(allowedValues) ? `: ${allowedValues.join(', ')}` : '';
}

function createAjv(shared: readonly object[], coerce: boolean): Ajv {
  const ajv = new Ajv({
    coerceTypes: coerce ? 'array' : false,
    strict: false,
    // Of alternatives that are told apart by a value, only the one that is meant is looked at.
    discriminator: true,
    // Every error of a long list would be looked for: one is enough.
    allErrors: false,
  });
  ajvFormats.default(ajv);
  const { validate } = ajv.formats['date-time'] as { validate: (text: string) => boolean };
  ajv.addFormat('date-time', (text: string) => validate(text) && isTime(text));
  for (const schema of shared) ajv.addSchema(schema);
  return ajv;
}

/**
 * Whether it is a time for JavaScript, too: it knows no leap seconds, and no offsets of hours alone. A year
 * with more than four digits, into which an offset leads, would be ordered before all others as text.
 */
function isTime(text: string): boolean {
  const year = new Date(text).getUTCFullYear();
  return year >= 0 && year <= 9999;
}

/** Files are bytes by then, not text. */
function withoutBinaries(schema: Schema): Schema {
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => [
    name,
    property.format === 'binary' ? {} : property,
  ]);
  return { ...schema, properties: Object.fromEntries(properties) };
}

import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import fc, { type Arbitrary } from 'fast-check';
import type { TestServer } from './test-server.js';

/** What fuzzing found: nothing, since a violation throws with the request that made it. */
export interface FuzzSummary {
  readonly operations: number;
  readonly requests: number;
  readonly statuses: Readonly<Record<string, number>>;
}

/** Ids and pictures that exist, so that requests get beyond the front door. */
export type Pool = Readonly<Record<string, readonly unknown[]>>;

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: 'path' | 'query';
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Other types than are asked for, too long, too deep, odd. */
const JUNK: Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('', '\u0000', '\ud800', '../..', '%00', '-1', 'NaN', '1e999', '__proto__'),
  fc.constantFrom(-1, 0, 1e300, Number.MAX_SAFE_INTEGER, 0.5),
  fc.string({ minLength: 300, maxLength: 1000 }),
);

/**
 * Sends requests made from the OpenAPI document to every operation in it: some as it says, some with a
 * part of them spoilt. The server must never answer 5xx, and always as the document says.
 */
export async function fuzzApi(
  server: TestServer,
  options: { readonly runs: number; readonly seed: number; readonly pool: Pool },
): Promise<FuzzSummary> {
  const { runs, seed, pool } = options;
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document;
  const check = createChecker(document);
  const statuses: Record<string, number> = {};
  let requests = 0;
  const operations = operationsOf(document);
  for (const { path, method, operation } of operations) {
    const make = new RequestMaker(document, pool);
    await fc.assert(
      fc.asyncProperty(make.request(path, method, operation), async ({ url, init }) => {
        const response = await fetch(server.url + url, {
          ...init,
          signal: AbortSignal.timeout(60_000),
        });
        const body = await response.text();
        requests++;
        const key = `${response.status}`;
        statuses[key] = (statuses[key] ?? 0) + 1;
        check({ path, method, operation }, response, body);
      }),
      { numRuns: runs, seed },
    );
  }
  return { operations: operations.length, requests, statuses };
}

/** What deletes comes last, from the smallest to the gallery, so that the others find something. */
function operationsOf(document: Document) {
  return Object.entries(document.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    )
    .sort((a, b) => rank(a) - rank(b));
}

function rank({ path, method }: { path: string; method: string }): number {
  return method === 'delete' ? 1 / path.length : 0;
}

/** Whether an answer is one that the document tells of. */
function createChecker(document: Document) {
  const ajv = new Ajv2020({ strict: false });
  ajvFormats.default(ajv);
  ajv.addSchema({ ...document, $id: 'doc' }, 'doc');
  return (
    where: { path: string; method: string; operation: Operation },
    response: Response,
    body: string,
  ) => {
    const { status } = response;
    const told = `${where.operation.operationId}: ${status} ${body.slice(0, 300)}`;
    if (status >= 500) throw new Error(`a fault: ${told}`);
    const documented = [String(status), `${String(status)[0]}XX`].find(
      (one) => where.operation.responses[one] !== undefined,
    );
    if (documented === undefined) throw new Error(`not documented: ${told}`);
    const type = (response.headers.get('content-type') ?? '').split(';')[0]!;
    const content = where.operation.responses[documented]!.content;
    if (content === undefined) {
      if (body !== '') throw new Error(`a body where none is documented: ${told}`);
      return;
    }
    if (content[type] === undefined) throw new Error(`not the documented type (${type}): ${told}`);
    if (!/^application\/(problem\+)?json$/.test(type)) return;
    const pointer = ['paths', where.path, where.method, 'responses', documented, 'content', type]
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = ajv.compile({ $ref: `doc#/${pointer}/schema` });
    if (!validate(JSON.parse(body))) {
      throw new Error(`not as documented: ${ajv.errorsText(validate.errors)}: ${told}`);
    }
  };
}

/** Makes requests of an operation. */
class RequestMaker {
  readonly #document: Document;
  readonly #pool: Pool;

  constructor(document: Document, pool: Pool) {
    this.#document = document;
    this.#pool = pool;
  }

  request(
    path: string,
    method: string,
    operation: Operation,
  ): Arbitrary<{ url: string; init: RequestInit }> {
    const { parameters = [], requestBody } = operation;
    const of = (place: 'path' | 'query') =>
      fc.record(
        Object.fromEntries(
          parameters
            .filter((parameter) => parameter.in === place)
            .map(({ name, schema }) => [name, this.#spoilt(this.#value(schema, name))]),
        ),
        place === 'path' ? {} : { requiredKeys: [] },
      );
    const body =
      requestBody === undefined
        ? fc.constant<Pick<RequestInit, 'body' | 'headers'>>({})
        : fc.oneof(
            ...Object.entries(requestBody.content).map(([type, { schema }]) =>
              this.#body(type, schema),
            ),
          );
    return fc.record({ path: of('path'), query: of('query'), body }).map((parts) => ({
      url:
        path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
          encodeURIComponent(wellFormed(String(parts.path[name]))),
        ) + queryOf(parts.query),
      init: { method: method.toUpperCase(), ...parts.body },
    }));
  }

  #body(type: string, schema: Schema): Arbitrary<Pick<RequestInit, 'body' | 'headers'>> {
    const headers = { 'content-type': type };
    if (type === 'application/json') {
      return this.#spoilt(this.#value(schema)).map((value) => ({
        headers,
        body: JSON.stringify(value) ?? '',
      }));
    }
    if (type === 'multipart/form-data') {
      return this.#value(schema).map((value) => ({ body: formOf(value as object) }));
    }
    return this.#value({ format: 'binary', type: 'string' }).map((bytes) => ({
      headers,
      body: bytes as Uint8Array<ArrayBuffer>,
    }));
  }

  /** Now and then something else altogether. */
  #spoilt(value: Arbitrary<unknown>): Arbitrary<unknown> {
    return fc.oneof({ weight: 12, arbitrary: value }, { weight: 1, arbitrary: JUNK });
  }

  /** A value that the schema allows; of a name in the pool, mostly one that exists. */
  #value(schema: Schema, name = ''): Arbitrary<unknown> {
    if (schema.$ref !== undefined) {
      return this.#value(this.#document.components.schemas[schema.$ref.split('/').at(-1)!]!, name);
    }
    if (schema.format === 'binary') return fc.constantFrom(...this.#pool.picture!);
    const known = this.#pool[name];
    const any = this.#typed(schema);
    if (known === undefined || known.length === 0) return any;
    return fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...known) },
      { weight: 1, arbitrary: any },
    );
  }

  #typed(schema: Schema): Arbitrary<unknown> {
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    if (schema.anyOf !== undefined) {
      return fc.oneof(...schema.anyOf.map((one) => this.#value(one)));
    }
    switch (schema.type) {
      case 'null':
        return fc.constant(null);
      case 'boolean':
        return fc.boolean();
      case 'integer':
        return fc.integer(within(schema, 2 ** 31 - 1));
      case 'number':
        return fc.double({ ...within(schema, 1e9), noNaN: true, noDefaultInfinity: true });
      case 'array':
        return fc.array(this.#value(schema.items!), {
          minLength: schema.minItems ?? 0,
          maxLength: Math.min(schema.maxItems ?? 3, (schema.minItems ?? 0) + 3),
        });
      case 'object':
        return this.#object(schema);
      default:
        return text(schema);
    }
  }

  #object({ properties = {}, required = [] }: Schema): Arbitrary<unknown> {
    return fc.record(
      Object.fromEntries(
        Object.entries(properties).map(([name, schema]) => [
          name,
          fc.oneof(
            // In a path it is an id, in a body a picture.
            { weight: 40, arbitrary: this.#value(schema, name === 'photo' ? 'base64' : name) },
            { weight: 1, arbitrary: JUNK },
          ),
        ]),
      ),
      { requiredKeys: [...required] },
    );
  }
}

function within(schema: Schema, limit: number): { min: number; max: number } {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  return {
    min: minimum ?? (exclusiveMinimum === undefined ? -limit : exclusiveMinimum + 1e-9),
    max: Math.min(maximum ?? (exclusiveMaximum ?? limit + 1e-9) - 1e-9, limit),
  };
}

function text({ pattern, format, minLength = 0, maxLength = 40 }: Schema): Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  if (format === 'date-time') {
    return fc
      .date({ min: new Date('1900-01-01'), max: new Date('2999-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  }
  return fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, 40) });
}

function formOf(fields: object): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one instanceof Uint8Array) data.append(name, new Blob([one as Uint8Array<ArrayBuffer>]));
      else
        data.append(name, typeof one === 'string' ? wellFormed(one) : (JSON.stringify(one) ?? ''));
    }
  }
  return data;
}

function queryOf(query: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => {
      const given = typeof one === 'object' ? JSON.stringify(one) : String(one);
      return `${name}=${encodeURIComponent(wellFormed(given))}`;
    }),
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** What can be in an address: no halves of characters. */
function wellFormed(given: string): string {
  return given.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

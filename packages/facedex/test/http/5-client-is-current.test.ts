import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generateClient } from '../../../client/scripts/generate.mjs';
import { openApiDocument } from '../../src/http/openapi.js';

const CLIENT = join(import.meta.dirname, '../../../client');

it('the OpenAPI document and the types of the client are those of the server (npm run generate -w packages/client)', async () => {
  const { document, types } = await generateClient(await openApiDocument());
  expect(await readFile(join(CLIENT, 'openapi.json'), 'utf8')).toBe(document);
  expect(await readFile(join(CLIENT, 'src/schema.ts'), 'utf8')).toBe(types);
});

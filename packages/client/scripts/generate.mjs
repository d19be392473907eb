#!/usr/bin/env node
// Writes openapi.json, as the server describes itself, and src/schema.ts, its types. After a build:
// npm run generate -w packages/client

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';

const script = fileURLToPath(import.meta.url);
const root = dirname(dirname(script));

/** The text of both files. */
export async function generateClient(openApi) {
  const document = `${JSON.stringify(openApi, null, 2)}\n`;
  const types = astToString(await openapiTypescript(JSON.parse(document)));
  const head = "// Generated from openapi.json by scripts/generate.mjs: don't edit.\n\n";
  return { document, types: head + types };
}

if (process.argv[1] === script) {
  const { openApiDocument } = await import('../../facedex/dist/http/openapi.js');
  const { document, types } = await generateClient(await openApiDocument());
  writeFileSync(join(root, 'openapi.json'), document);
  writeFileSync(join(root, 'src/schema.ts'), types);
}

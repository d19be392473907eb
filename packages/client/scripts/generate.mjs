#!/usr/bin/env node
// Writes openapi.json, as the server describes itself, and src/schema.ts, its types. After a build:
// npm run generate -w packages/client

import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { openApiDocument } from '../../facedex/dist/http/openapi.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const document = await openApiDocument();
writeFileSync(join(root, 'openapi.json'), `${JSON.stringify(document, null, 2)}\n`);
const types = astToString(await openapiTypescript(structuredClone(document)));
writeFileSync(
  join(root, 'src/schema.ts'),
  `// Generated from openapi.json by scripts/generate.mjs: don't edit.\n\n${types}`,
);

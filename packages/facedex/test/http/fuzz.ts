// Fuzzes every operation against its own OpenAPI and prints how many requests that were:
//   npx tsx --conditions=facedex-source packages/facedex/test/http/fuzz.ts [runs for each] [seed]

import { rm } from 'node:fs/promises';
import { makeSample } from '../sample.js';
import { fuzzApi } from './fuzz-api.js';
import { prepareFuzzing } from './fuzz-setup.js';
import { startTestServer } from './test-server.js';

const [runs = 100, seed = Date.now() % 2 ** 31] = process.argv.slice(2).map(Number);
const sample = await makeSample();
await using server = await startTestServer({ requestsPerMinute: 1_000_000 });
const pool = await prepareFuzzing(server, sample);
const started = performance.now();
const { operations, requests, statuses } = await fuzzApi(server, { runs, seed, pool });
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `${requests} requests to ${operations} operations in ${seconds} s (seed ${seed}): no 5xx, no schema violation`,
);
console.log(statuses);
await rm(sample.directory, { recursive: true, force: true });

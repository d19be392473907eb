import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeSample, type Sample } from '../sample.js';
import { fuzzApi } from './fuzz-api.js';
import { prepareFuzzing } from './fuzz-setup.js';
import { startTestServer, type TestServer } from './test-server.js';

// A short run with a fixed seed; npx tsx packages/facedex/test/http/fuzz.ts makes long ones.

let sample: Sample;
let server: TestServer;

beforeAll(async () => {
  sample = await makeSample();
  server = await startTestServer({ requestsPerMinute: 1_000_000 });
}, 240_000);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(sample.directory, { recursive: true, force: true });
});

it('whatever is sent to an operation, the answer is one that its OpenAPI tells of', async () => {
  const pool = await prepareFuzzing(server, sample);
  const { operations, requests, statuses } = await fuzzApi(server, { runs: 8, seed: 7, pool });
  expect(operations).toBeGreaterThan(35);
  expect(requests).toBe(operations * 8);
  expect(Object.keys(statuses).every((status) => Number(status) < 500)).toBe(true);
  // Not all at the front door.
  expect(statuses['200']).toBeGreaterThan(requests / 10);
}, 240_000);

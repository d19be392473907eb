import fastify from 'fastify';
import { expect, it } from 'vitest';
import { IdempotentAnswers } from './idempotency.js';
import { watchRequests } from './when-done.js';

const MAX_BYTES = 16 * 2 ** 20;
/** Of a text, 20 KB: two bytes a character. */
const LENGTH = 10_000;

async function setUp() {
  const app = fastify();
  const answers = new IdempotentAnswers();
  let count = 0;
  watchRequests(app);
  app.addHook('onRequest', async (request) => {
    request.caller = { keyId: null, role: 'admin', galleries: null };
  });
  answers.register(app);
  app.post('/galleries/:gallery', { config: { role: 'enrol' } }, async (request) => {
    count++;
    return (request.body as { long?: boolean }).long ? 'x'.repeat(7 * LENGTH) : 'x'.repeat(LENGTH);
  });
  const post = async (key: string, { gallery = 'a', long = false } = {}) => {
    const { headers } = await app.inject({
      method: 'POST',
      url: `/galleries/${gallery}`,
      headers: { 'idempotency-key': key },
      payload: { long },
    });
    return headers['idempotency-replayed'] === 'true';
  };
  return { answers, post, count: () => count };
}

it('answers take no more than their share of memory: the oldest go', async () => {
  const { answers, post, count } = await setUp();
  for (let i = 0; i < 1000; i++) await post(`key ${i}`);
  expect(answers.bytes).toBeLessThanOrEqual(MAX_BYTES);
  expect(answers.bytes).toBeGreaterThan(MAX_BYTES - 3 * LENGTH);
  expect(await post('key 999')).toBe(true);
  expect(count()).toBe(1000);
  expect(await post('key 0')).toBe(false);
});

it('of an answer that is too long, or of a gallery that is forgotten, nothing is kept', async () => {
  const { answers, post } = await setUp();
  await post('long', { long: true });
  expect(answers.bytes).toBe(0);
  await post('a');
  const { bytes } = answers;
  await post('b', { gallery: 'b' });
  answers.forget('b');
  expect(answers.bytes).toBe(bytes);
  expect(await post('a')).toBe(true);
  answers.forget('a');
  expect(answers.bytes).toBe(0);
});

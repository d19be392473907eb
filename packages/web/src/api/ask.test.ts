import { describe, expect, it } from 'vitest';
import { ask } from './ask.js';

describe('ask', () => {
  it('says OFFLINE where nobody answers', async () => {
    const failed = Promise.reject(new TypeError('Failed to fetch'));
    await expect(ask(failed)).rejects.toMatchObject({ code: 'OFFLINE' });
  });

  it('says OFFLINE where only a proxy answers', async () => {
    const answer = { error: '<h1>Bad gateway</h1>', response: new Response(null, { status: 502 }) };
    await expect(ask(Promise.resolve(answer))).rejects.toMatchObject({ code: 'OFFLINE' });
  });

  it('passes an abort on as it is', async () => {
    const aborted = Promise.reject(new DOMException('', 'AbortError'));
    await expect(ask(aborted)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it("tells the service's code, and how long to wait", async () => {
    const error = { type: '', title: 'Busy', status: 503, code: 'OVERLOADED', detail: 'later' };
    const response = new Response(null, { status: 503, headers: { 'retry-after': '2' } });
    await expect(ask(Promise.resolve({ error, response }))).rejects.toMatchObject({
      code: 'OVERLOADED',
      message: 'later',
      retryAfterMs: 2000,
    });
  });

  it('answers with the data', async () => {
    expect(await ask(Promise.resolve({ data: 1, response: new Response() }))).toBe(1);
  });
});

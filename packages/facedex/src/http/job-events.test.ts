import { type AddressInfo, connect } from 'node:net';
import fastify from 'fastify';
import { afterEach, expect, it, vi } from 'vitest';
import { sendJobEvents } from './job-events.js';
import type { Job, Jobs } from './jobs.js';

afterEach(() => {
  vi.useRealTimers();
});

it('keeps what is told for a client that takes it long after the job has ended', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const job = { id: 'a', state: 'running', finishedAt: null } as Job;
  let tell: (job: Job) => void = () => {};
  const jobs = {
    get: () => job,
    watch: (_id: string, listener: (job: Job) => void) => {
      tell = listener;
      return () => {};
    },
  } as unknown as Jobs;
  const { promise: ready, resolve: goOn } = withResolvers();
  const { promise: watched, resolve: watching } = withResolvers();
  await using app = fastify({ forceCloseConnections: true });
  app.get('/slow', () => ready);
  app.get('/events', (_request, reply) => {
    const answer = sendJobEvents(jobs, 'a', reply);
    watching('');
    return answer;
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1').setEncoding(
    'utf8',
  );
  // The events wait behind another answer.
  client.write(
    ['/slow', '/events'].map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''),
  );
  await watched;
  // More than the buffers take.
  for (let done = 0; done < 2000; done++) tell({ ...job, done });
  tell({ ...job, state: 'done', finishedAt: '2026-01-01T00:00:00Z' });
  await vi.advanceTimersByTimeAsync(60_000);
  goOn('slow');
  let text = '';
  for await (const data of client) {
    text += data;
    if (text.endsWith('\r\n0\r\n\r\n')) break;
  }
  expect(text).toContain('"done":1999');
  expect(text).toContain('"finishedAt":"2026-01-01T00:00:00Z"');
});

function withResolvers() {
  let resolve: (value: string) => void = () => {};
  const promise = new Promise<string>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

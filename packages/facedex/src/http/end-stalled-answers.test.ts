import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closeQueuedAnswers } from './close-queued-answers.js';
import { endStalledAnswers } from './end-stalled-answers.js';

const ANSWER_MS = 100;

let app: FastifyInstance;
let client: Socket;
/** Requests whose answers are gone, by their path. */
let closed: string[];

beforeEach(async () => {
  app = fastify({ forceCloseConnections: true });
  closed = [];
  closeQueuedAnswers(app);
  endStalledAnswers(app, ANSWER_MS);
  app.addHook('onRequest', async ({ url }, { raw }) => {
    raw.once('close', () => closed.push(url));
  });
  // More than the buffers of the system take.
  app.get('/large', async () => Buffer.alloc(64 * 2 ** 20));
  app.get('/slow', async () => {
    await wait(6 * ANSWER_MS);
    return 'done';
  });
  app.get('/events', async (_request, reply) => {
    const events = new PassThrough();
    const ping = setInterval(() => events.write('ping\n'), ANSWER_MS / 10);
    events.on('close', () => clearInterval(ping));
    return reply.send(events);
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  client = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {});
});

afterEach(async () => {
  client.destroy();
  await app.close();
});

const ask = (...paths: string[]) =>
  client.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));

it('an answer of which the client takes nothing is ended, with those that wait behind it', async () => {
  client.pause();
  ask('/large', '/slow');
  await expect.poll(() => closed.sort(), { timeout: 10_000 }).toEqual(['/large', '/slow']);
});

it('a client may wait for its answer for as long as the server takes', async () => {
  ask('/slow');
  const [answer] = await once(client.setEncoding('utf8'), 'data');
  expect(answer).toMatch(/^HTTP\/1.1 200 .*done$/s);
});

it('an answer that waits behind a stream is ended with it; the stream alone may go on', async () => {
  let received = 0;
  client.on('data', (data: Buffer) => {
    received += data.length;
  });
  ask('/events');
  // Of ten bytes, as chunks: for longer than an answer that is no stream may take.
  await expect.poll(() => received, { timeout: 20_000 }).toBeGreaterThan(150 * 10);
  expect(closed).toEqual([]);
  const before = received;
  ask('/large');
  await once(client, 'close');
  expect(received).toBeGreaterThan(before);
  expect(received).toBeLessThan(2 ** 20);
});

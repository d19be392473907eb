import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { expect, it } from 'vitest';
import { closeQueuedAnswers } from './close-queued-answers.js';
import { watchRequests, whenDone } from './when-done.js';

/** Sends requests at once on a connection that closes when the last one has come in. */
async function hangUpAfter(app: FastifyInstance, requests: number): Promise<void> {
  let left = requests;
  const allCame = new Promise<void>((resolve) => {
    app.addHook('onRequest', async () => {
      if (--left === 0) resolve();
    });
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(requests));
  await allCame;
  socket.destroy();
  await once(socket, 'close');
}

it('requests of a connection that closes are over, also those whose answers wait behind another', async () => {
  await using app = fastify();
  closeQueuedAnswers(app);
  watchRequests(app);
  let isOver = 0;
  app.addHook('onRequest', async (request) => whenDone(request, () => isOver++));
  let endHandlers = () => {};
  const end = new Promise<void>((resolve) => {
    endHandlers = resolve;
  });
  app.get('/', async () => {
    await end;
    return 'done';
  });
  await hangUpAfter(app, 60);
  endHandlers();
  await expect.poll(() => isOver).toBe(60);
});

it('a request that closes before its handler has begun is over at once, and its handler never begins', async () => {
  await using app = fastify();
  closeQueuedAnswers(app);
  watchRequests(app);
  const events: string[] = [];
  app.addHook('preHandler', async (request, reply) => {
    if (!reply.raw.destroyed) await once(reply.raw, 'close');
    whenDone(request, () => events.push('over'));
  });
  app.get('/', async () => events.push('handled'));
  await hangUpAfter(app, 3);
  await expect.poll(() => events).toEqual(['over', 'over', 'over']);
});

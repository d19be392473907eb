import type { Multipart } from '@fastify/multipart';
import fastify from 'fastify';
import { expect, it } from 'vitest';
import { enrolPhotos } from './enrol-batch.js';
import { acceptForms } from './read-form.js';
import { DEFAULT_LIMITS } from './serve-options.js';
import type { Service } from './service.js';

it('a batch keeps nothing of the photos and fields that it is done with', async () => {
  await using app = fastify();
  await acceptForms(app);
  const read = new Set<Multipart>();
  let kept = 0;
  app.addHook('preHandler', async (request) => {
    const { parts } = request;
    request.parts = async function* (options) {
      for await (const part of parts.call(request, options)) {
        yield part;
        read.add(part);
        // The plugin keeps all parts of a form in one object, with the bytes of files that were read.
        const held = Object.values(part.fields).flat() as Multipart[];
        kept = Math.max(kept, held.filter((one) => read.has(one)).length);
      }
    };
  });
  const service = {
    limits: DEFAULT_LIMITS,
    galleries: { openToChange: async () => ({}) },
  } as unknown as Service;
  app.post('/galleries/:gallery', (request, reply) => enrolPhotos(service, request, reply));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const form = new FormData();
  for (let i = 0; i < 20; i++) {
    form.append('person', `Person ${i}`);
    form.append('photo', new Blob([new Uint8Array(100_000)]), `${i}.jpg`);
  }
  const answer = await fetch(`${app.listeningOrigin}/galleries/a`, { method: 'POST', body: form });
  expect((await answer.text()).trim().split('\n').at(-1)).toBe(
    JSON.stringify({ total: 20, added: 0, unchanged: 0, refused: 20 }),
  );
  expect(read.size).toBe(40);
  expect(kept).toBe(0);
});

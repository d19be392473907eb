import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { form } from '@facedex/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeSample, type Sample } from '../sample.js';
import { startTestServer, type TestServer } from './test-server.js';

// Galleries that are deleted while others use them: whoever comes in between, all of it goes.

let sample: Sample;
let server: TestServer;
let photos: Blob[];

beforeAll(async () => {
  sample = await makeSample();
  photos = await Promise.all(
    sample.heldOut.map(
      async ({ person }) => new Blob([await readFile(join(sample.folder, person, 'plain.jpg'))]),
    ),
  );
  server = await startTestServer();
}, 240_000);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(sample.directory, { recursive: true, force: true });
});

const at = (gallery: string) => ({ params: { path: { gallery } } });

const enrol = (gallery: string, i: number) =>
  server.client.POST('/v1/galleries/{gallery}/photos', {
    ...at(gallery),
    ...form({ photo: photos[i % photos.length]!, person: `Person ${i}` }),
  });
const start = (gallery: string) =>
  server.client.POST('/v1/galleries/{gallery}/jobs', {
    ...at(gallery),
    body: { kind: 'cluster', afresh: true },
  });
const read = (gallery: string) => server.client.GET('/v1/galleries/{gallery}', at(gallery));
const create = (gallery: string) =>
  server.client.POST('/v1/galleries', { body: { name: gallery } });

/** What the audit log says was done to a gallery. */
async function doneTo(gallery: string): Promise<string[]> {
  const { data } = await server.client.GET('/v1/audit', {
    params: { query: { gallery, limit: 500 } },
  });
  return data!.items.map(({ action }) => action);
}

const others = {
  job: async (gallery: string) => [await start(gallery), await start(gallery)],
  enrolment: (gallery: string) => Promise.all(photos.map((_, i) => enrol(gallery, i))),
  question: (gallery: string) => Promise.all(Array.from({ length: 20 }, () => read(gallery))),
  deletion: (gallery: string) =>
    Promise.all([1, 2].map(() => server.client.DELETE('/v1/galleries/{gallery}', at(gallery)))),
};

it.each(Object.keys(others) as (keyof typeof others)[])(
  'a gallery that is deleted beside a %s is gone as a whole',
  async (kind) => {
    for (const round of [0, 1, 2]) {
      const gallery = `${kind}-${round}`;
      await create(gallery);
      for (const i of [0, 1]) expect((await enrol(gallery, i)).response.status).toBe(201);
      const beside = others[kind](gallery);
      // The other way round, too: what was asked before is under way.
      for (let i = 0; i < round; i++) await read(gallery);
      const deleting = server.client.DELETE('/v1/galleries/{gallery}', at(gallery));
      const after = await Promise.all(Array.from({ length: 10 }, () => read(gallery)));
      const answers = [...(await beside), ...after];

      const statuses = answers.map(({ response }) => response.status);
      expect(statuses.filter((status) => status === 500)).toEqual([]);
      const { response } = await deleting;
      expect(kind === 'deletion' ? [200, 404] : [200]).toContain(response.status);
      expect((await read(gallery)).response.status).toBe(404);
      const folders = await readdir(server.data);
      expect(folders.filter((name) => name === gallery || name.includes('deleted'))).toEqual([]);
      expect((await doneTo(gallery)).filter((one) => one === 'gallery.delete')).toHaveLength(1);
      const jobs = await server.client.GET('/v1/jobs', { params: { query: { gallery } } });
      expect(jobs.data!.items).toEqual([]);
      expect(await readdir(join(server.data, '.service', 'jobs'))).toEqual([]);
    }
  },
);

it('a gallery of the same name starts without the jobs of the one before', async () => {
  await create('again');
  await enrol('again', 0);
  const [first, second] = [await start('again'), await start('again')];
  await server.client.DELETE('/v1/galleries/{gallery}', at('again'));
  expect((await create('again')).response.status).toBe(201);
  for (const { data } of [first, second]) {
    const path = { job: data!.id };
    const { response } = await server.client.GET('/v1/jobs/{job}', { params: { path } });
    expect(response.status).toBe(404);
  }
  expect((await read('again')).data).toMatchObject({ people: 0, faces: 0 });
});

it('a gallery that is deleted can be made again with the Idempotency-Key of the first time', async () => {
  const make = () =>
    server.client.POST('/v1/galleries', {
      body: { name: 'once' },
      headers: { 'idempotency-key': 'once' },
    });
  const replayed = async () => (await make()).response.headers.get('idempotency-replayed');
  expect(await replayed()).toBeNull();
  expect(await replayed()).toBe('true');
  await server.client.DELETE('/v1/galleries/{gallery}', at('once'));
  expect(await replayed()).toBeNull();
  expect((await read('once')).response.status).toBe(200);
});

it('what a process left of a gallery that it was deleting is removed by the next', async () => {
  const left = join(server.data, '.deleted-0a1b');
  await mkdir(left);
  await writeFile(join(left, 'gallery.db'), 'faces');
  expect((await server.client.GET('/v1/galleries')).data!.items).not.toContainEqual(
    expect.objectContaining({ name: '.deleted-0a1b' }),
  );
  await server.restart();
  expect(await readdir(server.data)).not.toContain('.deleted-0a1b');
});

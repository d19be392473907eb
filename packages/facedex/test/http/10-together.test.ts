import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { form, problemOf } from '@facedex/client';
import { Gallery, PhotoFiles } from '@facedex/gallery';
import { Pipeline } from '@facedex/pipeline';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { makeSample, type Sample } from '../sample.js';
import { startTestServer, type TestServer } from './test-server.js';

// Requests about the same people and photos at the same time: one is held back where the other could get
// in between.

let sample: Sample;
let server: TestServer;
let photos: Blob[];
let count = 0;
let gallery: string;

beforeAll(async () => {
  sample = await makeSample();
  // One of each person, then another of each.
  const paths = ['plain', 'mirrored-brighter'].flatMap((name) =>
    sample.heldOut.map(({ person }) => join(sample.folder, person, `${name}.jpg`)),
  );
  photos = await Promise.all(paths.map(async (path) => new Blob([await readFile(path)])));
  server = await startTestServer({ retentionDays: 3650 });
}, 240_000);

beforeEach(async () => {
  gallery = `gallery-${count++}`;
  await server.client.POST('/v1/galleries', { body: { name: gallery } });
});

afterEach(() => {
  vi.restoreAllMocks();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(sample.directory, { recursive: true, force: true });
});

async function ok<T>(answer: Promise<{ data?: T; error?: unknown }>): Promise<T> {
  const { data, error } = await answer;
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

const at = () => ({ params: { path: { gallery } } });
const atPerson = (person: string) => ({ params: { path: { gallery, person } } });

const enrol = (i: number, fields: { person?: string; tags?: string[] } = {}) =>
  server.client.POST('/v1/galleries/{gallery}/photos', {
    ...at(),
    ...form({ photo: photos[i]!, ...fields }),
  });
const rename = (person: string, name: string) =>
  ok(
    server.client.PATCH('/v1/galleries/{gallery}/people/{person}', {
      ...atPerson(person),
      body: { name },
    }),
  );
const names = async () =>
  (await ok(server.client.GET('/v1/galleries/{gallery}/people', at()))).items.map(
    ({ name }) => name,
  );
const classify = (i: number) =>
  server.client.POST('/v1/galleries/{gallery}/classify', {
    ...at(),
    ...form({ photo: photos[i]! }),
  });
const startJob = (body: { kind: 'train'; minFaces: number } | { kind: 'expire' }) =>
  ok(server.client.POST('/v1/galleries/{gallery}/jobs', { ...at(), body }));

async function ended(job: string) {
  await expect.poll(() => server.running.service.jobs.get(job).finishedAt).not.toBeNull();
  return server.running.service.jobs.get(job);
}

/** Runs `between` once, before or after the next call of a method. */
function once<T extends object>(
  owner: T,
  method: keyof T & string,
  { before, after }: { before?: () => Promise<unknown>; after?: () => Promise<unknown> },
): void {
  const original = owner[method] as (...given: unknown[]) => Promise<unknown>;
  const spy = vi.spyOn(owner, method as never) as unknown as ReturnType<typeof vi.fn>;
  spy.mockImplementation(async function (this: T, ...given: unknown[]) {
    spy.mockImplementation(original);
    await before?.();
    const answer = await original.apply(this, given);
    await after?.();
    return answer;
  });
}

it('a photo that is sent at once with a name and without keeps the name', async () => {
  once(Pipeline.prototype, 'analyse', {
    after: async () => {
      expect((await enrol(0, { person: 'Ada' })).response.status).toBe(201);
    },
  });
  const { response, data } = await enrol(0);
  expect(response.status).toBe(200);
  expect(data!.photo.person?.name).toBe('Ada');
  expect(await names()).toEqual(['Ada']);
});

it('a photo that is sent at once with one tag and with another has both', async () => {
  once(Pipeline.prototype, 'analyse', {
    after: () => ok(enrol(0, { person: 'Ada', tags: ['sea'] })),
  });
  const { photo } = await ok(enrol(0, { person: 'Ada', tags: ['sun'] }));
  expect(photo.tags).toEqual(['sea', 'sun']);
});

it('a photo that is sent as it is deleted has its picture, or is gone', async () => {
  const { photo } = await ok(enrol(0, { person: 'Ada' }));
  let again: ReturnType<typeof enrol> | undefined;
  once(PhotoFiles.prototype, 'remove', {
    before: async () => {
      // It has come as far as it can: its picture has been looked at.
      const looked = new Promise((done) => {
        once(Pipeline.prototype, 'analyse', { after: async () => done(undefined) });
      });
      again = enrol(0, { person: 'Ada' });
      await looked;
      await server.client.GET('/health');
    },
  });
  await ok(
    server.client.DELETE('/v1/galleries/{gallery}/photos/{photo}', {
      params: { path: { gallery, photo: photo.id } },
    }),
  );
  expect((await again!).data).toMatchObject({
    outcome: 'added',
    photo: { id: photo.id, hasPicture: true },
  });
  const file = join(server.data, gallery, 'photos', photo.id.slice(0, 2), photo.id);
  expect(existsSync(file)).toBe(true);
});

it('a photo that is sent again as it is deleted is enrolled again', async () => {
  const { photo } = await ok(enrol(0, { person: 'Ada' }));
  const { records } = await server.running.service.galleries.open(gallery);
  // It has been found, so that nobody looks at it again.
  once(records, 'findPhoto', { after: () => records.removePhoto(photo.id) });
  const again = await enrol(0, { person: 'Ada' });
  expect(again.response.status).toBe(201);
  expect(again.data).toMatchObject({ photo: { id: photo.id, hasPicture: true } });
});

it('a photo that is deleted as it is read is told with its faces, or not at all', async () => {
  const { records } = await server.running.service.galleries.open(gallery);
  const readWhileDeleted = async (method: 'photo' | 'faces') => {
    const { photo } = await ok(enrol(0, { person: 'Ada' }));
    once(records, method, { after: () => records.removePhoto(photo.id) });
    return server.client.GET('/v1/galleries/{gallery}/photos/{photo}', {
      params: { path: { gallery, photo: photo.id } },
    });
  };
  const { data } = await readWhileDeleted('photo');
  expect(data).toMatchObject({ photo: { faces: 1 }, faces: [{ person: { name: 'Ada' } }] });
  const { error } = await readWhileDeleted('faces');
  expect(problemOf(error).code).toBe('UNKNOWN_PHOTO');
});

/** Each with two photos, and the name of the first for the second. */
async function twoPeople() {
  const people: string[] = [];
  for (const [i, person] of ['Ada', 'Bob'].entries()) {
    await ok(enrol(i + photos.length / 2, { person }));
    people.push((await ok(enrol(i, { person }))).photo.person!.id);
  }
  const [ada, bob] = people as [string, string];
  const swap = async () => {
    await rename(ada, 'Grace');
    await rename(bob, 'Ada');
  };
  return { ada, bob, swap };
}

it('who is deleted by id goes, also where somebody else gets the name meanwhile', async () => {
  const { ada, bob } = await twoPeople();
  const { photo } = await ok(enrol(2));
  const { records } = await server.running.service.galleries.open(gallery);
  const beside: Promise<unknown>[] = [];
  once(PhotoFiles.prototype, 'remove', {
    before: async () => {
      // They wait for the removal of the photo, in this order.
      beside.push(records.changePerson(ada, { name: 'Grace' }));
      beside.push(records.changePerson(bob, { name: 'Ada' }));
      const asked = new Promise((done) => {
        once(Gallery.prototype, 'isCurrent', { after: async () => done(undefined) });
      });
      beside.push(
        ok(server.client.DELETE('/v1/galleries/{gallery}/people/{person}', atPerson(ada))),
      );
      await asked;
      await server.client.GET('/health');
    },
  });
  await ok(
    server.client.DELETE('/v1/galleries/{gallery}/photos/{photo}', {
      params: { path: { gallery, photo: photo.id } },
    }),
  );
  await Promise.all(beside);
  expect(await names()).toEqual(['Ada']);
  expect((await records.person(bob)).name).toBe('Ada');
});

it('nobody is deleted whose consent is prolonged while others are deleted, nor is the job kept from the rest', async () => {
  const { records, gallery: open } = await server.running.service.galleries.open(gallery);
  const people = await Promise.all(
    ['Ada', 'Bob', 'Cy', 'Di'].map((name) =>
      records.createPerson({ name, consentUntil: new Date(0) }),
    ),
  );
  const [, bob, cy] = people.map(({ id }) => id);
  const { records: others } = open;
  once(others, 'expired', {
    after: async () => {
      await records.changePerson(bob!, { consentUntil: new Date('2999-01-01') });
      await ok(server.client.DELETE('/v1/galleries/{gallery}/people/{person}', atPerson(cy!)));
    },
  });
  const job = await ended((await startJob({ kind: 'expire' })).id);
  expect(job).toMatchObject({ state: 'done', result: { people: 2 } });
  expect(await names()).toEqual(['Bob']);
});

/** As many people more as it takes to train a classifier. */
async function others() {
  for (let i = 2; i < photos.length / 2; i++) {
    for (const photo of [i, i + photos.length / 2]) {
      await ok(enrol(photo, { person: `Person ${i}` }));
    }
  }
}

it('a classifier that is trained while somebody is deleted is not kept', async () => {
  const { bob } = await twoPeople();
  await others();
  const faces = Gallery.prototype.faces;
  vi.spyOn(Gallery.prototype, 'faces').mockImplementation(async function* (this: Gallery) {
    yield* faces.call(this);
    await ok(server.client.DELETE('/v1/galleries/{gallery}/people/{person}', atPerson(bob)));
  });
  const job = await ended((await startJob({ kind: 'train', minFaces: 2 })).id);
  expect(job).toMatchObject({ state: 'failed', error: { code: 'NO_CLASSIFIER' } });
  const { error } = await classify(0);
  expect(problemOf(error).code).toBe('NO_CLASSIFIER');
  expect(await names()).not.toContain('Bob');
});

it('a classifier knows people by what they are called by now', async () => {
  const { ada, swap } = await twoPeople();
  await others();
  expect(await ended((await startJob({ kind: 'train', minFaces: 2 })).id)).toMatchObject({
    state: 'done',
  });
  await swap();
  const { ranking } = await ok(classify(0));
  expect(ranking[0]!.person).toEqual({ id: ada, name: 'Grace' });
});

it('who is identified keeps their id, also where names change meanwhile', async () => {
  const { ada, swap } = await twoPeople();
  once(Gallery.prototype, 'identify', { after: swap });
  const { data } = await server.client.POST('/v1/galleries/{gallery}/identify', {
    ...at(),
    ...form({ photo: photos[0]! }),
  });
  expect(data).toMatchObject({ verdict: 'known', person: { id: ada, name: 'Grace' } });
});

it('a search among people is among them, also where names change meanwhile', async () => {
  const { bob, swap } = await twoPeople();
  once(Gallery.prototype, 'search', { before: swap });
  const { data } = await server.client.POST('/v1/galleries/{gallery}/search', {
    ...at(),
    ...form({ photo: photos[0]!, people: [bob] }),
  });
  expect(data!.matches.map(({ person }) => person!.id)).toEqual([bob, bob]);
});

it('jobs are listed once each, also where some are forgotten from page to page', async () => {
  const kept = gallery;
  const start = async () => {
    const job = await ok(
      server.client.POST('/v1/galleries/{gallery}/jobs', { ...at(), body: { kind: 'cluster' } }),
    );
    // Of one millisecond, any may be the newer one.
    await expect.poll(() => Date.now()).toBeGreaterThan(Date.parse(job.createdAt));
    return job.id;
  };
  const page = async (cursor?: string) => {
    const query = { limit: 2, ...(cursor === undefined ? {} : { cursor }) };
    const { items, next } = await ok(server.client.GET('/v1/jobs', { params: { query } }));
    return { ids: items.map(({ id }) => id), next };
  };
  const [oldest, older] = [await start(), await start()];
  gallery = `short-${kept}`;
  await ok(server.client.POST('/v1/galleries', { body: { name: gallery } }));
  const forgotten = await start();
  gallery = kept;
  const newest = await start();
  const first = await page();
  expect(first.ids).toEqual([newest, forgotten]);
  gallery = `short-${kept}`;
  await ok(server.client.DELETE('/v1/galleries/{gallery}', at()));
  expect((await page(first.next!)).ids).toEqual([older, oldest]);
});

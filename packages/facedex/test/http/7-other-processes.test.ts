import { openAsBlob } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { form, problemOf } from '@facedex/client';
import { Gallery } from '@facedex/gallery';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { facedexJson } from '../cli.js';
import { makeSample, type Sample } from '../sample.js';
import { startTestServer, type TestServer } from './test-server.js';

// What other processes do to galleries that a server has open: real ones, of the command line.

const OTHER_MODEL = 'mobilefacenet-192';

let sample: Sample;
let work: string;
let server: TestServer;

beforeAll(async () => {
  sample = await makeSample();
  work = await mkdtemp(join(tmpdir(), 'facedex-other-'));
  await facedexJson(['index', sample.folder], work);
  server = await startTestServer();
}, 240_000);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  for (const directory of [work, sample.directory]) {
    await rm(directory, { recursive: true, force: true });
  }
});

/** A gallery of its own, of which the server is the writer, or only a reader. */
async function galleryFor(name: string, mode: 'read' | 'write'): Promise<string> {
  const directory = join(server.data, name);
  await cp(join(work, 'facedex-data'), directory, { recursive: true });
  const writer = mode === 'read' ? await Gallery.open(directory, { mode: 'write' }) : undefined;
  const { data } = await server.client.GET('/v1/galleries/{gallery}', {
    params: { path: { gallery: name } },
  });
  expect(data).toMatchObject({ canWrite: mode === 'write', faces: sample.photos });
  await writer?.[Symbol.asyncDispose]();
  return directory;
}

async function search(gallery: string) {
  const photo = await openAsBlob(sample.heldOut[0]!.path);
  const { data, error, response } = await server.client.POST('/v1/galleries/{gallery}/search', {
    params: { path: { gallery } },
    ...form({ photo, k: 1000 }),
  });
  if (data === undefined) return { status: response.status, code: problemOf(error).code };
  const { model, matches } = data;
  return { model, faces: matches.length, nearest: matches[0]?.person?.name };
}

const person = () => sample.heldOut[0]!.person;

async function make(gallery: string, name: string): Promise<number> {
  const { response } = await server.client.POST('/v1/galleries/{gallery}/people', {
    params: { path: { gallery } },
    body: { name },
  });
  return response.status;
}

it('a gallery that was moved to another model answers by that one', async () => {
  const directory = await galleryFor('moved', 'read');
  const before = await search('moved');
  expect(before).toMatchObject({ faces: sample.photos, nearest: person() });
  const run = ['reembed', '--model', OTHER_MODEL, '--gallery', directory];
  expect(await facedexJson(run, work)).toMatchObject({ moved: true });

  expect(await search('moved')).toEqual({ ...before, model: OTHER_MODEL });
  const { data } = await server.client.GET('/v1/galleries');
  expect(data!.items).toContainEqual({ name: 'moved', model: OTHER_MODEL });
  expect(await make('moved', 'Bob')).toBe(201);
});

it('one that was moved before anybody asked for it is listed with its model', async () => {
  const directory = join(server.data, 'unasked');
  await cp(join(work, 'facedex-data'), directory, { recursive: true });
  const modelOf = async () => {
    const { data } = await server.client.GET('/v1/galleries');
    return data!.items.find(({ name }) => name === 'unasked')!.model;
  };
  expect(await modelOf()).not.toBe(OTHER_MODEL);
  await facedexJson(['reembed', '--model', OTHER_MODEL, '--gallery', directory], work);
  expect(await modelOf()).toBe(OTHER_MODEL);
});

it('one that shrank and was compacted answers with what is left', async () => {
  const directory = await galleryFor('shrunk', 'read');
  const { items } = (
    await server.client.GET('/v1/galleries/{gallery}/people', {
      params: { path: { gallery: 'shrunk' } },
    })
  ).data!;
  for (const { name } of items.filter(({ name }) => name !== person())) {
    await facedexJson(['remove', '--person', name, '--gallery', directory], work);
  }
  const database = new Database(join(directory, 'gallery.db'), { readonly: true });
  // At which change it was compacted.
  expect(database.pragma('user_version', { simple: true })).toBeGreaterThan(0);
  database.close();
  expect(await search('shrunk')).toMatchObject({ faces: 3, nearest: person() });
  expect(await make('shrunk', 'Bob')).toBe(201);
});

it.each(['read', 'write'] as const)(
  'one whose folder was replaced by a restored one is that one (open to %s)',
  async (mode) => {
    const name = `replaced-${mode}`;
    const backup = join(work, `${name}.facedex`);
    await facedexJson(['backup', backup], work);
    const directory = await galleryFor(name, mode);
    if (mode === 'write') expect(await make(name, 'Eve')).toBe(201);
    await rename(directory, `${directory}-aside`);
    await facedexJson(['restore', backup, '--gallery', directory], work);
    await facedexJson(['remove', '--person', person(), '--gallery', directory], work);

    const left = sample.photos - 3;
    expect(await search(name)).toMatchObject({ faces: left });
    // Written to the new one, which stays sound.
    expect(await make(name, 'Bob')).toBe(201);
    await server.restart();
    expect(await facedexJson(['check', '--gallery', directory], work)).toMatchObject({
      sound: true,
      faces: left,
    });
    const { data } = await server.client.GET('/v1/galleries/{gallery}/people', {
      params: { path: { gallery: name } },
    });
    const names = data!.items.map((one) => one.name);
    expect([names.includes('Bob'), names.includes('Eve')]).toEqual([true, false]);
    expect(await facedexJson(['check', '--gallery', `${directory}-aside`], work)).toMatchObject({
      sound: true,
      faces: sample.photos,
    });
  },
);

it('one whose folder was removed is gone, and can be made again', async () => {
  const directory = await galleryFor('removed', 'write');
  await rm(directory, { recursive: true });
  const made = await server.client.POST('/v1/galleries', { body: { name: 'removed' } });
  expect(made.data).toMatchObject({ faces: 0, canWrite: true });
  await rm(directory, { recursive: true });
  expect(await search('removed')).toEqual({ status: 404, code: 'NO_GALLERY' });
});

it('one that was filled here and came back from a backup can move to another model', async () => {
  const params = { path: { gallery: 'filled' } };
  await server.client.POST('/v1/galleries', { body: { name: 'filled' } });
  const photo = await openAsBlob(sample.heldOut[0]!.path);
  await server.client.POST('/v1/galleries/{gallery}/photos', {
    params,
    ...form({ photo, person: 'Ada' }),
  });
  const backup = join(work, 'filled.facedex');
  const directory = join(server.data, 'filled');
  const wrote = await facedexJson(['backup', backup, '--gallery', directory], work);
  expect(wrote).toMatchObject({ faces: 1, photos: 1 });
  await server.client.DELETE('/v1/galleries/{gallery}', { params });

  await facedexJson(['restore', backup, '--gallery', directory], work);
  const run = ['reembed', '--model', OTHER_MODEL, '--gallery', directory];
  expect(await facedexJson(run, work)).toMatchObject({ moved: true, faces: 1, missing: [] });
  expect(await search('filled')).toEqual({ model: OTHER_MODEL, faces: 1, nearest: 'Ada' });
  const face = await server.client.GET('/v1/galleries/{gallery}/faces/{face}/picture', {
    params: { path: { gallery: 'filled', face: 1 } },
    parseAs: 'arrayBuffer',
  });
  expect(face.response.status).toBe(200);
});

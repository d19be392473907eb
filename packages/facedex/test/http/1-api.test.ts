import { openAsBlob } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BatchLine, type BatchPhoto, enrolBatch, form, problemOf } from '@facedex/client';
import { Gallery } from '@facedex/gallery';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeSample, type Sample } from '../sample.js';
import { startTestServer, type TestServer } from './test-server.js';

// The whole of the service as a client sees it: one gallery, in the order in which it is filled.

let sample: Sample;
let server: TestServer;
const path = { gallery: 'friends' };

beforeAll(async () => {
  sample = await makeSample();
  server = await startTestServer();
}, 240_000);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(sample.directory, { recursive: true, force: true });
});

afterEach(() => {
  vi.restoreAllMocks();
});

const photoOf = (person: string, name = 'plain') =>
  openAsBlob(join(sample.folder, person, `${name}.jpg`));
const personAt = (i: number) => sample.heldOut[i]!.person;
const probeAt = (i: number) => openAsBlob(sample.heldOut[i]!.path);

async function ok<T>(answer: Promise<{ data?: T; error?: unknown }>): Promise<T> {
  const { data, error } = await answer;
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

async function codeOf(answer: Promise<{ error?: unknown }>): Promise<string> {
  return problemOf((await answer).error).code;
}

async function personNamed(name: string) {
  const { items } = await ok(
    server.client.GET('/v1/galleries/{gallery}/people', { params: { path, query: { name } } }),
  );
  return items.find((person) => person.name === name)!;
}

async function ended(job: string) {
  for (;;) {
    const state = await ok(server.client.GET('/v1/jobs/{job}', { params: { path: { job } } }));
    if (state.finishedAt !== null) return state;
    await new Promise((wait) => setTimeout(wait, 50));
  }
}

describe('a server', () => {
  it('says that it lives, is ready, and who asks', async () => {
    expect(await ok(server.client.GET('/health'))).toEqual({ status: 'ok' });
    expect(await ok(server.client.GET('/ready'))).toEqual({ status: 'ready' });
    expect(await ok(server.client.GET('/v1/me'))).toMatchObject({ key: null, role: 'admin' });
  });

  it('answers what is wrong as a problem with a code and what to do', async () => {
    const { error, response } = await server.client.GET('/v1/galleries/{gallery}', {
      params: { path },
    });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(error).toMatchObject({
      code: 'NO_GALLERY',
      status: 404,
      type: 'urn:facedex:error:NO_GALLERY',
      detail: expect.stringContaining('POST /v1/galleries'),
    });
  });

  it('says of every path which methods it has, to who asks with another', async () => {
    const document = await (await fetch(`${server.url}/openapi.json`)).json();
    const { paths } = document as { paths: Record<string, object> };
    for (const [template, operations] of Object.entries(paths)) {
      const has = Object.keys(operations).map((method) => method.toUpperCase());
      const allowed = new Set(has.includes('GET') ? [...has, 'HEAD'] : has);
      const url = server.url + template.replaceAll(/{.+?}/g, '1');
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        if (allowed.has(method)) continue;
        const response = await fetch(url, { method });
        expect([method, template, response.status]).toEqual([method, template, 405]);
        expect(new Set(response.headers.get('allow')!.split(', '))).toEqual(allowed);
        const text = await response.text();
        if (method === 'HEAD') continue;
        expect(JSON.parse(text)).toMatchObject({
          code: 'METHOD_NOT_ALLOWED',
          detail: expect.stringContaining(response.headers.get('allow')!),
        });
      }
    }
  });

  it('says what is wrong with a body, and what is taken', async () => {
    const jobs = `${server.url}/v1/galleries/friends/jobs`;
    for (const [body, detail] of [
      [{ kind: 'nix' }, /kind.*cluster, train, expire/],
      [{ kind: 'train', classifier: 'nix' }, /classifier.*knn/],
      [{}, /kind/],
    ] as const) {
      const headers = { 'content-type': 'application/json' };
      const wrong = await fetch(jobs, { method: 'POST', headers, body: JSON.stringify(body) });
      expect(wrong.status).toBe(400);
      expect(problemOf(await wrong.json()).detail).toMatch(detail);
    }
    const url = `${server.url}/v1/detect`;
    // As curl sends it where nobody says otherwise.
    const typed = await fetch(url, { method: 'POST', body: new URLSearchParams({ k: '1' }) });
    expect(typed.status).toBe(415);
    expect(problemOf(await typed.json()).detail).toMatch(/Content-Type.*multipart.*image\/jpeg/);
    const two = new FormData();
    for (const name of ['a.jpg', 'b.jpg']) two.append('photo', new File(['x'], name));
    const many = await fetch(url, { method: 'POST', body: two });
    expect(many.status).toBe(413);
    expect(problemOf(await many.json()).detail).toContain('/photos/batch');
  });

  it('makes a gallery once', async () => {
    const { client } = server;
    const made = await ok(client.POST('/v1/galleries', { body: { name: 'friends' } }));
    expect(made).toMatchObject({ name: 'friends', faces: 0, canWrite: true });
    expect(await codeOf(client.POST('/v1/galleries', { body: { name: 'friends' } }))).toBe(
      'GALLERY_EXISTS',
    );
    expect(await ok(client.GET('/v1/galleries'))).toEqual({
      items: [{ name: 'friends', model: made.model }],
    });
  });
});

describe('enrolling', () => {
  it('takes a photo as a form, as bytes and as Base64, each once', async () => {
    const { client } = server;
    const url = '/v1/galleries/{gallery}/photos';
    const person = personAt(0);
    const first = await client.POST(url, {
      params: { path },
      ...form({ photo: await photoOf(person), person, tags: ['a', 'b'] }),
    });
    expect(first.response.status).toBe(201);
    const place = first.response.headers.get('location')!;
    expect(await (await fetch(server.url + place)).json()).toMatchObject({
      photo: { id: first.data!.photo.id },
    });
    expect(first.data).toMatchObject({
      outcome: 'added',
      photo: { person: { name: person }, tags: ['a', 'b'], hasPicture: true },
      facesSeen: 1,
    });
    const again = await client.POST(url, {
      params: { path },
      ...form({ photo: await photoOf(person), person }),
    });
    expect(again.response.status).toBe(200);
    expect(again.data).toMatchObject({ outcome: 'unchanged', photo: first.data!.photo });
    const raw = await fetch(`${server.url}/v1/galleries/friends/photos?person=${person}`, {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg' },
      body: await readFile(join(sample.folder, person, 'mirrored-brighter.jpg')),
    });
    expect(raw.status).toBe(201);
    const bytes = await readFile(join(sample.folder, person, 'small-soft.jpg'));
    const json = await client.POST(url, {
      params: { path },
      body: { photo: bytes.toString('base64'), person },
    });
    expect(json.response.status).toBe(201);
    expect(await personNamed(person)).toMatchObject({ photos: 3, faces: 3 });
  });

  it('says why a photo is refused, and keeps nothing of it', async () => {
    const { client } = server;
    const url = '/v1/galleries/{gallery}/photos';
    const enrol = async (photo: Blob, fields: object = {}) =>
      codeOf(client.POST(url, { params: { path }, ...form({ photo, ...fields }) }));
    const plain = await sharp({
      create: { width: 200, height: 200, channels: 3, background: '#888' },
    })
      .jpeg()
      .toBuffer();
    expect(await enrol(new Blob([plain]))).toBe('NO_FACE');
    expect(await enrol(new Blob(['no picture']))).toBe('UNREADABLE_PHOTO');
    expect(await enrol(await photoOf(personAt(1)), { minQuality: 1 })).toBe('LOW_QUALITY');
    const group = await openAsBlob(sample.groupPhotos[4]!);
    expect(await enrol(group, { person: 'X', faces: 'reject' })).toBe('SEVERAL_FACES');
    expect(await enrol(await photoOf(personAt(0)), { person: 'Y' })).toBe('ALREADY_ENROLLED');
    const gallery = await ok(client.GET('/v1/galleries/{gallery}', { params: { path } }));
    expect(gallery).toMatchObject({ photos: 3, faces: 3, people: 1 });
  });

  it('takes many in a form, and tells of each by a line', async () => {
    const photos: BatchPhoto[] = [];
    for (const { person } of sample.heldOut.slice(1)) {
      for (const name of ['plain', 'mirrored-brighter']) {
        const photo = await photoOf(person, name);
        photos.push({ photo, person, filename: `${person}-${name}.jpg` });
      }
    }
    photos.push({ photo: new File(['no picture'], 'broken.jpg') });
    const lines: BatchLine[] = [];
    for await (const line of enrolBatch(server.client, 'friends', photos)) lines.push(line);
    const people = sample.heldOut.length - 1;
    expect(lines.at(-1)).toEqual({
      total: 2 * people + 1,
      added: 2 * people,
      unchanged: 0,
      refused: 1,
    });
    const told = lines
      .flatMap((line) => ('index' in line ? [line] : []))
      .sort((a, b) => Number(a.index) - Number(b.index));
    expect(told).toHaveLength(2 * people + 1);
    expect(told[0]).toMatchObject({
      index: 0,
      filename: `${personAt(1)}-plain.jpg`,
      person: personAt(1),
      outcome: 'added',
      faces: 1,
    });
    expect(told.at(-1)).toMatchObject({
      filename: 'broken.jpg',
      person: null,
      outcome: 'refused',
      code: 'UNREADABLE_PHOTO',
    });
  });

  it('takes as many photos in a batch as it says, each with options of its own', async () => {
    const { limits } = await ok(server.client.GET('/v1/me'));
    const photos = Array.from({ length: limits.photosPerBatch }, (_, i) => ({
      photo: new Blob([`no picture ${i}`]),
      person: `Person ${i}`,
    }));
    let last: BatchLine | undefined;
    for await (const line of enrolBatch(server.client, 'friends', photos)) last = line;
    expect(limits.photosPerBatch).toBe(1000);
    expect(last).toEqual({ total: 1000, added: 0, unchanged: 0, refused: 1000 });
  });

  it('has options of a batch hold for the photos after them', async () => {
    const params = { path: { gallery: 'batches' } };
    await ok(server.client.POST('/v1/galleries', { body: { name: 'batches' } }));
    const data = new FormData();
    const send = async () => {
      const url = `${server.url}/v1/galleries/batches/photos/batch`;
      const answer = await fetch(url, { method: 'POST', body: data });
      return (await answer.text())
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    };
    expect(await send()).toMatchObject([
      { index: null, outcome: 'refused', code: 'INVALID_ARGUMENT' },
      { total: 0, refused: 0 },
    ]);
    for (const [i, tags] of [['left', 'old'], ['right']].entries()) {
      for (const tag of tags) data.append('tags', tag);
      data.append('photo', await photoOf(personAt(i)));
    }
    data.append('person', 'Too Late');
    const lines = await send();
    expect(lines).toContainEqual(
      expect.objectContaining({ index: null, detail: expect.stringContaining('person') }),
    );
    expect(lines.at(-1)).toEqual({ total: 2, added: 2, unchanged: 0, refused: 0 });
    const { items } = await ok(server.client.GET('/v1/galleries/{gallery}/photos', { params }));
    expect(items.map(({ tags }) => tags.join()).sort()).toEqual(['left,old', 'right']);
    expect(items.map(({ person }) => person)).toEqual([null, null]);
  });

  it('finds photos by the time at which they were taken', async () => {
    const params = { path: { gallery: 'batches' } };
    const photo = new File([await photoOf(personAt(3))], 'old.jpg', {
      lastModified: Date.UTC(2001, 1, 3),
    });
    for await (const _ of enrolBatch(server.client, 'batches', [{ photo }]));
    const one = await ok(
      server.client.POST('/v1/galleries/{gallery}/photos', {
        params,
        ...form({ photo: await photoOf(personAt(4)), takenAt: '2010-05-06T07:08:09+02:00' }),
      }),
    );
    expect(one.photo.takenAt).toBe('2010-05-06T05:08:09.000Z');
    const found = async (filter: { since?: string; until?: string }) => {
      const { matches } = await ok(
        server.client.POST('/v1/galleries/{gallery}/search', {
          params,
          body: { photo: Buffer.from(await photo.arrayBuffer()).toString('base64'), ...filter },
        }),
      );
      return matches.length;
    };
    expect(await found({ until: '2002-01-01T00:00:00Z' })).toBe(1);
    expect(await found({ since: '2002-01-01T00:00:00Z', until: '2011-01-01T00:00:00Z' })).toBe(1);
  });

  it('knows a name in whatever form it comes', async () => {
    const params = { path: { gallery: 'batches' } };
    const photo = await photoOf(personAt(2));
    const names = ['Zo\u00eb Li', ' Zoe\u0308  Li '];
    const people: unknown[] = [];
    for (const person of names) {
      const answer = await ok(
        server.client.POST('/v1/galleries/{gallery}/photos', {
          params,
          ...form({ photo, person, tags: ['a\u00e9', 'ae\u0301'] }),
        }),
      );
      people.push([answer.outcome, answer.photo.person?.name, answer.photo.tags]);
    }
    expect(people).toEqual([
      ['added', 'Zo\u00eb Li', ['a\u00e9']],
      ['unchanged', 'Zo\u00eb Li', ['a\u00e9']],
    ]);
  });

  it('adds a photo once, however many send it at a time', async () => {
    const params = { path: { gallery: 'batches' } };
    const photo = await photoOf(personAt(0), 'mirrored-brighter');
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        server.client.POST('/v1/galleries/{gallery}/photos', { params, ...form({ photo }) }),
      ),
    );
    expect(answers.map(({ response }) => response.status).sort()).toEqual([
      ...Array(5).fill(200),
      201,
    ]);
    await ok(server.client.DELETE('/v1/galleries/{gallery}', { params }));
  });

  it('tells what is wrong with a batch as a whole', async () => {
    const lines = enrolBatch(server.client, 'nobody-s', [{ photo: new Blob(['x']) }]);
    await expect(lines.next()).rejects.toMatchObject({
      name: 'ProblemError',
      problem: { code: 'NO_GALLERY' },
    });
  });

  it('takes all faces of a photo of nobody', async () => {
    const group = await openAsBlob(sample.groupPhotos[0]!);
    const { photo, faces } = await ok(
      server.client.POST('/v1/galleries/{gallery}/photos', {
        params: { path },
        ...form({ photo: group, tags: ['group'] }),
      }),
    );
    expect(photo).toMatchObject({ person: null, tags: ['group'] });
    expect(faces.length).toBeGreaterThan(1);
  });
});

describe('asking', () => {
  it('finds the person by picture, by stored face and by embedding', async () => {
    const { client } = server;
    const url = '/v1/galleries/{gallery}/search';
    const person = personAt(0);
    const byPicture = await ok(
      client.POST(url, { params: { path }, ...form({ photo: await probeAt(0), k: 3 }) }),
    );
    expect(byPicture.matches.map((match) => match.rank)).toEqual([1, 2, 3]);
    expect(byPicture.matches[0]).toMatchObject({ person: { name: person }, known: true });
    expect(byPicture.probe).toMatchObject({ facesSeen: 1 });
    const face = byPicture.matches[0]!.face;
    const byFace = await ok(
      client.POST(url, { params: { path }, body: { storedFace: face, k: 2 } }),
    );
    expect(byFace.matches[0]).toMatchObject({ face, person: { name: person } });
    expect(byFace.matches[0]!.distance).toBeLessThan(1e-3);
    const detected = await ok(
      client.POST('/v1/detect', form({ photo: await probeAt(0), embeddings: true })),
    );
    const { embedding } = detected.faces[0]!;
    const byEmbedding = await ok(
      client.POST(url, { params: { path }, body: { embedding: embedding!, k: 3 } }),
    );
    expect(byEmbedding.matches[0]).toMatchObject({ face, person: { name: person } });
    expect(byEmbedding.probe).toBeNull();
  });

  it('groups by person, filters by person and tag, and takes the face that is meant', async () => {
    const { client } = server;
    const url = '/v1/galleries/{gallery}/search';
    const grouped = await ok(
      client.POST(url, {
        params: { path },
        ...form({ photo: await probeAt(0), group: 'person' as const, k: 2, topFaces: 3 }),
      }),
    );
    expect(grouped.matches).toEqual([]);
    expect(grouped.people[0]).toMatchObject({ rank: 1, person: { name: personAt(0) } });
    expect(grouped.people[0]!.faces).toHaveLength(3);
    const other = await personNamed(personAt(1));
    const only = await ok(
      client.POST(url, {
        params: { path },
        ...form({ photo: await probeAt(0), people: [other.id] }),
      }),
    );
    expect(only.matches.every((match) => match.person?.id === other.id)).toBe(true);
    const tagged = await ok(
      client.POST(url, {
        params: { path },
        ...form({ photo: await probeAt(0), tags: ['a', 'b'] }),
      }),
    );
    expect(tagged.matches).toHaveLength(1);
    const group = await openAsBlob(sample.groupPhotos[0]!);
    const { faces } = await ok(client.POST('/v1/detect', form({ photo: group })));
    const last = faces.at(-1)!;
    const found = await ok(
      client.POST(url, { params: { path }, ...form({ photo: group, faceIndex: last.index }) }),
    );
    expect(found.probe?.box).toEqual(last.box);
    expect(
      await codeOf(
        client.POST(url, { params: { path }, ...form({ photo: group, faceIndex: faces.length }) }),
      ),
    ).toBe('INVALID_ARGUMENT');
  });

  it('does not choose between a threshold and a false positive rate', async () => {
    const { error } = await server.client.POST('/v1/galleries/{gallery}/identify', {
      params: { path },
      ...form({ photo: await probeAt(0), threshold: 1, falsePositiveRate: 0.1 }),
    });
    expect(problemOf(error)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      detail: expect.stringContaining('leave the other out'),
    });
  });

  it('identifies the known, and says that others are not', async () => {
    const { client } = server;
    const url = '/v1/galleries/{gallery}/identify';
    const known = await ok(
      client.POST(url, { params: { path }, ...form({ photo: await probeAt(2) }) }),
    );
    expect(known).toMatchObject({ verdict: 'known', person: { name: personAt(2) } });
    const unknown = await ok(
      client.POST(url, { params: { path }, ...form({ photo: await probeAt(2), threshold: 0 }) }),
    );
    expect(unknown).toMatchObject({ verdict: 'unknown', person: null });
  });

  it('verifies two pictures, or a picture and a stored face', async () => {
    const { client } = server;
    const same = await ok(
      client.POST('/v1/verify', form({ a: await probeAt(0), b: await photoOf(personAt(0)) })),
    );
    expect(same).toMatchObject({ same: true, a: { facesSeen: 1 } });
    const bytes = await readFile(sample.heldOut[1]!.path);
    const person = await personNamed(personAt(0));
    const other = await ok(
      client.POST('/v1/verify', {
        body: {
          gallery: 'friends',
          a: { photo: bytes.toString('base64') },
          b: { storedFace: person.face! },
        },
      }),
    );
    expect(other).toMatchObject({ same: false, b: null });
  });

  it('draws the comparison picture', async () => {
    const { data, response } = await server.client.POST('/v1/galleries/{gallery}/compare', {
      params: { path },
      ...form({ photo: await probeAt(0), k: 3, format: 'png' as const }),
      parseAs: 'arrayBuffer',
    });
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(Number(response.headers.get('x-search-ms'))).toBeGreaterThan(0);
    const { format, width } = await sharp(Buffer.from(data as unknown as ArrayBuffer)).metadata();
    expect(format).toBe('png');
    expect(width).toBeGreaterThan(1000);
  });

  it('says so where there is no face, or no one way to ask', async () => {
    const { client } = server;
    const search = async (body: object) =>
      codeOf(client.POST('/v1/galleries/{gallery}/search', { params: { path }, body }));
    expect(await search({})).toBe('INVALID_ARGUMENT');
    expect(await search({ storedFace: 1, embedding: [1] })).toBe('INVALID_ARGUMENT');
    expect(await search({ embedding: [] })).toBe('INVALID_ARGUMENT');
    expect(await search({ storedFace: 999_999 })).toBe('UNKNOWN_FACE');
    expect(await search({ photo: 'not base64!' })).toBe('INVALID_ARGUMENT');
    expect(await search({ storedFace: 1, k: '5' })).toBe('INVALID_ARGUMENT');
  });

  it('says so where numbers are no embedding of the model', async () => {
    const { client } = server;
    const { dimension } = await ok(client.GET('/v1/galleries/{gallery}', { params: { path } }));
    const first = (value: number) => Array.from({ length: dimension }, (_, i) => (i ? 0 : value));
    for (const embedding of [[1, 0], first(0), first(2), first(1e300), [...first(1), 0]]) {
      const body = { embedding };
      const side = { a: body, b: { embedding: first(1) } };
      for (const code of [
        await codeOf(client.POST('/v1/galleries/{gallery}/search', { params: { path }, body })),
        await codeOf(client.POST('/v1/galleries/{gallery}/identify', { params: { path }, body })),
        await codeOf(client.POST('/v1/verify', { body: side })),
      ]) {
        expect(code).toBe('INVALID_EMBEDDING');
      }
    }
    // Digits that a client has left out don't matter.
    const body = { embedding: first(1.004), k: 1 };
    const near = await ok(
      client.POST('/v1/galleries/{gallery}/search', { params: { path }, body }),
    );
    expect(near.matches).toHaveLength(1);
  });
});

describe('people', () => {
  it('are listed in pages', async () => {
    const { client } = server;
    const names: string[] = [];
    let cursor: string | null | undefined;
    do {
      const query = { limit: 2, ...(cursor ? { cursor } : {}) };
      const page = await ok(
        client.GET('/v1/galleries/{gallery}/people', { params: { path, query } }),
      );
      expect(page.items.length).toBeLessThanOrEqual(2);
      names.push(...page.items.map(({ name }) => name));
      cursor = page.next;
    } while (cursor !== null);
    expect(names).toEqual(sample.heldOut.map(({ person }) => person).sort());
  });

  it('are made, named, tagged and merged', async () => {
    const { client } = server;
    const made = await client.POST('/v1/galleries/{gallery}/people', {
      params: { path },
      body: { name: 'Ada', tags: ['staff'] },
    });
    expect(made.response.status).toBe(201);
    const ada = { ...path, person: made.data!.id };
    expect(
      await codeOf(
        client.POST('/v1/galleries/{gallery}/people', { params: { path }, body: { name: 'Ada' } }),
      ),
    ).toBe('PERSON_EXISTS');
    const renamed = await ok(
      client.PATCH('/v1/galleries/{gallery}/people/{person}', {
        params: { path: ada },
        body: { name: 'Ada L', consentUntil: '2999-01-01T00:00:00Z' },
      }),
    );
    expect(renamed).toMatchObject({
      id: ada.person,
      name: 'Ada L',
      tags: ['staff'],
      consentUntil: '2999-01-01T00:00:00.000Z',
    });
    const other = await personNamed(personAt(1));
    const merged = await ok(
      client.POST('/v1/galleries/{gallery}/people/{person}/merge', {
        params: { path: ada },
        body: { people: [other.id] },
      }),
    );
    expect(merged).toMatchObject({ id: ada.person, name: 'Ada L', faces: 2 });
  });

  it('have an end of consent, and photos a time, that everybody can read', async () => {
    const { client } = server;
    const times = [
      '2016-12-31T23:59:60Z',
      '2016-12-31T23:59:60.999Z',
      '2026-01-01T00:00:00+05',
      '9999-12-31T23:59:59-23:59',
      '0000-01-01T00:00:00+01:00',
      '2026-02-30T00:00:00Z',
    ];
    for (const time of times) {
      const answers = [
        client.POST('/v1/galleries/{gallery}/people', {
          params: { path },
          body: { name: 'Timeless', consentUntil: time },
        }),
        ...[{ since: time }, { until: time }].flatMap((span) => [
          client.POST('/v1/galleries/{gallery}/search', {
            params: { path },
            body: { storedFace: 1, ...span },
          }),
          client.POST('/v1/galleries/{gallery}/search', {
            params: { path, query: span },
            ...form({ photo: new Blob(['x']), ...span }),
          }),
        ]),
      ];
      for (const answer of answers) expect(await codeOf(answer), time).toBe('INVALID_ARGUMENT');
    }
    const made = await ok(
      client.POST('/v1/galleries/{gallery}/people', {
        params: { path },
        body: { name: 'Timely', consentUntil: '9999-12-31T23:59:59+23:59' },
      }),
    );
    expect(made.consentUntil).toBe('9999-12-31T00:00:59.000Z');
  });

  it('lose a face to another person, and a photo', async () => {
    const { client } = server;
    const person = await personNamed(personAt(0));
    const { faces } = await ok(
      client.POST('/v1/galleries/{gallery}/faces/name', {
        params: { path },
        body: { faces: [person.face!], person: 'Ada L' },
      }),
    );
    expect(faces).toMatchObject([{ person: { name: 'Ada L' } }]);
    const photo = faces[0]!.photo;
    const back = await ok(
      client.PATCH('/v1/galleries/{gallery}/photos/{photo}', {
        params: { path: { ...path, photo } },
        body: { person: personAt(0), tags: ['x'] },
      }),
    );
    expect(back).toMatchObject({ person: { name: personAt(0) }, tags: ['x'] });
  });
});

describe('pictures', () => {
  it('of faces and photos are JPEGs of the asked size, not sent twice', async () => {
    const { client } = server;
    const { face } = await personNamed(personAt(0));
    for (const kind of ['crop', 'aligned'] as const) {
      const url = '/v1/galleries/{gallery}/faces/{face}/picture';
      const params = { path: { ...path, face: face! }, query: { kind, side: 64 } };
      const { data, response } = await client.GET(url, { params, parseAs: 'arrayBuffer' });
      const size = await sharp(Buffer.from(data as unknown as ArrayBuffer)).metadata();
      expect(size).toMatchObject({ format: 'jpeg', width: 64, height: 64 });
      const etag = response.headers.get('etag')!;
      const again = await client.GET(url, { params, headers: { 'if-none-match': etag } });
      expect(again.response.status).toBe(304);
    }
  });
});

describe('clusters', () => {
  it('are found by a job, watched, named, split and rejected', async () => {
    const { client } = server;
    const group = await openAsBlob(sample.groupPhotos[1]!);
    const copy = await sharp(Buffer.from(await group.arrayBuffer()))
      .modulate({ brightness: 1.1 })
      .jpeg()
      .toBuffer();
    for (const photo of [group, new Blob([copy])]) {
      await ok(
        client.POST('/v1/galleries/{gallery}/photos', { params: { path }, ...form({ photo }) }),
      );
    }
    const started = await client.POST('/v1/galleries/{gallery}/jobs', {
      params: { path },
      body: { kind: 'cluster' },
    });
    expect(started.response.status).toBe(202);
    const events = await fetch(`${server.url}/v1/jobs/${started.data!.id}/events`);
    const text = await events.text();
    const last = JSON.parse(text.trim().split('\n').at(-1)!.slice('data: '.length));
    expect(last).toMatchObject({ state: 'done', result: { clusters: expect.any(Number) } });
    const { items } = await ok(
      client.GET('/v1/galleries/{gallery}/clusters', {
        params: { path, query: { unnamed: true } },
      }),
    );
    const largest = items[0]!;
    expect(largest.faces).toBeGreaterThanOrEqual(2);
    const cluster = { ...path, cluster: largest.id };
    await ok(
      client.PATCH('/v1/galleries/{gallery}/clusters/{cluster}', {
        params: { path: cluster },
        body: { person: 'Grace' },
      }),
    );
    expect(await personNamed('Grace')).toMatchObject({ faces: largest.faces });
    const faces = await ok(
      client.GET('/v1/galleries/{gallery}/faces', {
        params: { path, query: { cluster: largest.id } },
      }),
    );
    expect(faces.items).toHaveLength(largest.faces);
    const [first, second] = faces.items.map(({ id }) => id);
    const split = await ok(
      client.POST('/v1/galleries/{gallery}/clusters/move', {
        params: { path },
        body: { faces: [first!], cluster: null },
      }),
    );
    expect(split.cluster).not.toBe(largest.id);
    const rejected = await client.POST('/v1/galleries/{gallery}/clusters/reject', {
      params: { path },
      body: { faces: [second!] },
    });
    expect(rejected.response.status).toBe(204);
    await ok(
      client.POST('/v1/galleries/{gallery}/faces/name', {
        params: { path },
        body: { faces: [first!, second!], person: 'Grace' },
      }),
    );
    expect(await personNamed('Grace')).toMatchObject({ faces: largest.faces });
  });
});

describe('classifying', () => {
  it('needs a training job, and names a person then', async () => {
    const { client } = server;
    const url = '/v1/galleries/{gallery}/classify';
    const photo = await probeAt(0);
    expect(await codeOf(client.POST(url, { params: { path }, ...form({ photo }) }))).toBe(
      'NO_CLASSIFIER',
    );
    const job = await ok(
      client.POST('/v1/galleries/{gallery}/jobs', {
        params: { path },
        body: { kind: 'train', classifier: 'knn', minFaces: 2 },
      }),
    );
    expect(await ended(job.id)).toMatchObject({ state: 'done', error: null });
    const said = await ok(client.POST(url, { params: { path }, ...form({ photo }) }));
    expect(said.ranking[0]!.person.name).toBe(personAt(0));
  });
});

describe('jobs', () => {
  it('that fail say why, that are unknown too, and that wait can be cancelled', async () => {
    const { client } = server;
    const start = (body: { kind: 'train'; minFaces: number } | { kind: 'cluster' }) =>
      ok(client.POST('/v1/galleries/{gallery}/jobs', { params: { path }, body }));
    // Takes until the other was cancelled, which else could be over before.
    let goOn = () => {};
    const isCancelled = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const { faces } = Gallery.prototype;
    vi.spyOn(Gallery.prototype, 'faces').mockImplementationOnce(async function* facesLater(
      this: Gallery,
    ) {
      await isCancelled;
      yield* faces.call(this);
    });
    const failing = await start({ kind: 'train', minFaces: 1000 });
    const waiting = await start({ kind: 'cluster' });
    const cancelled = await ok(
      client.POST('/v1/jobs/{job}/cancel', { params: { path: { job: waiting.id } } }),
    );
    goOn();
    expect(cancelled.state).toBe('cancelled');
    expect(await ended(failing.id)).toMatchObject({
      state: 'failed',
      error: { code: 'INVALID_ARGUMENT' },
    });
    const job = '00000000-0000-4000-8000-000000000000';
    expect(await codeOf(client.GET('/v1/jobs/{job}', { params: { path: { job } } }))).toBe(
      'UNKNOWN_JOB',
    );
  });
});

describe('a write that is sent again with its Idempotency-Key', () => {
  it('is done once and answered alike; another with the same key is refused', async () => {
    const { client } = server;
    const make = (name: string) =>
      client.POST('/v1/galleries/{gallery}/people', {
        params: { path },
        body: { name },
        headers: { 'idempotency-key': 'k1' },
      });
    const first = await make('Once');
    const second = await make('Once');
    expect(second.response.headers.get('idempotency-replayed')).toBe('true');
    expect(second.response.status).toBe(201);
    expect(second.data).toEqual(first.data);
    expect(await codeOf(make('Twice'))).toBe('IDEMPOTENCY_MISMATCH');
  });
});

describe('a server that ends', () => {
  it('leaves everything to the next one, jobs under way too', async () => {
    const { client } = server;
    const before = await ok(client.GET('/v1/galleries/{gallery}', { params: { path } }));
    const job = await ok(
      client.POST('/v1/galleries/{gallery}/jobs', { params: { path }, body: { kind: 'cluster' } }),
    );
    await server.restart();
    const after = await ok(server.client.GET('/v1/galleries/{gallery}', { params: { path } }));
    expect(after).toMatchObject({ faces: before.faces, people: before.people });
    expect(await ended(job.id)).toMatchObject({ state: 'done' });
  });

  it('can be told to keep no photos', async () => {
    await server.restart({ keepPhotos: false });
    const person = personAt(0);
    const photo = await sharp(join(sample.folder, person, 'plain.jpg'))
      .flop()
      .jpeg()
      .toBuffer();
    const { faces, photo: enrolled } = await ok(
      server.client.POST('/v1/galleries/{gallery}/photos', {
        params: { path },
        ...form({ photo: new Blob([photo]), person }),
      }),
    );
    expect(enrolled.hasPicture).toBe(false);
    const face = faces[0]!.id;
    expect(
      await codeOf(
        server.client.GET('/v1/galleries/{gallery}/faces/{face}/picture', {
          params: { path: { ...path, face } },
        }),
      ),
    ).toBe('NO_PICTURE');
  });
});

describe('the audit log', () => {
  it('says who did what to whom, without a name', async () => {
    const { items } = await ok(
      server.client.GET('/v1/audit', { params: { query: { limit: 500, gallery: 'friends' } } }),
    );
    const actions = new Set(items.map(({ action }) => action));
    for (const action of ['photo.enrol', 'search', 'identify', 'person.merge', 'cluster.name']) {
      expect(actions).toContain(action);
    }
    expect(JSON.stringify(items)).not.toContain('Ada');
    expect(JSON.stringify(items)).not.toContain(basename(sample.heldOut[0]!.path));
  });

  describe('tells', () => {
    beforeAll(() => server.restart());

    /** What is logged of requests, the oldest first. */
    async function entriesOf(requests: () => Promise<unknown>) {
      const read = async () =>
        (await ok(server.client.GET('/v1/audit', { params: { query: { limit: 500 } } }))).items;
      const before = (await read()).length;
      await requests();
      const all = await read();
      return all
        .slice(0, all.length - before)
        .reverse()
        .map(({ action, gallery, people, faces }) => ({ action, gallery, people, faces }));
    }

    it('who saw which picture, also from a cache, and not of those that could not be shown', async () => {
      const photo = await photoOf(personAt(0), 'plain');
      const enrolled = await ok(
        server.client.POST('/v1/galleries/{gallery}/photos', {
          params: { path },
          ...form({ photo }),
        }),
      );
      const [face] = enrolled.faces;
      const at = `${server.url}/v1/galleries/friends`;
      const ofFace = `${at}/faces/${face!.id}/picture`;
      const ofPhoto = `${at}/photos/${enrolled.photo.id}/picture`;
      const seen = { gallery: 'friends', people: [face!.person!.id], faces: [face!.id] };
      const entries = await entriesOf(async () => {
        const answer = await fetch(ofFace);
        const headers = { 'if-none-match': answer.headers.get('etag')! };
        expect((await fetch(ofFace, { headers })).status).toBe(304);
        expect((await fetch(ofPhoto)).status).toBe(200);
        expect((await fetch(`${at}/faces/999999/picture`)).status).toBe(404);
        await fetch(`${at}/photos/${enrolled.photo.id}`);
      });
      expect(entries).toEqual([
        { ...seen, action: 'face.picture' },
        { ...seen, action: 'face.picture' },
        { ...seen, action: 'photo.picture' },
        { ...seen, action: 'photo.read', people: [] },
      ]);
    });

    it('who was told of whom: all whom an answer names, and lists of names', async () => {
      const { client } = server;
      const photo = await probeAt(0);
      await ok(
        client.POST('/v1/galleries/{gallery}/jobs', {
          params: { path },
          body: { kind: 'train', minFaces: 2 },
        }),
      ).then(({ id }) => ended(id));
      const about = { params: { path }, ...form({ photo }) };
      const told: { identify: string[]; classify: string[] } = { identify: [], classify: [] };
      const entries = await entriesOf(async () => {
        const { person, nearest, runnerUp } = await ok(
          client.POST('/v1/galleries/{gallery}/identify', about),
        );
        told.identify = [person, nearest!.person, runnerUp!.person].flatMap((one) => one?.id ?? []);
        const { ranking } = await ok(client.POST('/v1/galleries/{gallery}/classify', about));
        told.classify = ranking.map((rank) => rank.person.id);
        await ok(client.GET('/v1/galleries/{gallery}/clusters', { params: { path } }));
        await ok(client.GET('/v1/galleries/{gallery}/tags', { params: { path } }));
      });
      expect(new Set(told.identify).size).toBeGreaterThan(1);
      expect(told.classify.length).toBeGreaterThan(1);
      expect(entries.map(({ action }) => action)).toEqual([
        'identify',
        'classify',
        'clusters.list',
        'tags.list',
      ]);
      expect(new Set(entries[0]!.people)).toEqual(new Set(told.identify));
      expect(new Set(entries[1]!.people)).toEqual(new Set(told.classify));
    });

    it('of which gallery, wherever a request names it', async () => {
      const { client } = server;
      const { items } = await ok(
        client.GET('/v1/galleries/{gallery}/faces', { params: { path, query: { limit: 1 } } }),
      );
      const storedFace = items[0]!.id;
      const photo = await probeAt(0);
      const job = await ok(
        client.POST('/v1/galleries/{gallery}/jobs', {
          params: { path },
          body: { kind: 'cluster' },
        }),
      );
      const entries = await entriesOf(async () => {
        await ok(
          client.POST('/v1/verify', {
            body: { gallery: 'friends', a: { storedFace }, b: { storedFace } },
          }),
        );
        await client.POST('/v1/galleries/{gallery}/compare', {
          params: { path },
          body: { storedFace, k: 1 },
          parseAs: 'arrayBuffer',
        });
        await ok(client.POST('/v1/detect', form({ photo, gallery: 'friends' })));
        await ok(client.POST('/v1/detect', form({ photo })));
        await ok(client.POST('/v1/jobs/{job}/cancel', { params: { path: { job: job.id } } }));
      });
      expect(entries).toMatchObject([
        { action: 'verify', gallery: 'friends', faces: [storedFace, storedFace] },
        // The picture shows that face, too.
        { action: 'search', gallery: 'friends', faces: [storedFace, expect.any(Number)] },
        { action: 'detect', gallery: 'friends' },
        { action: 'detect', gallery: null },
        { action: 'job.cancel', gallery: 'friends' },
      ]);
    });
  });
});

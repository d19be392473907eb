import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { type BatchLine, createFacedexClient, enrolBatch, form, problemOf } from '@facedex/client';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { KeyFile } from '../../src/http/auth/key-file.js';
import { serve } from '../../src/http/serve.js';
import { makeSample, type Sample } from '../sample.js';
import { startTestServer, type TestServer } from './test-server.js';

// Each attack is a test, named by it; docs/security.md has the table.

let sample: Sample;
let face: Buffer;
/** Without keys, and with limits that are reached soon. */
let open: TestServer;
/** With keys. */
let guarded: TestServer;
let keys: Record<'admin' | 'enrol' | 'read' | 'other', string>;

const UPLOAD_BYTES = 300_000;

beforeAll(async () => {
  sample = await makeSample();
  face = await readFile(join(sample.folder, sample.heldOut[0]!.person, 'plain.jpg'));
  open = await startTestServer({
    limits: { uploadBytes: UPLOAD_BYTES, photoPixels: 1_000_000, uploadMs: 1000 },
    admission: { pictures: 2 },
  });
  await open.client.POST('/v1/galleries', { body: { name: 'a' } });
  guarded = await startTestServer();
  const { client } = guarded;
  for (const name of ['a', 'b']) await client.POST('/v1/galleries', { body: { name } });
  const file = new KeyFile(join(guarded.data, '.service'));
  const make = async (role: 'admin' | 'enrol' | 'read', galleries: string[] | null) =>
    (await file.create({ name: role, role, galleries })).key;
  keys = {
    admin: await make('admin', null),
    enrol: await make('enrol', ['a']),
    read: await make('read', ['a']),
    other: await make('admin', ['b']),
  };
}, 240_000);

afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await guarded[Symbol.asyncDispose]();
  await rm(sample.directory, { recursive: true, force: true });
});

async function send(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { response, text, status: response.status, json: isJson ? JSON.parse(text) : undefined };
}

const postPicture = (path: string, body: Uint8Array, type = 'image/jpeg') =>
  send(`${open.url}${path}`, { method: 'POST', headers: { 'content-type': type }, body });

const as = (key: string | undefined) =>
  createFacedexClient({ baseUrl: guarded.url, ...(key ? { key } : {}) });

/** The head of a PNG that claims to be so large. */
function pngOf(width: number, height: number): Buffer {
  const head = Buffer.from(
    '89504e470d0a1a0a0000000d4948445200000000000000000802000000000000000000000049444154',
    'hex',
  );
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return Buffer.concat([head, Buffer.alloc(64)]);
}

/** What a server sends to bytes that no HTTP client would. */
function rawExchange(url: string, chunks: readonly string[], waitMs = 0): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((done) => {
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.on('data', (data) => {
      received += data;
    });
    socket.on('error', () => {});
    socket.on('close', () => done(received));
    for (const [i, chunk] of chunks.entries()) setTimeout(() => socket.write(chunk), i * waitMs);
    setTimeout(() => socket.destroy(), 8000).unref();
  });
}

describe('pictures that are not what they seem', () => {
  it('pixel bomb: refused by its head, as fast as any other', async () => {
    const started = performance.now();
    const bomb = await postPicture('/v1/galleries/a/search', pngOf(60_000, 60_000), 'image/png');
    expect(bomb).toMatchObject({ status: 413, json: { code: 'PHOTO_TOO_LARGE' } });
    const real = await sharp({
      create: { width: 2000, height: 1000, channels: 3, background: '#000' },
    })
      .png()
      .toBuffer();
    expect(real.length).toBeLessThan(UPLOAD_BYTES);
    const large = await postPicture('/v1/detect', real, 'image/png');
    expect(large).toMatchObject({ status: 413, json: { code: 'PHOTO_TOO_LARGE' } });
    const inJson = await send(`${open.url}/v1/detect`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ photo: real.toString('base64') }),
    });
    expect(inJson).toMatchObject({ status: 413, json: { code: 'PHOTO_TOO_LARGE' } });
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('polyglot (picture and zip, picture and script): only its pixels come back', async () => {
    const payload = Buffer.from('PK\u0003\u0004<script>alert(1)</script>evil.exe');
    const polyglot = Buffer.concat([face, payload]);
    const enrolled = await postPicture('/v1/galleries/a/photos?person=Poly', polyglot);
    expect(enrolled.status).toBe(201);
    for (const url of [
      `/v1/galleries/a/photos/${enrolled.json.photo.id}/picture`,
      `/v1/galleries/a/faces/${enrolled.json.faces[0].id}/picture`,
    ]) {
      const { response, text } = await send(open.url + url);
      expect(response.headers.get('content-type')).toBe('image/jpeg');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(text).not.toContain('script');
    }
  });

  it('zip, HTML, SVG or nothing under the name of a picture: unreadable', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>';
    const text = `<text>${'aWq '.repeat(50)}</text>`.repeat(10);
    const slow = `<svg xmlns="http://www.w3.org/2000/svg"><g id="a">${text}</g>${'<use href="#a"/>'.repeat(2000)}</svg>`;
    for (const body of ['PK\u0003\u0004zip', '<html></html>', svg, slow, ' ']) {
      const { status, json } = await postPicture('/v1/detect', Buffer.from(body));
      expect({ status, code: json.code }).toEqual({ status: 422, code: 'UNREADABLE_PHOTO' });
    }
  });
});

describe('paths', () => {
  it('path traversal in galleries, photos and the page: nothing is found', async () => {
    const secret = join(open.data, 'secret.txt');
    await writeFile(secret, 'top secret');
    await mkdir(join(open.data, 'Upper'), { recursive: true });
    for (const path of [
      '/v1/galleries/..%2f..%2fetc',
      '/v1/galleries/%2e%2e',
      '/v1/galleries/.service',
      '/v1/galleries/Upper',
      '/v1/galleries/a%00',
      '/v1/galleries/a/photos/..%2f..%2fsecret.txt/picture',
      `/v1/galleries/a/photos/${'0'.repeat(62)}..%2f/picture`,
      '/docs/static/..%2f..%2f..%2fpackage.json',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
    ]) {
      const { status, text } = await send(open.url + path);
      expect(status, path).toBeGreaterThanOrEqual(400);
      expect(status, path).toBeLessThan(500);
      expect(text).not.toContain('top secret');
    }
    const made = await open.client.POST('/v1/galleries', { body: { name: '../x' } });
    expect(made.response.status).toBe(400);
  });

  it("a file's name in a form is a name, nothing more", async () => {
    const data = new FormData();
    data.append('photo', new Blob([new Uint8Array(face)]), '../../../../tmp/evil.jpg');
    const answer = await fetch(`${open.url}/v1/galleries/a/photos/batch`, {
      method: 'POST',
      body: data,
    });
    const [line] = (await answer.text()).split('\n');
    expect(JSON.parse(line!)).toMatchObject({ outcome: 'added', photo: expect.any(String) });
  });

  it('names that are none: refused without a path of the server, and nothing is kept', async () => {
    // A photo that isn't enrolled yet.
    const photo = await sharp(face).extend({ bottom: 10 }).jpeg().toBuffer();
    const url = `${open.url}/v1/galleries/a/photos`;
    for (const names of [{ person: '\ud800' }, { person: 'a\0' }, { tags: ['a\0'] }]) {
      const body = JSON.stringify({ photo: photo.toString('base64'), ...names });
      const headers = { 'content-type': 'application/json' };
      const { status, json } = await send(url, { method: 'POST', headers, body });
      expect({ status, code: json.code }).toEqual({ status: 400, code: 'INVALID_ARGUMENT' });
      expect(json.detail).not.toContain('/');
    }
    const data = new FormData();
    data.append('person', 'a\0');
    data.append('photo', new Blob([new Uint8Array(photo)]), 'photo.jpg');
    const batch = await fetch(`${url}/batch`, { method: 'POST', body: data });
    const line = JSON.parse((await batch.text()).split('\n')[0]!);
    expect(line).toMatchObject({ outcome: 'refused', code: 'INVALID_ARGUMENT' });
    expect(line.detail).not.toContain('/');
    const id = createHash('sha256').update(photo).digest('hex');
    expect((await send(`${url}/${id}`)).status).toBe(404);
  });
});

describe('bodies', () => {
  it('oversized body: refused as bytes, form, JSON and field', async () => {
    const large = Buffer.alloc(UPLOAD_BYTES + 1, 1);
    expect((await postPicture('/v1/detect', large)).json.code).toBe('BODY_TOO_LARGE');
    const asForm = await open.client.POST('/v1/detect', form({ photo: new Blob([large]) }));
    expect(problemOf(asForm.error)).toMatchObject({ code: 'BODY_TOO_LARGE', status: 413 });
    const json = JSON.stringify({ photo: 'A'.repeat(4 * UPLOAD_BYTES) });
    const headers = { 'content-type': 'application/json' };
    const asJson = await send(`${open.url}/v1/detect`, { method: 'POST', headers, body: json });
    expect(asJson).toMatchObject({ status: 413, json: { code: 'BODY_TOO_LARGE' } });
    const base64 = JSON.stringify({ photo: Buffer.alloc(UPLOAD_BYTES + 3).toString('base64') });
    const little = await send(`${open.url}/v1/detect`, { method: 'POST', headers, body: base64 });
    expect(little).toMatchObject({ status: 413, json: { code: 'BODY_TOO_LARGE' } });
    const named = await send(`${open.url}/v1/galleries/a/people`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ name: 'x'.repeat(2 ** 20) }),
    });
    expect(named).toMatchObject({ status: 413, json: { code: 'BODY_TOO_LARGE' } });
  });

  it('an oversized photo in a batch: refused by its name, and the others are taken', async () => {
    const large = new File([new Uint8Array(UPLOAD_BYTES + 1)], 'large.jpg');
    const photos = [large, new File([new Uint8Array(face)], 'sound.jpg')].map((photo) => ({
      photo,
      person: 'Batch',
    }));
    const lines: BatchLine[] = [];
    for await (const line of enrolBatch(open.client, 'a', photos)) lines.push(line);
    expect(lines).toContainEqual(
      expect.objectContaining({ index: 0, filename: 'large.jpg', code: 'BODY_TOO_LARGE' }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ index: 1, filename: 'sound.jpg' }));
    expect(lines.at(-1)).toMatchObject({ total: 2, refused: 1 });
  });

  it('slow upload: hung up on, and others are served meanwhile', async () => {
    const head =
      'POST /v1/detect HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\nContent-Length: 1000\r\n\r\n';
    const started = performance.now();
    const slow = rawExchange(open.url, [head, ...Array<string>(20).fill('x')], 250);
    expect((await send(`${open.url}/health`)).status).toBe(200);
    await slow;
    const seconds = (performance.now() - started) / 1000;
    expect(seconds).toBeGreaterThan(0.9);
    expect(seconds).toBeLessThan(4);
  });

  it('broken, deep and poisoned JSON: 400, and nothing is changed by it', async () => {
    const post = (body: string) =>
      send(`${open.url}/v1/galleries/a/people`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    for (const body of [
      '{',
      '[]',
      'null',
      '"x"',
      '['.repeat(50_000),
      '{"__proto__": {"name": "x"}, "name": "x"}',
      '{"constructor": {"prototype": {"polluted": 1}}, "name": "x"}',
      '{"name": "x", "isAdmin": true}',
      '{"name": {"$gt": ""}}',
    ]) {
      expect((await post(body)).status, body.slice(0, 40)).toBe(400);
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('SQL in a name or a filter is a name', async () => {
    const name = `x'); DROP TABLE people; --`;
    const params = { path: { gallery: 'a' } };
    await open.client.POST('/v1/galleries/{gallery}/people', { params, body: { name } });
    const found = await open.client.GET('/v1/galleries/{gallery}/people', {
      params: { ...params, query: { name: "'); DROP" } },
    });
    expect(found.data?.items.map((person) => person.name)).toEqual([name]);
  });
});

describe('headers', () => {
  it('header injection: line breaks in what clients give reach no header', async () => {
    const name = 'x\r\nSet-Cookie: evil=1';
    const { response } = await open.client.POST('/v1/galleries/{gallery}/people', {
      params: { path: { gallery: 'a' } },
      body: { name },
    });
    expect(response.headers.get('set-cookie')).toBeNull();
    const target = '/v1/galleries/a%0d%0aSet-Cookie:%20evil=1';
    const raw = await rawExchange(open.url, [
      `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    ]);
    expect(raw).toMatch(/^HTTP\/1.1 400/);
    expect(raw.split('\r\n\r\n')[0]).not.toContain('evil');
  });

  it('request smuggling (two lengths): refused', async () => {
    const raw = await rawExchange(open.url, [
      'POST /v1/detect HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /v1/audit HTTP/1.1\r\n\r\n',
    ]);
    expect(raw).toMatch(/^HTTP\/1.1 400/);
  });

  it('answers tell browsers to trust nothing: CSP, nosniff, no frames, no CORS', async () => {
    for (const path of ['/health', '/v1/galleries', '/docs/', '/nowhere']) {
      const { response } = await send(open.url + path);
      const csp = response.headers.get('content-security-policy');
      expect(csp, path).toContain("script-src 'self'");
      expect(csp, path).toContain("frame-ancestors 'none'");
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('answers that take a key are kept by no cache on the way', async () => {
    const params = { path: { gallery: 'a' } };
    await open.client.POST('/v1/galleries/{gallery}/photos', {
      params,
      ...form({ photo: new Blob([new Uint8Array(face)]) }),
    });
    const { items } = (await open.client.GET('/v1/galleries/{gallery}/faces', { params })).data!;
    const picture = `/v1/galleries/a/faces/${items[0]!.id}/picture`;
    const cacheControl = async (path: string) =>
      (await send(open.url + path)).response.headers.get('cache-control');
    for (const path of [
      '/v1/me',
      '/v1/galleries',
      '/v1/galleries/a/people',
      '/v1/galleries/nowhere',
      '/v1/audit',
      '/v1/nothing',
      '/metrics',
    ]) {
      expect(await cacheControl(path), path).toBe('no-store');
    }
    expect(await cacheControl(picture)).toBe('private, no-cache');
  });

  it('stored script in a name: sent as JSON that no browser takes for a page', async () => {
    const name = '<script>alert(1)</script>';
    const params = { path: { gallery: 'a' } };
    await open.client.POST('/v1/galleries/{gallery}/people', { params, body: { name } });
    const { response, json } = await send(`${open.url}/v1/galleries/a/people?name=alert`);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(json.items[0].name).toBe(name);
  });
});

describe('other places', () => {
  it('SSRF: URLs and paths in place of a picture are never followed', async () => {
    let visits = 0;
    const canary = createServer((_request, response) => {
      visits++;
      response.end();
    });
    await new Promise<void>((ready) => canary.listen(0, '127.0.0.1', ready));
    const { port } = canary.address() as AddressInfo;
    const places = [`http://127.0.0.1:${port}/`, 'file:///etc/passwd', '/etc/passwd', 'photo.jpg'];
    for (const place of places) {
      for (const body of [{ photo: place }, { url: place }, { photo: { url: place } }]) {
        const { status, text } = await send(`${open.url}/v1/galleries/a/search`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        expect([400, 422]).toContain(status);
        expect(text).not.toContain('root:');
      }
      const data = new FormData();
      data.append('photo', place);
      const answer = await send(`${open.url}/v1/detect`, { method: 'POST', body: data });
      expect(answer.status).toBe(400);
    }
    canary.close();
    expect(visits).toBe(0);
  });

  it('DNS rebinding and forged requests of other pages: not let in without a key', async () => {
    const ask = async (headers: string) =>
      rawExchange(open.url, [`GET /v1/galleries HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`]);
    expect(await ask('Host: localhost\r\n')).toMatch(/^HTTP\/1.1 200/);
    for (const headers of [
      'Host: evil.example\r\n',
      'Host: 127.0.0.1.evil.example\r\n',
      'Host: localhost\r\nOrigin: https://evil.example\r\n',
      'Host: localhost\r\nOrigin: null\r\n',
      'Host: localhost\r\nSec-Fetch-Site: cross-site\r\n',
    ]) {
      expect(await ask(headers), headers).toMatch(/^HTTP\/1.1 401/);
    }
  });

  it('what came through a proxy: not let in without a key, whatever it says of itself', async () => {
    const data = join(open.data, 'proxied');
    const trusting = { trustedProxies: ['127.0.0.1'] };
    await expect(
      serve({ places: { data }, port: 0, log: false, ...trusting }),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: /facedex keys create/ });
    const file = new KeyFile(join(data, '.service'));
    const { key } = await file.create({ name: '', role: 'read', galleries: null });
    await using trusted = await startTestServer(trusting, data);
    const me = `${trusted.url}/v1/me`;
    const headers = { 'x-forwarded-for': '203.0.113.9', authorization: `Bearer ${key}` };
    expect(await send(me, { headers })).toMatchObject({ status: 200, json: { role: 'read' } });
    // Without keys it would be the same as without a proxy.
    await rm(join(data, '.service', 'keys.json'));
    for (const { url } of [open, trusted]) {
      const proxied: Record<string, string>[] = [
        { 'x-forwarded-for': '203.0.113.9' },
        { 'x-forwarded-host': 'localhost' },
        { 'X-Forwarded-Proto': 'https' },
        { forwarded: 'for=203.0.113.9' },
        { 'x-real-ip': '203.0.113.9' },
        { via: '1.1 proxy' },
      ];
      for (const sent of proxied) {
        const { status, json } = await send(`${url}/v1/me`, { headers: sent });
        expect({ status, detail: json.detail }, JSON.stringify(sent)).toEqual({
          status: 401,
          detail: expect.stringContaining('facedex keys create'),
        });
      }
      const { port } = new URL(url);
      const rebound = await rawExchange(url, [
        `GET /v1/me HTTP/1.1\r\nHost: evil.example:${port}\r\nSec-Fetch-Site: same-origin\r\nX-Forwarded-Host: localhost\r\nConnection: close\r\n\r\n`,
      ]);
      expect(rebound).toMatch(/^HTTP\/1.1 401/);
    }
  });
});

describe('keys', () => {
  const ofGallery = (gallery: string) => ({ params: { path: { gallery } } });

  it('no key, a wrong one, one for another secret, or a revoked one: 401', async () => {
    const wrong = keys.read.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const file = new KeyFile(join(guarded.data, '.service'));
    const { key, record } = await file.create({ name: '', role: 'read', galleries: null });
    expect((await as(key).GET('/v1/me')).response.status).toBe(200);
    await file.revoke(record.id);
    for (const bad of [undefined, 'x', wrong, `${keys.read}A`, key, 'fdx_000000000000_']) {
      const { response } = await as(bad).GET('/v1/galleries');
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
  });

  it('are kept as hashes only', async () => {
    const text = await readFile(join(guarded.data, '.service', 'keys.json'), 'utf8');
    for (const key of Object.values(keys)) {
      expect(text).not.toContain(key.slice(17));
    }
  });

  it('may do what their role may, and no more', async () => {
    const status = async (answer: Promise<{ response: Response }>) =>
      (await answer).response.status;
    const body = { name: 'P' };
    const create = (key: string) =>
      status(as(key).POST('/v1/galleries/{gallery}/people', { ...ofGallery('a'), body }));
    expect(await create(keys.read)).toBe(403);
    expect(await create(keys.enrol)).toBe(201);
    const { data } = await as(keys.read).GET('/v1/galleries/{gallery}/people', ofGallery('a'));
    const person = data!.items[0]!.id;
    const remove = (key: string) =>
      status(
        as(key).DELETE('/v1/galleries/{gallery}/people/{person}', {
          params: { path: { gallery: 'a', person } },
        }),
      );
    expect(await remove(keys.enrol)).toBe(403);
    expect(await remove(keys.admin)).toBe(200);
    expect(await status(as(keys.enrol).GET('/v1/audit'))).toBe(403);
    const expire = { ...ofGallery('a'), body: { kind: 'expire' as const } };
    expect(await status(as(keys.enrol).POST('/v1/galleries/{gallery}/jobs', expire))).toBe(403);
  });

  it('who only enrols deletes nobody by an end of consent, and keeps nobody beyond it', async () => {
    const people = '/v1/galleries/{gallery}/people';
    const one = `${people}/{person}` as const;
    const past = '2020-01-01T00:00:00Z';
    const end = '2999-01-01T00:00:00.000Z';
    const make = (key: string, name: string, consentUntil?: string | null) =>
      as(key).POST(people, {
        ...ofGallery('a'),
        body: { name, ...(consentUntil === undefined ? {} : { consentUntil }) },
      });
    const made = async (name: string, consentUntil?: string | null) =>
      (await make(keys.enrol, name, consentUntil)).data!.id;
    expect((await make(keys.enrol, 'Past', past)).response.status).toBe(403);
    const [ends, never, other] = [
      await made('Ends', end),
      await made('Never', null),
      await made('Other'),
    ];
    const change = async (key: string, person: string, consentUntil: string | null) => {
      const { response, data } = await as(key).PATCH(one, {
        params: { path: { gallery: 'a', person } },
        body: { consentUntil },
      });
      return data?.consentUntil === undefined ? response.status : data.consentUntil;
    };
    expect(await change(keys.enrol, never, past)).toBe(403);
    expect(await change(keys.enrol, ends, null)).toBe(403);
    expect(await change(keys.enrol, ends, end)).toBe(end);
    const merge = async (key: string, person: string, others: string[]) => {
      const { response } = await as(key).POST(`${one}/merge`, {
        params: { path: { gallery: 'a', person } },
        body: { people: others },
      });
      return response.status;
    };
    expect(await merge(keys.enrol, never, [ends])).toBe(403);
    expect(await merge(keys.enrol, ends, [never])).toBe(403);
    expect(await merge(keys.enrol, never, [other])).toBe(200);
    expect(await change(keys.admin, ends, null)).toBeNull();
    expect(await change(keys.admin, ends, past)).toBe('2020-01-01T00:00:00.000Z');
    expect((await make(keys.admin, 'Past', past)).response.status).toBe(201);
  });

  it('cross-gallery access: neither read, nor changed, nor told of', async () => {
    const reader = as(keys.read);
    const job = await as(keys.admin).POST('/v1/galleries/{gallery}/jobs', {
      ...ofGallery('b'),
      body: { kind: 'cluster' },
    });
    const statuses = [
      (await reader.GET('/v1/galleries/{gallery}', ofGallery('b'))).response.status,
      (await reader.GET('/v1/galleries/{gallery}', ofGallery('nowhere'))).response.status,
      (await reader.GET('/v1/galleries/{gallery}/people', ofGallery('b'))).response.status,
      (
        await reader.POST(
          '/v1/detect',
          form({ photo: new Blob([new Uint8Array(face)]), gallery: 'b' }),
        )
      ).response.status,
      (
        await reader.POST('/v1/verify', {
          body: { gallery: 'b', a: { storedFace: 1 }, b: { storedFace: 1 } },
        })
      ).response.status,
    ];
    expect(statuses).toEqual([403, 403, 403, 403, 403]);
    const path = { job: job.data!.id };
    expect((await reader.GET('/v1/jobs/{job}', { params: { path } })).response.status).toBe(404);
    expect((await reader.GET('/v1/jobs')).data!.items).toEqual([]);
    expect((await reader.GET('/v1/galleries')).data!.items.map(({ name }) => name)).toEqual(['a']);
    const made = await as(keys.other).POST('/v1/galleries', { body: { name: 'c' } });
    expect(made.response.status).toBe(403);
    const { data } = await as(keys.other).GET('/v1/audit');
    expect(new Set(data!.items.map(({ gallery }) => gallery))).toEqual(new Set(['b']));
  });

  it('who may not start the deletion of people may not stop it', async () => {
    const jobs = '/v1/galleries/{gallery}/jobs';
    const start = async (kind: 'expire' | 'cluster') =>
      (await as(keys.admin).POST(jobs, { ...ofGallery('a'), body: { kind } })).data!.id;
    const [cluster, expire] = [await start('cluster'), await start('expire')];
    const cancel = async (key: string, job: string) =>
      (await as(key).POST('/v1/jobs/{job}/cancel', { params: { path: { job } } })).response.status;
    expect(await cancel(keys.enrol, expire)).toBe(403);
    expect(await cancel(keys.enrol, cluster)).toBe(200);
    expect(await cancel(keys.admin, expire)).toBe(200);
  });

  it('key guessing: made to wait after twenty wrong ones, while right ones are let in', async () => {
    const [, id] = keys.read.split('_');
    const statuses: number[] = [];
    // Nor does the minute end in between, which may have begun with the wrong keys of other tests.
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    for (let i = 0; i < 30; i++) {
      const guess = `fdx_${id}_${String(i).padEnd(43, 'A')}`;
      const { response } = await as(guess).GET('/v1/galleries');
      statuses.push(response.status);
    }
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(20);
    expect(statuses.at(-1)).toBe(429);
    const { response } = await as('fdx_x').GET('/v1/galleries');
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await as(keys.read).GET('/v1/galleries')).response.status).toBe(200);
  });

  it('an open server beyond loopback is not started', async () => {
    await expect(
      serve({ places: { data: join(open.data, 'none') }, host: '0.0.0.0', port: 0, log: false }),
    ).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: /facedex keys create/ });
  });
});

describe('too much at once', () => {
  it('overload: 503 with Retry-After at once, and all is well again after it', async () => {
    const ask = () => postPicture('/v1/galleries/a/search', face);
    const answers = await Promise.all(Array.from({ length: 12 }, ask));
    const turnedAway = answers.filter(({ status }) => status === 503);
    expect(turnedAway.length).toBeGreaterThan(0);
    expect(turnedAway.length).toBeLessThan(12);
    expect(turnedAway[0]).toMatchObject({ json: { code: 'OVERLOADED' } });
    expect(turnedAway[0]!.response.headers.get('retry-after')).toBe('1');
    expect((await ask()).status).toBe(200);
  });

  it('overload by small pictures in JSON, which come in as questions: 503 as well', async () => {
    const small = await sharp(face).resize(120).jpeg().toBuffer();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        send(`${open.url}/v1/detect`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ photo: small.toString('base64') }),
        }),
      ),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    expect(statuses).toEqual(new Set([200, 503]));
  });

  it('one key whose uploads hang: others are let in all the same', async () => {
    const { hostname, port } = new URL(guarded.url);
    const uploads = Array.from({ length: 17 }, () => {
      const socket = connect(Number(port), hostname).setEncoding('utf8');
      socket.write(
        `POST /v1/detect HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: ${keys.read}\r\nContent-Type: image/jpeg\r\nContent-Length: 999\r\n\r\nx`,
      );
      return socket;
    });
    const refused = uploads.map(async (socket) => (await once(socket, 'data'))[0] as string);
    // The others have no answer.
    expect(await Promise.any(refused)).toMatch(/^HTTP\/1.1 503 .*OVERLOADED/s);
    const { response } = await as(keys.other).POST('/v1/detect', form({ photo: new Blob([face]) }));
    expect(response.status).toBe(200);
    for (const socket of uploads) socket.destroy();
  });

  it('clients that hang up: their places are free again', async () => {
    for (let i = 0; i < 6; i++) {
      const hangUp = new AbortController();
      const asked = fetch(`${open.url}/v1/galleries/a/search`, {
        method: 'POST',
        headers: { 'content-type': 'image/jpeg' },
        body: new Uint8Array(face),
        signal: hangUp.signal,
      });
      setTimeout(() => hangUp.abort(), 5);
      await asked.catch(() => {});
      await expect
        .poll(async () => (await postPicture('/v1/galleries/a/search', face)).status)
        .toBe(200);
    }
  });

  it('too many requests of one address: 429 with Retry-After', async () => {
    await using server = await startTestServer({ requestsPerMinute: 5 });
    const statuses: number[] = [];
    for (let i = 0; i < 7; i++) statuses.push((await send(`${server.url}/v1/me`)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
    const { response, json } = await send(`${server.url}/v1/me`);
    expect(json.code).toBe('TOO_MANY_REQUESTS');
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

import { openAsBlob } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createFacedexClient, form, problemOf } from '@facedex/client';
import { Gallery } from '@facedex/gallery';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serve } from '../../src/http/serve.js';
import { facedex, facedexJson } from '../cli.js';
import { makeSample, type Sample } from '../sample.js';
import { startTestServer } from './test-server.js';

let sample: Sample;
let directory: string;

beforeAll(async () => {
  sample = await makeSample();
  directory = await mkdtemp(join(tmpdir(), 'facedex-serve-one-'));
}, 240_000);

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await rm(sample.directory, { recursive: true, force: true });
});

const photoOf = (i: number) =>
  openAsBlob(join(sample.folder, sample.heldOut[i]!.person, 'plain.jpg'));

describe('a single gallery that the command line made', () => {
  it('is served with pictures of its photos, as long as they are what was enrolled', async () => {
    const folder = join(directory, 'people', 'Ada');
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'ada.jpg');
    await copyFile(join(sample.folder, sample.heldOut[0]!.person, 'plain.jpg'), file);
    const gallery = join(directory, 'My Gallery');
    await facedexJson(['index', join(directory, 'people'), '--gallery', gallery], directory);

    const options = { port: 0, workers: 1, log: false, onNotice: () => {} };
    const single = { name: 'default', directory: gallery };
    await using server = await serve({ ...options, places: { single } });
    const client = createFacedexClient({ baseUrl: server.url });
    expect((await client.GET('/v1/galleries')).data!.items).toMatchObject([{ name: 'default' }]);
    const path = { gallery: 'default', face: 1 };
    const picture = () =>
      client.GET('/v1/galleries/{gallery}/faces/{face}/picture', {
        params: { path },
        parseAs: 'arrayBuffer',
      });
    expect((await picture()).response.status).toBe(200);
    await copyFile(join(sample.folder, sample.heldOut[1]!.person, 'plain.jpg'), file);
    expect(problemOf((await picture()).error).code).toBe('NO_PICTURE');
    const other = await client.POST('/v1/galleries', { body: { name: 'other' } });
    expect(problemOf(other.error).code).toBe('FORBIDDEN');
  });

  it('is read only while another process writes to it, and to be changed after that', async () => {
    const gallery = join(directory, 'My Gallery');
    const writer = await Gallery.open(gallery, { mode: 'write' });
    await using server = await serve({
      places: { single: { name: 'default', directory: gallery } },
      port: 0,
      workers: 1,
      log: false,
      onNotice: () => {},
    });
    const client = createFacedexClient({ baseUrl: server.url });
    const params = { path: { gallery: 'default' } };
    const state = await client.GET('/v1/galleries/{gallery}', { params });
    expect(state.data).toMatchObject({ faces: 1, canWrite: false });
    const make = () =>
      client.POST('/v1/galleries/{gallery}/people', { params, body: { name: 'Bob' } });
    const refused = await make();
    expect(refused.response.status).toBe(423);
    expect(problemOf(refused.error).code).toBe('LOCKED');
    expect(refused.response.headers.get('retry-after')).toBe('1');
    await writer[Symbol.asyncDispose]();
    expect((await make()).response.status).toBe(201);
  });
});

describe('people whose time is over', () => {
  it('are deleted by a job, or when the server starts', async () => {
    await using server = await startTestServer();
    const { client } = server;
    await client.POST('/v1/galleries', { body: { name: 'a' } });
    const params = { path: { gallery: 'a' } };
    const people = async () =>
      (await server.client.GET('/v1/galleries/{gallery}/people', { params })).data!.items.map(
        ({ name }) => name,
      );
    const make = (name: string, consentUntil: string | null) =>
      server.client.POST('/v1/galleries/{gallery}/people', {
        params,
        body: { name, consentUntil },
      });
    await make('Ada', '2020-01-01T00:00:00Z');
    await make('Bob', '2999-01-01T00:00:00Z');
    await client.POST('/v1/galleries/{gallery}/photos', {
      params,
      ...form({ photo: await photoOf(0), person: 'Ada' }),
    });
    const { data: job } = await client.POST('/v1/galleries/{gallery}/jobs', {
      params,
      body: { kind: 'expire' },
    });
    await (await fetch(`${server.url}/v1/jobs/${job!.id}/events`)).text();
    const done = await client.GET('/v1/jobs/{job}', { params: { path: { job: job!.id } } });
    expect(done.data).toMatchObject({ state: 'done', result: { people: 1, faces: 1, photos: 1 } });
    expect(await people()).toEqual(['Bob']);
    await make('Cy', '2020-01-01T00:00:00Z');
    await server.restart();
    const endedJobs = async () =>
      (await server.client.GET('/v1/jobs')).data!.items.filter(({ state }) => state === 'done');
    await expect.poll(endedJobs, { timeout: 20_000 }).toHaveLength(2);
    expect(await people()).toEqual(['Bob']);
    const { data: audit } = await server.client.GET('/v1/audit');
    expect(audit!.items.filter(({ action }) => action === 'person.expire')).toHaveLength(2);
  });
});

describe('the page', () => {
  it('is served at its addresses, and the API keeps its own', async () => {
    const page = join(directory, 'page');
    await mkdir(page);
    await mkdir(join(page, 'assets'));
    await writeFile(join(page, 'index.html'), '<!doctype html><title>page</title>');
    await writeFile(join(page, 'assets', 'page-1a2b.js'), 'page();');
    await writeFile(join(page, 'assets', 'page-1a2b.js.gz'), gzipSync('page();'));
    await using server = await startTestServer({ page });
    const ask = async (path: string) => {
      const response = await fetch(server.url + path, { headers: { accept: 'text/html' } });
      return { status: response.status, text: await response.text() };
    };
    for (const path of ['/', '/people/1']) {
      expect(await ask(path)).toMatchObject({ status: 200, text: /<title>page/ });
    }
    expect(await ask('/v1/nothing')).toMatchObject({ status: 404, text: /NOT_FOUND/ });
    expect((await ask('/docs/')).text).toContain('Swagger UI');
    const script = await fetch(`${server.url}/assets/page-1a2b.js`, {
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(await script.text()).toBe('page();');
    expect(script.headers.get('content-encoding')).toBe('gzip');
    expect(script.headers.get('cache-control')).toContain('immutable');
  });
});

describe('facedex keys', () => {
  it('makes, lists and revokes keys, and shows a key only once', async () => {
    const data = join(directory, 'keys');
    const run = (...args: string[]) => facedexJson(['keys', ...args, '--data', data], directory);
    const made = await run('create', '--role', 'enrol', '--name', 'desk', '--only', 'a', 'b');
    expect(made).toMatchObject({ role: 'enrol', galleries: ['a', 'b'], revokedAt: null });
    const listed = await run('list');
    expect(listed.keys).toMatchObject([{ id: made.id, name: 'desk' }]);
    expect(JSON.stringify(listed)).not.toContain(made.key);
    const file = await readFile(join(data, '.service', 'keys.json'), 'utf8');
    expect(file).not.toContain(made.key.slice(17));
    await run('revoke', made.id);
    expect((await run('list')).keys[0].revokedAt).not.toBeNull();
  });

  it('lets nobody in where the file is damaged or can’t be read, and tells clients no path', async () => {
    const data = join(directory, 'damaged');
    const file = join(data, '.service', 'keys.json');
    await mkdir(join(data, '.service'), { recursive: true });
    await using server = await startTestServer({}, data);
    const spoil = [() => writeFile(file, '{"keys": ['), () => rm(file).then(() => mkdir(file))];
    for (const spoiled of spoil) {
      await spoiled();
      const answer = await fetch(`${server.url}/v1/galleries`);
      expect(answer.status).toBe(500);
      const text = await answer.text();
      expect(text).toContain('KEYS_UNREADABLE');
      expect(text).not.toContain(directory);
      const { exitCode, stderr } = await facedex(['keys', 'list', '--data', data], directory);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(file);
    }
    await rm(file, { recursive: true });
    expect((await fetch(`${server.url}/v1/galleries`)).status).toBe(200);
  });
});

it('by the name localhost a service is on one address, 127.0.0.1', async () => {
  await using server = await startTestServer({ host: 'localhost' });
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
});

describe('a service that can’t start', () => {
  it('refuses limits under which it would let in nobody, keep nothing or delete everybody', async () => {
    const options = ['--retention-days', '--audit-days', '--requests-per-minute', '--max-upload'];
    for (const option of [...options, '--max-pixels', '--max-batch', '--at-a-time', '--workers']) {
      // Were it taken, the port would be refused next.
      const args = ['serve', option, '0', '--port', '99999'];
      const { exitCode, stderr } = await facedex(args, directory);
      expect([option, exitCode]).toEqual([option, 2]);
      expect(stderr).toContain(option);
    }
  });

  it('says why: the port is taken, there is no such port, its folder is a file', async () => {
    await using server = await startTestServer();
    const start = (data: string, ...args: string[]) =>
      facedex(['serve', '--data', data, '--workers', '1', ...args], directory);
    const { port } = new URL(server.url);
    const taken = await start('other', '--port', port);
    expect(taken).toMatchObject({ exitCode: 2, stdout: '' });
    expect(taken.stderr).toMatch(/error can't serve on 127.0.0.1: .*EADDRINUSE.*INVALID_ARGUMENT/);
    const unknown = await start('other', '--port', '70000');
    expect(unknown).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/65536.*INVALID/) });
    await writeFile(join(directory, 'file'), '');
    const file = await start('file', '--port', '0');
    expect(file).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/CANNOT_WRITE/) });
  });
});

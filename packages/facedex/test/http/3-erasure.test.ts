import type { ChildProcess } from 'node:child_process';
import { openAsBlob } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFacedexClient, type FacedexClient, form } from '@facedex/client';
import { Gallery } from '@facedex/gallery';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { facedexJson, startFacedex } from '../cli.js';
import { makeSample, type Sample } from '../sample.js';

// The real command in a process of its own, whose files, output and answers are searched for whatever
// there was of a person.

const NAME = 'Zyxwvut Unmistakable';
const TAG = 'unmistakable-tag';
const FILENAME = 'unmistakable-file.jpg';

let sample: Sample;
let data: string;
let backups: string;
let child: ChildProcess;
let output = '';
let client: FacedexClient;

beforeAll(async () => {
  sample = await makeSample();
  data = await mkdtemp(join(tmpdir(), 'facedex-erasure-'));
  backups = await mkdtemp(join(tmpdir(), 'facedex-backups-'));
  child = startFacedex(['serve', '--data', data, '--port', '0', '--workers', '1'], data);
  const url = await new Promise<string>((done, fail) => {
    child.on('close', () => fail(new Error(output)));
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const found = /^(http:\S+)/m.exec(output);
        if (found !== null) done(found[1]!);
      });
    }
  });
  client = createFacedexClient({ baseUrl: url });
}, 240_000);

afterAll(async () => {
  child.kill('SIGKILL');
  for (const directory of [data, backups]) await rm(directory, { recursive: true, force: true });
  await rm(sample.directory, { recursive: true, force: true });
});

const params = { path: { gallery: 'people' } };

/** Files of the server in which something is. */
async function filesWith(needles: readonly (string | Buffer)[]): Promise<string[]> {
  const entries = await readdir(data, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    if (needles.some((needle) => content.includes(needle))) found.push(path);
  }
  return found;
}

/** Of the gallery as it is now, while the server has it open. */
async function backUp(name: string): Promise<Buffer> {
  const file = join(backups, name);
  await facedexJson(['backup', file, '--gallery', join(data, 'people')], backups);
  return readFile(file);
}

it('a person who was deleted is in no file, no log, no answer and no new backup any more', async () => {
  await client.POST('/v1/galleries', { body: { name: 'people' } });
  const [first, ...others] = sample.heldOut;
  const enrolled: { photo: string; face: number }[] = [];
  for (const name of ['plain', 'mirrored-brighter', 'small-soft']) {
    const photo = await openAsBlob(join(sample.folder, first!.person, `${name}.jpg`));
    const { data: answer } = await client.POST('/v1/galleries/{gallery}/photos', {
      params,
      headers: { 'idempotency-key': `enrol ${name}` },
      ...form({ photo: new File([photo], FILENAME), person: NAME, tags: [TAG] }),
    });
    enrolled.push({ photo: answer!.photo.id, face: answer!.faces[0]!.id });
  }
  for (const { person } of others) {
    for (const name of ['plain', 'small-soft']) {
      const photo = await openAsBlob(join(sample.folder, person, `${name}.jpg`));
      await client.POST('/v1/galleries/{gallery}/photos', {
        params,
        ...form({ photo, person }),
      });
    }
  }
  // Whatever may leave a trace: a group photo with a cluster of theirs, answers, a classifier, jobs.
  const group = await openAsBlob(sample.groupPhotos[1]!);
  const { data: groupPhoto } = await client.POST('/v1/galleries/{gallery}/photos', {
    params,
    ...form({ photo: group }),
  });
  const inGroup = groupPhoto!.faces[0]!.id;
  await client.POST('/v1/galleries/{gallery}/faces/name', {
    params,
    body: { faces: [inGroup], person: NAME },
  });
  const people = await client.GET('/v1/galleries/{gallery}/people', {
    params: { ...params, query: { name: NAME } },
  });
  const { id } = people.data!.items[0]!;
  const person = { path: { ...params.path, person: id } };
  await client.PATCH('/v1/galleries/{gallery}/people/{person}', {
    params: person,
    body: { tags: [TAG] },
    headers: { 'idempotency-key': 'patch' },
  });
  const probe = await openAsBlob(first!.path);
  await client.POST('/v1/galleries/{gallery}/search', { params, ...form({ photo: probe }) });
  await client.POST('/v1/galleries/{gallery}/jobs', {
    params,
    body: { kind: 'train', minFaces: 2 },
  });
  await client.GET('/v1/galleries/{gallery}/faces/{face}/picture', {
    params: { path: { ...params.path, face: enrolled[0]!.face } },
    parseAs: 'arrayBuffer',
  });

  const needles: (string | Buffer)[] = [NAME, TAG, FILENAME];
  {
    await using gallery = await Gallery.open(join(data, 'people'));
    for (const face of [...enrolled.map((one) => one.face), inGroup]) {
      const { buffer } = await gallery.records.embeddingOf(face);
      // A part of it: compressed or split over pages, the whole may not be there in one piece.
      needles.push(Buffer.from(buffer).subarray(0, 64));
    }
  }
  for (const { photo } of enrolled) {
    needles.push(photo);
    const file = await readFile(join(data, 'people', 'photos', photo.slice(0, 2), photo));
    needles.push(file.subarray(-200));
  }
  const before = await backUp('before.facedex');
  // What the photo was called is kept nowhere.
  for (const needle of needles) expect(before.includes(needle)).toBe(needle !== FILENAME);
  expect((await filesWith(needles)).length).toBeGreaterThan(3);

  const removal = await client.DELETE('/v1/galleries/{gallery}/people/{person}', {
    params: person,
  });
  expect(removal.data).toEqual({ faces: 4, photos: 3 });
  const after = await backUp('after.facedex');
  for (const needle of needles) expect(after.includes(needle)).toBe(false);
  const { items } = (await client.GET('/v1/galleries/{gallery}/photos', { params })).data!;
  expect(items.map((photo) => after.includes(`photos/${photo.id}`))).not.toContain(false);

  // The audit log keeps ids of people and faces, which say nothing any more.
  expect(await filesWith(needles)).toEqual([]);
  for (const text of [NAME, TAG, FILENAME, ...enrolled.map(({ photo }) => photo)]) {
    expect(output).not.toContain(text);
  }
  const search = await client.POST('/v1/galleries/{gallery}/search', {
    params,
    ...form({ photo: probe, k: 1000 }),
  });
  expect(search.data!.matches.some((match) => match.person?.name === NAME)).toBe(false);
  const faces = new Set([...enrolled.map((one) => one.face), inGroup]);
  expect(search.data!.matches.some((match) => faces.has(match.face))).toBe(false);
  const gone = [
    client.GET('/v1/galleries/{gallery}/people/{person}', { params: person }),
    client.GET('/v1/galleries/{gallery}/photos/{photo}/picture', {
      params: { path: { ...params.path, photo: enrolled[0]!.photo } },
    }),
    client.GET('/v1/galleries/{gallery}/faces/{face}/picture', {
      params: { path: { ...params.path, face: enrolled[0]!.face } },
    }),
  ];
  for (const answer of await Promise.all(gone)) expect(answer.response.status).toBe(404);
  const classified = await client.POST('/v1/galleries/{gallery}/classify', {
    params,
    ...form({ photo: probe }),
  });
  expect(classified.response.status).toBe(409);
  const replayed = await client.PATCH('/v1/galleries/{gallery}/people/{person}', {
    params: person,
    body: { tags: [TAG] },
    headers: { 'idempotency-key': 'patch' },
  });
  expect(replayed.response.status).toBe(404);
  const metrics = await client.GET('/metrics', { parseAs: 'text' });
  expect(String(metrics.data)).not.toContain(id);

  child.removeAllListeners('close');
  const ended = new Promise((done) => child.once('close', done));
  child.kill('SIGTERM');
  await ended;
  expect(await filesWith(needles)).toEqual([]);
  expect(output).not.toContain(NAME);
});

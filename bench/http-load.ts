// How much does the HTTP service bear? Search by embedding and by picture at growing concurrency, beyond
// saturation, and a mixed load with the memory of the process. The gallery is made of photos of LFW View 1:
// npx tsx bench/http-load.ts [--photos 500] [--seconds 5] [--minutes 0.5] [--mixed]
// --mixed: nothing but the mixed load; the long run: --mixed --minutes 10
// The mixed load deletes whom it has enrolled, so that what grows is not the gallery.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createFacedexClient, form } from '@facedex/client';
import { describeLoad, load } from './http/load.js';
import { MemorySeries } from './http/memory-series.js';
import { type ServerProcess as Server, startServer } from './http/server-process.js';
import { photosOf, requireLfw } from './lfw.js';

const QUERIES = [1, 4, 16, 64, 256];
const PICTURES = [1, 2, 4, 8, 16];
/** More than the server takes: 16 pictures, 256 queries. */
const BEYOND = 64;
const BEYOND_QUERIES = 1024;

requireLfw();
const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '0.5' },
    mixed: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const data = await mkdtemp(join(tmpdir(), 'facedex-load-'));
const photos = photosOf('pairsDevTrain.txt');
const probe = await readFile(photos.at(-1)!.path);
{
  await using server = await startServer(['--data', data, '--requests-per-minute', '100000000']);
  const client = createFacedexClient({ baseUrl: server.url });
  await client.POST('/v1/galleries', { body: { name: 'load' } });
  const enrolStarted = performance.now();
  await enrol(server.url, photos.slice(0, Number(values.photos)));
  const enrolSeconds = (performance.now() - enrolStarted) / 1000;
  const { data: gallery } = await client.GET('/v1/galleries/{gallery}', {
    params: { path: { gallery: 'load' } },
  });
  console.log(
    `${gallery!.faces} faces enrolled in forms, ${(gallery!.photos / enrolSeconds).toFixed(0)} photos a second; ${(await server.memory()).toFixed(0)} MB`,
  );
  if (!values.mixed) await saturate(server);
  await mixed(server, Number(values.minutes));
}
await rm(data, { recursive: true, force: true });

/** Search by embedding and by picture, up to more than is taken in, and what is left after it. */
async function saturate(server: Server) {
  const client = createFacedexClient({ baseUrl: server.url });
  const { data: detected } = await client.POST(
    '/v1/detect',
    form({ photo: new Blob([new Uint8Array(probe)]), embeddings: true }),
  );
  const search = `${server.url}/v1/galleries/load/search`;
  const query = {
    body: JSON.stringify({ embedding: detected!.faces[0]!.embedding, k: 5 }),
    type: 'application/json',
  };
  const picture = { body: probe, type: 'image/jpeg' };

  console.log('search by embedding');
  for (const connections of [...QUERIES, BEYOND_QUERIES]) {
    console.log(describeLoad(await load(search, { ...query, connections, seconds })));
  }
  console.log(`${(await server.memory()).toFixed(0)} MB\nsearch by picture`);
  for (const connections of [...PICTURES, BEYOND]) {
    console.log(describeLoad(await load(search, { ...picture, connections, seconds })));
  }
  console.log(`${(await server.memory()).toFixed(0)} MB`);
  const recovered = await load(search, { ...picture, connections: 1, seconds: 2 });
  console.log(`after it\n${describeLoad(recovered)}`);
}

/** Searches, pictures of faces, enrolling and deleting, with the memory each second. */
async function mixed(server: Server, minutes: number) {
  const until = Date.now() + minutes * 60_000;
  const client = createFacedexClient({ baseUrl: server.url });
  const params = { path: { gallery: 'load' } };
  const counts = { search: 0, query: 0, picture: 0, enrol: 0, delete: 0, turnedAway: 0, other: 0 };
  const count = (kind: keyof typeof counts, status: number) => {
    if (status === 503) counts.turnedAway++;
    else counts[status < 300 ? kind : 'other']++;
  };
  const loop = async (work: (i: number) => Promise<void>) => {
    for (let i = 0; Date.now() < until; i++) await work(i);
  };
  const blobOf = async (i: number) =>
    new Blob([new Uint8Array(await readFile(photos[i % photos.length]!.path))]);
  const url = '/v1/galleries/{gallery}/search';
  const searches = Array.from({ length: 4 }, (_, lane) =>
    loop(async (i) => {
      const photo = await blobOf(i * 4 + lane);
      const { response } = await client.POST(url, { params, ...form({ photo }) });
      count('search', response.status);
    }),
  );
  const queries = Array.from({ length: 4 }, () =>
    loop(async (i) => {
      const { response } = await client.POST(url, { params, body: { storedFace: (i % 100) + 1 } });
      count('query', response.status);
    }),
  );
  const pictures = loop(async (i) => {
    const { response } = await client.GET('/v1/galleries/{gallery}/faces/{face}/picture', {
      params: { path: { ...params.path, face: (i % 100) + 1 } },
      parseAs: 'arrayBuffer',
    });
    count('picture', response.status);
  });
  const changes = loop(async (i) => {
    const photo = await blobOf(1000 + (i % 2000));
    const { data: enrolled, response } = await client.POST('/v1/galleries/{gallery}/photos', {
      params,
      ...form({ photo, person: `somebody ${i}` }),
    });
    count('enrol', response.status);
    const person = enrolled?.photo.person?.id;
    if (person === undefined) return;
    const removed = await client.DELETE('/v1/galleries/{gallery}/people/{person}', {
      params: { path: { ...params.path, person } },
    });
    count('delete', removed.response.status);
  });
  const memory = new MemorySeries();
  const watch = loop(async () => {
    await new Promise((done) => setTimeout(done, 1000));
    memory.add({ resident: await server.memory(), ...(await heapOf(server.url)) });
  });
  const facesOf = async () =>
    (await client.GET('/v1/galleries/{gallery}', { params })).data?.faces ?? 0;
  const before = await facesOf();
  await Promise.all([...searches, ...queries, pictures, changes, watch]);
  console.log(`mixed load for ${minutes} minutes: ${JSON.stringify(counts)}`);
  console.log(`faces before and after it: ${before}, ${await facesOf()}`);
  console.log(memory.describe());
}

/** Of the main thread, in megabytes: what JavaScript uses, and what V8 has taken for it. */
async function heapOf(url: string): Promise<{ used: number; taken: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const megabytes = (name: string) =>
    Number(new RegExp(`^nodejs_heap_size_${name}_bytes (\\S+)`, 'm').exec(text)![1]) / 2 ** 20;
  return { used: megabytes('used'), taken: megabytes('total') };
}

async function enrol(url: string, some: readonly { path: string; person: string }[]) {
  for (let start = 0; start < some.length; start += 100) {
    const body = new FormData();
    for (const { path, person } of some.slice(start, start + 100)) {
      body.append('person', person);
      body.append('photo', new Blob([new Uint8Array(await readFile(path))]), 'photo.jpg');
    }
    const answer = await fetch(`${url}/v1/galleries/load/photos/batch`, { method: 'POST', body });
    await answer.text();
  }
}

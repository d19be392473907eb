import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { form } from '@facedex/client';
import sharp from 'sharp';
import type { Sample } from '../sample.js';
import type { Pool } from './fuzz-api.js';
import type { TestServer } from './test-server.js';

/** Fills a gallery a little, and tells what is in it. */
export async function prepareFuzzing({ client }: TestServer, sample: Sample): Promise<Pool> {
  const params = { path: { gallery: 'fuzz' } };
  await client.POST('/v1/galleries', { body: { name: 'fuzz' } });
  await client.POST('/v1/galleries', { body: { name: 'empty' } });
  const pictures: Uint8Array[] = [];
  const photos: string[] = [];
  for (const { person } of sample.heldOut.slice(0, 6)) {
    const bytes = await readFile(join(sample.folder, person, 'plain.jpg'));
    const { data } = await client.POST('/v1/galleries/{gallery}/photos', {
      params,
      ...form({ photo: new Blob([new Uint8Array(bytes)]), person }),
    });
    photos.push(data!.photo.id);
    pictures.push(new Uint8Array(bytes));
  }
  const group = new Blob([new Uint8Array(await readFile(sample.groupPhotos[1]!))]);
  await client.POST('/v1/galleries/{gallery}/photos', { params, ...form({ photo: group }) });
  const { data: job } = await client.POST('/v1/galleries/{gallery}/jobs', {
    params,
    body: { kind: 'cluster' },
  });
  await client.POST('/v1/galleries/{gallery}/clusters/move', {
    params,
    body: { faces: [7, 8], cluster: null },
  });
  const { data: people } = await client.GET('/v1/galleries/{gallery}/people', { params });
  const { data: clusters } = await client.GET('/v1/galleries/{gallery}/clusters', { params });
  const grey = sharp({ create: { width: 60, height: 60, channels: 3, background: '#777' } });
  const { data: detected } = await client.POST('/v1/detect', {
    ...form({ photo: new Blob([pictures[0]! as Uint8Array<ArrayBuffer>]), embeddings: true }),
  });
  const base64 = pictures.slice(0, 2).map((bytes) => Buffer.from(bytes).toString('base64'));
  const faces = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const ids = people!.items.map(({ id }) => id);
  const clusterIds = [...clusters!.items.map(({ id }) => id), 1];
  return {
    gallery: ['fuzz', 'fuzz', 'fuzz', 'empty', 'nowhere'],
    person: [...ids, ...sample.heldOut.slice(0, 3).map(({ person }) => person)],
    people: ids.map((id) => [id]),
    photo: photos,
    base64,
    face: faces,
    faces: [[1], [7], [7, 8], [999], 'all', 'largest', 'reject'],
    storedFace: faces,
    cluster: clusterIds,
    clusters: clusterIds.map((id) => [id]),
    job: [job!.id],
    embedding: [detected!.faces[0]!.embedding!],
    k: [1, 5, 1000],
    picture: [
      ...pictures.slice(0, 2),
      new Uint8Array(await grey.png().toBuffer()),
      new TextEncoder().encode('no picture'),
      new Uint8Array(),
    ],
  };
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Pipeline } from '@facedex/pipeline';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { startTestServer, type TestServer } from './test-server.js';

// Attacks by clients that treat their connections badly; docs/security.md has the table.

let server: TestServer;
/** Nobody is on it. */
let photo: Buffer;

beforeAll(async () => {
  server = await startTestServer({
    limits: { answerMs: 1000, uploadMs: 1000, batchMs: 2000 },
    admission: { pictures: 2, queries: 20 },
  });
  await server.client.POST('/v1/galleries', { body: { name: 'a' } });
  photo = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#888' } })
    .jpeg()
    .toBuffer();
});

afterAll(() => server[Symbol.asyncDispose]());

afterEach(() => {
  vi.restoreAllMocks();
});

function open(): Socket {
  const { hostname, port } = new URL(server.url);
  // A client that doesn't close its side when the server does.
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  return socket.on('error', () => {});
}

/** Sends a bit now and then until it is hung up on, and gives the status of the answer. */
async function trickle(head: string, bit = 'x'): Promise<number> {
  const socket = open();
  let answer = '';
  socket.on('data', (data) => {
    answer += data;
  });
  socket.write(head);
  const timer = setInterval(() => socket.write(bit), 50);
  await new Promise((closed) => socket.once('close', closed));
  clearInterval(timer);
  return Number(answer.split(' ')[1]);
}

/** A request as it goes over the wire. */
function requestOf(
  line: string,
  { type = 'image/jpeg', body = Buffer.alloc(0) as Buffer } = {},
): Buffer {
  const head = `${line} HTTP/1.1\r\nHost: localhost\r\n`;
  const about =
    body.length === 0 ? '' : `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n`;
  return Buffer.concat([Buffer.from(`${head}${about}\r\n`), body]);
}

/** Requests that hold a place, but for the one that asks; NaN where there is none for that. */
async function underWay() {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const count = (kind: string) =>
    Number(new RegExp(`under_way\\{kind="${kind}"\\} (\\d+)`).exec(text)?.[1]);
  return { pictures: count('pictures'), queries: count('queries') - 1 };
}

const NOBODY = { pictures: 0, queries: 0 };

it('hanging up on answers that wait behind another: their places are free again', async () => {
  const detect = requestOf('POST /v1/detect', { body: photo });
  const people = requestOf('GET /v1/galleries/a/people');
  const { analyse } = Pipeline.prototype;
  for (let i = 0; i < 6; i++) {
    const socket = open();
    // Until it was seen under way: on a busy machine it would be over before.
    let goOn = () => {};
    const seen = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    vi.spyOn(Pipeline.prototype, 'analyse').mockImplementationOnce(async function analyseLater(
      this: Pipeline,
      ...args
    ) {
      await seen;
      return analyse.apply(this, args);
    });
    socket.write(Buffer.concat([detect, ...Array(60).fill(people)]));
    await expect.poll(underWay, { interval: 5 }).not.toEqual(NOBODY);
    goOn();
    socket.destroy();
    await once(socket, 'close');
    await expect.poll(underWay).toEqual(NOBODY);
  }
});

it('taking nothing of an answer: hung up on, and the places are free again', async () => {
  const socket = open().pause();
  // More than the buffers of the system take, and what waits behind it.
  const document = requestOf('GET /openapi.json');
  const detect = requestOf('POST /v1/detect', { body: photo });
  socket.write(Buffer.concat([...Array(200).fill(document), detect]));
  await expect
    .poll(underWay, { interval: 20, timeout: 10_000 })
    .toEqual({ ...NOBODY, pictures: 1 });
  await expect.poll(underWay, { timeout: 10_000 }).toEqual(NOBODY);
  socket.destroy();
});

it('a body that never ends, after the answer or where there should be none: hung up on', async () => {
  const body = 'Content-Type: image/jpeg\r\nContent-Length: 1000000\r\n\r\n';
  const statuses = await Promise.all([
    trickle(`POST /v1/detect HTTP/1.1\r\nHost: evil.example\r\n${body}`),
    trickle(`GET /health HTTP/1.1\r\nHost: localhost\r\n${body}`),
    trickle('no HTTP\r\n\r\n'),
  ]);
  expect(statuses).toEqual([401, 200, 400]);
});

it.each([
  ['POST /nowhere', /^HTTP\/1.1 404 .*NOT_FOUND/s],
  ['PUT /v1/detect', /^HTTP\/1.1 405 .*METHOD_NOT_ALLOWED/s],
])(
  'a body for %s: answered without waiting for it, as anybody may send it',
  async (line, expected) => {
    const socket = open();
    socket.write(
      `${line} HTTP/1.1\r\nHost: evil.example\r\nContent-Type: image/jpeg\r\nContent-Length: 9999\r\n\r\n`,
    );
    const [answer] = await once(socket.setEncoding('utf8'), 'data');
    socket.destroy();
    expect(answer).toMatch(expected);
  },
);

it('a batch of nothing but fields, or of photos without end: hung up on', async () => {
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
  const part = (about: string) =>
    chunk(`Content-Disposition: form-data; ${about}\r\n\r\nx\r\n--X\r\n`);
  const head = `POST /v1/galleries/a/photos/batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=X\r\nTransfer-Encoding: chunked\r\n\r\n${chunk('--X\r\n')}`;
  const fields = trickle(head, part('name="tags"'));
  const photos = trickle(head, part('name="photo"; filename="a.jpg"'));
  await fields;
  expect(await photos).toBe(200);
  await expect.poll(underWay).toEqual(NOBODY);
}, 15_000);

it('bodies that are announced (Expect: 100-continue): asked for only where they are taken', async () => {
  const exchange = async (line: string, { host = 'localhost', length = photo.length } = {}) => {
    const socket = open().setEncoding('utf8');
    socket.write(
      `${line} HTTP/1.1\r\nHost: ${host}\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Type: image/jpeg\r\nContent-Length: ${length}\r\n\r\n`,
    );
    let answer = '';
    for await (const text of socket) {
      answer += text;
      if (answer === 'HTTP/1.1 100 Continue\r\n\r\n') socket.write(photo);
    }
    socket.destroy();
    return answer.match(/HTTP\/1.1 \d+/g)!.map((status) => Number(status.slice(-3)));
  };
  expect(await exchange('POST /v1/detect')).toEqual([100, 200]);
  expect(await exchange('POST /v1/detect', { host: 'evil.example' })).toEqual([401]);
  expect(await exchange('POST /v1/detect', { length: 30_000_000 })).toEqual([413]);
  expect(await exchange('POST /nowhere')).toEqual([404]);
  expect(await exchange('PUT /v1/detect')).toEqual([405]);
});

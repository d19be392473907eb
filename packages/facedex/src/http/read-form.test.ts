import { type AddressInfo, connect } from 'node:net';
import fastify from 'fastify';
import { expect, it } from 'vitest';
import { problemOf } from './problem.js';
import { acceptForms, readForm } from './read-form.js';

/** What a form is read as: its parts, and the code of the error that ended it. */
async function read(type: string, body: string, most = 2) {
  await using app = fastify();
  await acceptForms(app);
  app.post('/', async (request) => {
    const parts: unknown[] = [];
    try {
      const limits = { fileSize: 1000, files: most, fields: most, fieldSize: 1000 };
      for await (const { file, ...part } of readForm(request, limits)) {
        parts.push({ ...part, file: file?.toString() });
      }
    } catch (error) {
      const { code, status } = problemOf(error);
      return { parts, code, status };
    }
    return { parts };
  });
  const headers = { 'content-type': `multipart/form-data${type}` };
  return (await app.inject({ method: 'POST', url: '/', headers, payload: body })).json();
}

const file = '--X\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\nabc';
const unnamed = '--X\r\nContent-Disposition: form-data; filename="a.jpg"\r\n\r\nabc\r\n--X--\r\n';

it('reads files and values in their order, also of a part without a name', async () => {
  const form = `${file}\r\n--X\r\nContent-Disposition: form-data; name="person"\r\n\r\nEva\r\n${unnamed}`;
  expect(await read('; boundary=X', form)).toEqual({
    parts: [
      { field: 'photo', file: 'abc', filename: 'a.jpg', isWhole: true },
      { field: 'person', value: 'Eva' },
      { field: '', file: 'abc', filename: 'a.jpg', isWhole: true },
    ],
  });
});

it('goes on after a file that is too large', async () => {
  const large = file.replace('abc', 'x'.repeat(1001));
  const form = `${large}\r\n${file}\r\n--X--\r\n`;
  const { parts, code } = await read('; boundary=X', form);
  expect(code).toBeUndefined();
  expect(parts).toMatchObject([{ isWhole: false }, { file: 'abc', isWhole: true }]);
});

it('takes as many files and values together as it takes of each', async () => {
  const person = '--X\r\nContent-Disposition: form-data; name="person"\r\n\r\nEva';
  const form = `${Array(700).fill(`${person}\r\n${file}\r\n`).join('')}--X--\r\n`;
  const { parts, code } = await read('; boundary=X', form, 700);
  expect(code).toBeUndefined();
  expect(parts).toHaveLength(1400);
});

it.each([
  ['no boundary', '', file],
  ['an empty boundary', '; boundary=', file],
  ['a boundary that is too long', `; boundary=${'X'.repeat(10_000)}`, file],
  ['a form without its end', '; boundary=X', file],
  ['a form that is none', '; boundary=X', 'abc'],
])('%s: is the fault of the client', async (_name, type, body) => {
  expect(await read(type, body)).toMatchObject({ code: 'INVALID_ARGUMENT', status: 400 });
});

it('is over at once where the client has hung up before anybody reads', async () => {
  await using app = fastify();
  await acceptForms(app);
  const ended = new Promise<unknown>((done) => {
    app.post('/', async (request) => {
      client.destroy();
      await new Promise((closed) => request.raw.once('close', closed));
      const limits = { fileSize: 1000, files: 2, fields: 2, fieldSize: 1000 };
      readForm(request, limits).next().then(done, done);
    });
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  const about = 'Content-Type: multipart/form-data; boundary=X\r\nContent-Length: 1000';
  client.write(`POST / HTTP/1.1\r\nHost: localhost\r\n${about}\r\n\r\n${file}`);
  expect(await ended).toMatchObject({ code: 'INVALID_ARGUMENT' });
});

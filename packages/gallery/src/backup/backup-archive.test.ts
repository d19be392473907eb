import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { temporaryDirectory } from '../../test/temporary-gallery.js';
import { readArchive, writeArchive } from './backup-archive.js';

test('many files are read one after the other, more than once, without a warning of Node', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const path = join(await temporaryDirectory(), 'archive');
  const contents = Array.from({ length: 30 }, (_, i) =>
    Buffer.alloc(100_000 * (i % 3) + i, `${i}`),
  );
  await writeArchive(path, files());
  let read = 0;
  for await (const { content } of readArchive(path)) {
    const wanted = contents[read++]!;
    for (const _ of ['once', 'again']) {
      expect((await buffer(content())).equals(wanted)).toBe(true);
    }
  }
  expect(read).toBe(contents.length);
  expect(warn.mock.calls).toEqual([]);
  warn.mockRestore();

  async function* files() {
    for (const [i, content] of contents.entries()) {
      yield { name: `${i}`, bytes: content.length, content: [content] };
    }
  }
});

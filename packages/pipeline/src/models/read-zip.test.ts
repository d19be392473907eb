import { describe, expect, it } from 'vitest';
import { makeZip } from '../../test/models/make-zip.js';
import { readZip } from './read-zip.js';

const archive = makeZip({ 'net/weights.bin': 'weights', 'secret.py': 'not asked for', 'net/': '' });

describe('an archive that is damaged', () => {
  it.each([
    ['is none', Buffer.from('<html>404 Not Found</html>')],
    ['ends early', archive.subarray(0, 60)],
    ['has other bytes than its checksum says', changed(archive, 'weights', 'weighty')],
    ['leads out of its folder', makeZip({ '../weights.bin': 'weights' })],
  ])('%s', async (_, bytes) => {
    await expect(readZip(bytes, () => true)).rejects.toThrow();
  });
});

it('reads what is wanted, and no folders', async () => {
  const files = await readZip(archive, (path) => path.startsWith('net/'));
  expect([...files.keys()]).toEqual(['net/weights.bin']);
  expect(new TextDecoder().decode(files.get('net/weights.bin'))).toBe('weights');
});

function changed(bytes: Buffer, from: string, to: string): Buffer {
  const copy = Buffer.from(bytes);
  // The last occurrence is in the directory's name: the first after it is the content.
  copy.write(to, copy.indexOf(`.bin${from}`) + 4);
  return copy;
}

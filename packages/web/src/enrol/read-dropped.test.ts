import { describe, expect, it } from 'vitest';
import { readDropped } from './read-dropped.js';

describe('readDropped', () => {
  it('passes over what is no file, such as text', async () => {
    expect(await readDropped(dropped(null))).toEqual([]);
  });

  it('takes single files by their names', async () => {
    expect(await paths(file('/1.jpg'))).toEqual(['1.jpg']);
  });

  it('goes through folders, however many times a reader has to be asked', async () => {
    const many = Array.from({ length: 250 }, (_, i) => file(`/photos/Ada/${i}.jpg`));
    const read = await paths(folder(folder(...many), file('/photos/party.jpg')));
    expect(read).toHaveLength(251);
    expect(read).toContain('photos/Ada/249.jpg');
    expect(read).toContain('photos/party.jpg');
  });

  it('fails where a file can not be read', async () => {
    const gone = {
      isFile: true,
      file: (_: unknown, fail: (e: Error) => void) => fail(Error('gone')),
    };
    await expect(readDropped(dropped(gone))).rejects.toThrow('gone');
  });
});

async function paths(...entries: object[]): Promise<string[]> {
  return (await readDropped(dropped(...entries))).map(({ path }) => path);
}

function dropped(...entries: (object | null)[]): DataTransferItemList {
  return entries.map((entry) => ({ webkitGetAsEntry: () => entry })) as never;
}

function file(fullPath: string): object {
  return { isFile: true, fullPath, file: (done: (file: File) => void) => done(new File([], 'x')) };
}

/** Hands out a hundred entries at a time, as Chromium does. */
function folder(...entries: object[]): object {
  const createReader = () => {
    const left = [...entries];
    return { readEntries: (done: (some: object[]) => void) => done(left.splice(0, 100)) };
  };
  return { isFile: false, createReader };
}

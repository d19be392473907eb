import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Header } from 'tar';
import { damagedBackup } from './backup-file.js';

/** Where the database of a gallery is in its backup. */
export const ARCHIVED_DATABASE = 'gallery.db';

/** A file that goes into an archive. */
export interface FileToArchive {
  name: string;
  bytes: number;
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** A file that is in an archive; its content may be read more than once. */
export interface ArchivedFile {
  name: string;
  content: () => AsyncIterable<Uint8Array>;
}

/** Of a tar archive. */
const BLOCK = 512;
/** Read at a time. */
const CHUNK = 64 * 1024;
const SQLITE_BEGINS_WITH = 'SQLite format 3\0';

/** Writes files into a tar archive, one after the other. Only its owner may read it. */
export async function writeArchive(path: string, files: AsyncIterable<FileToArchive>) {
  await pipeline(blocksOf(files), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
}

/**
 * The files of an archive, in their order. Older backups are a database by itself.
 *
 * @throws GalleryError `INVALID_FILE` where it is no archive, or is cut off
 */
export async function* readArchive(path: string): AsyncGenerator<ArchivedFile, void, undefined> {
  await using file = await open(path);
  const { size: end } = await file.stat();
  const block = Buffer.alloc(BLOCK);
  for (let at = 0; ; ) {
    await file.read(block, { length: BLOCK, position: at });
    if (at === 0 && block.toString('latin1').startsWith(SQLITE_BEGINS_WITH)) {
      yield { name: ARCHIVED_DATABASE, content: () => contentOf(file, 0, end) };
      return;
    }
    const header = at + BLOCK <= end ? new Header(block) : undefined;
    if (header?.nullBlock) {
      return;
    }
    const start = at + BLOCK;
    const { path: name, size = 0 } = header ?? {};
    if (!header?.cksumValid || name === undefined || start + size > end) {
      throw damagedBackup(path, 'it is no archive, or is cut off');
    }
    yield { name, content: () => contentOf(file, start, size) };
    at = start + size + paddingOf(size);
  }
}

async function* blocksOf(files: AsyncIterable<FileToArchive>): AsyncGenerator<Uint8Array> {
  for await (const { name, bytes, content } of files) {
    const header = new Header({ path: name, mode: 0o600, size: bytes, type: 'File' });
    const block = Buffer.alloc(BLOCK);
    header.encode(block);
    yield block;
    yield* content;
    yield Buffer.alloc(paddingOf(bytes));
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** Not `createReadStream`: each stream would listen to the file for as long as that is open. */
async function* contentOf(
  file: FileHandle,
  start: number,
  bytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const end = start + bytes;
  for (let at = start; at < end; ) {
    const chunk = Buffer.alloc(Math.min(CHUNK, end - at));
    const { bytesRead } = await file.read(chunk, { position: at });
    if (bytesRead === 0) {
      return;
    }
    yield chunk.subarray(0, bytesRead);
    at += bytesRead;
  }
}

function paddingOf(bytes: number): number {
  return (BLOCK - (bytes % BLOCK)) % BLOCK;
}

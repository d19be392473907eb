import { crc32 } from 'node:zlib';
import { fromBufferPromise } from 'yauzl';

/** The most that is read of one file of an archive: a hostile one may claim any size. */
const MAX_FILE_BYTES = 2 ** 31 - 1;

/**
 * The files of a zip archive whose path `wanted` accepts, in the archive's order. They are read into
 * memory: nothing is unpacked, so no path in the archive can lead anywhere.
 *
 * @throws {Error} where the archive is damaged
 */
export async function readZip(
  archive: Uint8Array,
  wanted: (path: string) => boolean,
): Promise<Map<string, Uint8Array>> {
  const buffer = Buffer.from(archive.buffer, archive.byteOffset, archive.length);
  const zip = await fromBufferPromise(buffer);
  const found = new Map<string, Uint8Array>();
  for await (const entry of zip.eachEntry()) {
    const path = entry.fileName;
    if (path.endsWith('/') || !wanted(path)) continue;
    if (entry.uncompressedSize > MAX_FILE_BYTES) throw new Error(`${path} is too large`);
    const chunks: Buffer[] = [];
    // Ends with an error where there is more or less than the archive says.
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk);
    const content = Buffer.concat(chunks);
    if (crc32(content) !== entry.crc32) throw new Error(`${path} has another checksum`);
    found.set(path, content);
  }
  return found;
}

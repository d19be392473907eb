import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { embedding, photo } from './synthetic-photos.js';
import { openGallery, temporaryDirectory } from './temporary-gallery.js';

/** A gallery as version 0.1.0 left it: with the tables of the first migration. */
async function olderGallery(): Promise<string> {
  const directory = await temporaryDirectory();
  const gallery = await openGallery(directory);
  await gallery.enrol([photo(0), photo(1)]);
  await gallery[Symbol.asyncDispose]();
  const database = new Database(join(directory, 'gallery.db'));
  database.exec(`
    drop table cluster_rejections;
    drop table cluster_faces;
    drop table clusters;
    drop table photo_tags;
    drop index photo_paths_by_modified_ms;
    alter table gallery drop column index_kind;
    alter table gallery drop column face_count;
    delete from kysely_migration where name != '0001-first-tables';
  `);
  database.close();
  return directory;
}

test.each(['read', 'write'] as const)('a gallery of 0.1.0 opens for %s', async (mode) => {
  const directory = await olderGallery();
  const gallery = await openGallery(directory, { mode });
  expect(await gallery.search(embedding(1), { k: 1, threshold: 1 })).toMatchObject([{ faceId: 2 }]);
  expect(await gallery.stats()).toMatchObject({ faces: 2, index: { size: 2 } });
});

test('while a writer has it, a reader is told what to do', async () => {
  const directory = await olderGallery();
  const lock = new Database(join(directory, 'writer.lock'));
  lock.exec('begin exclusive');
  await expect(openGallery(directory, { mode: 'read' })).rejects.toMatchObject({
    code: 'UNSUPPORTED_VERSION',
    message: expect.stringMatching(/older facedex.*another writer/),
  });
  lock.close();
});

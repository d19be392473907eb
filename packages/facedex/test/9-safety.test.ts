import { once } from 'node:events';
import { appendFile, mkdtemp, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Gallery } from '@facedex/gallery';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { facedex, facedexJson, startFacedex } from './cli.js';
import { copyThrice, makeSample, type Sample } from './sample.js';

let sample: Sample;
let work: string;
beforeAll(async () => {
  sample = await makeSample();
  work = await mkdtemp(join(tmpdir(), 'facedex-safety-'));
  await facedexJson(['index', sample.folder], work);
});

describe('facedex check, backup, restore', () => {
  it('says that a gallery is sound, and with exit code 2 that it is not', async () => {
    expect(await facedexJson(['check'], work)).toMatchObject({
      sound: true,
      faces: sample.photos,
      findings: [],
    });
    await facedexJson(['backup', 'gallery.facedex'], work);
    await facedexJson(['restore', 'gallery.facedex', '--gallery', 'damaged'], work);
    const database = new Database(join(work, 'damaged/gallery.db'));
    database.exec('update gallery set face_count = 1');
    database.close();
    const { exitCode, stdout, stderr } = await facedex(['check', '--gallery', 'damaged'], work);
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/error database: a wrong count of faces: 1\n +what to do: restore/);
    expect(stderr).toBe('error the gallery in damaged is not sound\n');
    const json = await facedex(['check', '--gallery', 'damaged', '--json'], work);
    expect(json.exitCode).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({ sound: false });
  });

  it('brings a gallery back that answers the same', async () => {
    const restored = await facedexJson(['restore', 'gallery.facedex', '--gallery', 'again'], work);
    expect(restored).toMatchObject({ faces: sample.photos });
    const ask = ['search', sample.heldOut[0]!.path, '--gallery'];
    const [a, b] = [
      await facedexJson([...ask, 'facedex-data'], work),
      await facedexJson([...ask, 'again'], work),
    ];
    expect(b.matches).toEqual(a.matches);
  });

  it.each([
    [['backup', 'gallery.facedex'], 'FILE_EXISTS'],
    [['backup', 'x.facedex', '--gallery', 'elsewhere'], 'NO_GALLERY'],
    [['restore', 'gallery.facedex'], 'GALLERY_EXISTS'],
    [['restore', 'none.facedex', '--gallery', 'elsewhere'], 'INVALID_FILE'],
    [['check', '--gallery', 'elsewhere'], 'NO_GALLERY'],
    [['reembed'], 'INVALID_ARGUMENT'],
    [['reembed', '--model', 'none'], 'UNKNOWN_MODEL'],
    [['reembed', '--model', 'mobilefacenet-192', '--gallery', 'elsewhere'], 'NO_GALLERY'],
  ])('%j is bad input', async (args, code) => {
    const { exitCode, stderr } = await facedex(args, work);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(code)]);
  });
});

describe('facedex reembed', () => {
  const MODEL = 'mobilefacenet-192';
  const facesOf = async (directory: string) => {
    await using gallery = await Gallery.open(join(work, directory));
    const faces = [];
    // The ids of people are of each gallery.
    for await (const { personId: _, ...face } of gallery.faces()) faces.push(face);
    return faces;
  };

  it('killed and started again makes what indexing with the model makes, under the old ids', async () => {
    const folder = join(work, 'thrice');
    const photos = await copyThrice(sample, folder);
    await facedexJson(['index', folder, '--gallery', 'before'], work);
    await facedexJson(['index', folder, '--gallery', 'moved'], work);
    await facedexJson(['index', folder, '--gallery', 'fresh', '--model', MODEL], work);
    const args = ['reembed', '--model', MODEL, '--gallery', 'moved'];
    const killed = startFacedex(args, work);
    await once(killed.stderr!, 'data');
    killed.kill('SIGKILL');
    await once(killed, 'close');
    expect(await facedexJson(['check', '--gallery', 'moved'], work)).toMatchObject({ sound: true });
    const summary = await facedexJson(args, work);
    expect(summary).toMatchObject({ moved: true, from: 'faceplugin-512', to: MODEL, missing: [] });
    expect(summary.faces).toBe(photos);
    expect(summary.embedded).toBeGreaterThan(0);
    expect(summary.embedded).toBeLessThan(photos);
    expect(await facesOf('moved')).toEqual(await facesOf('fresh'));
    expect((await facesOf('moved')).map(({ id, person }) => [id, person])).toEqual(
      (await facesOf('before')).map(({ id, person }) => [id, person]),
    );
    expect(await facedexJson(['check', '--gallery', 'moved'], work)).toMatchObject({
      sound: true,
      findings: [],
    });
    // Indexing the folder has nothing left to do, and the command neither.
    expect(
      await facedexJson(['index', folder, '--gallery', 'moved', '--model', MODEL], work),
    ).toMatchObject({ added: 0, unchanged: photos });
    expect(await facedexJson(args, work)).toMatchObject({ moved: true, embedded: 0 });
  });

  it('stays where photos are gone or changed, unless their faces are given up', async () => {
    await facedexJson(['restore', 'gallery.facedex', '--gallery', 'torn'], work);
    const [gone, changed] = (await facesOf('torn')).map(({ photo }) => photo);
    await rename(gone!, `${gone}.away`);
    await appendFile(changed!, 'x');
    const args = ['reembed', '--model', MODEL, '--gallery', 'torn'];
    const stopped = await facedex([...args, '--json'], work);
    expect(stopped.exitCode).toBe(2);
    expect(stopped.stderr).toContain('--drop-missing');
    expect(JSON.parse(stopped.stdout)).toMatchObject({
      moved: false,
      faces: sample.photos - 2,
      missing: [
        { path: gone, faces: 1, reason: 'the file is gone' },
        { path: changed, faces: 1, reason: expect.stringContaining('has changed') },
      ],
    });
    expect((await facedexJson(['stats', '--gallery', 'torn'], work)).space.id).toBe(
      'faceplugin-512',
    );
    expect(await facedexJson([...args, '--drop-missing'], work)).toMatchObject({
      moved: true,
      embedded: 0,
      dropped: { faces: 2, photos: 2 },
    });
    expect((await facesOf('torn')).map(({ id }) => id)).toEqual(
      (await facesOf('facedex-data')).slice(2).map(({ id }) => id),
    );
    await rename(`${gone}.away`, gone!);
  });
});

import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Gallery } from '@facedex/gallery';
import sharp from 'sharp';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pngBomb } from '../../../test-support/png-bomb.js';
import { facedex, facedexJson, startFacedex } from './cli.js';
import { copyThrice, makeSample, type Sample } from './sample.js';

let sample: Sample;
let work: string;
beforeAll(async () => {
  sample = await makeSample();
});
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'facedex-index-'));
});

describe('facedex index refuses', () => {
  it('a folder that is not there', async () => {
    const { exitCode, stderr } = await facedex(['index', 'nowhere'], work);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('nowhere is not there');
  });

  it('a folder without photos', async () => {
    await mkdir(join(work, 'empty'));
    const { exitCode, stderr } = await facedex(['index', 'empty'], work);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('has no photos');
  });

  it('an unknown rule for several faces', async () => {
    const { exitCode, stderr } = await facedex(['index', '.', '--faces', 'some'], work);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('largest');
  });

  it('a gallery of another model, naming both', async () => {
    await facedexJson(['index', sample.folder], work);
    const model = ['--model', 'dlib-resnet-128'];
    const { exitCode, stderr } = await facedex(['index', sample.folder, ...model], work);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('faceplugin-512');
    expect(stderr).toContain('dlib-resnet-128');
  });
});

describe('facedex index', () => {
  it('enrols everybody, and run again has nothing to do', async () => {
    const first = await facedexJson(['index', sample.folder], work);
    expect(first).toMatchObject({
      photos: sample.photos,
      faces: sample.photos,
      people: sample.people,
      added: sample.photos,
      unchanged: 0,
      skipped: [],
    });
    expect(first.photosPerSecond).toBeCloseTo(first.photos / first.seconds, 5);

    const second = await facedexJson(['index', sample.folder], work);
    expect(second).toMatchObject({
      photos: sample.photos,
      faces: sample.photos,
      people: sample.people,
      added: 0,
      unchanged: sample.photos,
      skipped: [],
    });
  });

  it('knows a folder in any form of its name, and reports one whose name can be nobody', async () => {
    const [first, second] = await readdir(sample.folder);
    const folder = join(work, 'people');
    await cp(join(sample.folder, first!), join(folder, 'Zoe\u0308 '), { recursive: true });
    await cp(join(sample.folder, second!), join(folder, 'Bob\u202e'), { recursive: true });
    const photos = await readdir(join(folder, 'Bob\u202e'));
    const zoe = await readdir(join(folder, 'Zoe\u0308 '));
    const known = zoe.map((name) => join(folder, 'Zoe\u0308 ', name));
    for (const path of known) await utimes(path, 1e9, 1e9);
    const reason = expect.stringMatching(/name of its folder has an invisible.*U\+202E.*rename/);
    const summary = {
      people: 1,
      skipped: photos.map((name) => ({ path: join(folder, 'Bob\u202e', name), reason })),
    };
    expect(await facedexJson(['index', folder], work)).toMatchObject(summary);
    expect(await facedexJson(['people'], work)).toMatchObject({ people: [{ name: 'Zo\u00eb' }] });
    // Whose photos are known isn't read again, so that other content goes unseen.
    for (const path of known) {
      await writeFile(path, Buffer.alloc((await stat(path)).size));
      await utimes(path, 1e9, 1e9);
    }
    const again = { ...summary, added: 0, unchanged: known.length };
    expect(await facedexJson(['index', folder], work)).toMatchObject(again);
  });

  it('does the difference of a changed folder', async () => {
    const folder = join(work, 'people');
    await cp(sample.folder, folder, { recursive: true });
    await facedexJson(['index', folder], work);
    const [first, second] = (await readdir(folder)).sort();
    // One photo gets other content, one moves to a new name, one goes.
    const photo = (person: string, name: string) => join(folder, person, name);
    await cp(sample.heldOut[0]!.path, photo(first!, 'plain.jpg'));
    await rename(photo(second!, 'plain.jpg'), photo(second!, 'renamed.jpg'));
    await rm(photo(second!, 'small-soft.jpg'));

    const summary = await facedexJson(['index', folder], work);
    expect(summary).toMatchObject({
      added: 1,
      unchanged: sample.photos - 2,
      missing: 2,
      pruned: 0,
    });
    const pruned = await facedexJson(['index', folder, '--prune'], work);
    expect(pruned).toMatchObject({ added: 0, missing: 0, pruned: 2, faces: sample.photos - 1 });
  });

  it('leaves out faces below the lowest quality that was asked for, and says why', async () => {
    const strict = await facedexJson(['index', sample.folder, '--min-quality', '1'], work);
    expect(strict).toMatchObject({ added: 0, faces: 0 });
    expect(strict.skipped).toHaveLength(sample.photos);
    for (const { reason } of strict.skipped) {
      expect(reason).toMatch(
        /quality is 0\.\d\d, most of all for its (size|sharpness|frontality|exposure|detection): /,
      );
    }
    const lenient = await facedexJson(['index', sample.folder, '--min-quality', '0'], work);
    expect(lenient).toMatchObject({ added: sample.photos, skipped: [] });
    const { exitCode, stderr } = await facedex(['index', '.', '--min-quality', '2'], work);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('from 0 to 1');
    const memory = await facedex(['index', '.', '--index-memory', '-1'], work);
    expect([memory.exitCode, memory.stderr]).toEqual([2, expect.stringContaining('1 or more')]);
  });

  it('reports what it cannot enrol, each with its reason, and enrols the rest', async () => {
    const folder = join(work, 'people');
    const person = join(folder, '王小明');
    await mkdir(person, { recursive: true });
    await cp(sample.heldOut[0]!.path, join(person, '照片.jpg'));
    await writeFile(join(person, 'text.jpg'), 'this is no picture');
    await writeFile(join(person, 'empty.jpg'), '');
    const whole = await sharp(sample.groupPhotos[0]!).jpeg().toBuffer();
    await writeFile(join(person, 'cut.jpg'), whole.subarray(0, whole.length / 3));
    await writeFile(join(person, 'bomb.png'), pngBomb(20_000));
    const grey = { create: { width: 300, height: 300, channels: 3, background: '#999' } } as const;
    await sharp(grey).jpeg().toFile(join(person, 'wall.jpg'));
    await writeFile(join(person, 'notes.txt'), 'not counted');

    const expected = {
      photos: 6,
      faces: 1,
      people: 1,
      skipped: [
        { path: join(person, 'bomb.png'), reason: expect.stringContaining('pixels') },
        { path: join(person, 'cut.jpg'), reason: expect.stringContaining('damaged or incomplete') },
        { path: join(person, 'empty.jpg'), reason: expect.stringContaining('empty') },
        { path: join(person, 'text.jpg'), reason: expect.stringContaining('not a picture') },
        { path: join(person, 'wall.jpg'), reason: 'no face found' },
      ],
    };
    expect(await facedexJson(['index', folder], work)).toMatchObject({ ...expected, added: 1 });
    // The second run remembers the reasons without decoding anything.
    expect(await facedexJson(['index', folder], work)).toMatchObject({ ...expected, unchanged: 1 });
    // Also for a photo that was moved, or only touched.
    await rename(join(person, 'wall.jpg'), join(person, 'zzz.jpg'));
    const moved = await facedexJson(['index', folder], work);
    expect(moved).toMatchObject({ added: 0, unchanged: 1 });
    expect(moved.skipped[4]).toEqual({ path: join(person, 'zzz.jpg'), reason: 'no face found' });
  });

  it('follows the rule for several faces', async () => {
    const folder = join(work, 'people', 'crowd');
    await mkdir(folder, { recursive: true });
    await cp(sample.groupPhotos[5]!, join(folder, 'group.jpg'));
    const index = (rule: string) =>
      facedexJson(['index', 'people', '--faces', rule, '--gallery', rule], work);
    expect(await index('largest')).toMatchObject({ faces: 1, severalFaces: [{}] });
    expect((await index('all')).faces).toBe(4);
    expect(await index('reject')).toMatchObject({
      faces: 0,
      skipped: [{ reason: expect.stringContaining('4 faces') }],
    });
  });

  it('takes names as they are: quotes, newlines, dots and slashes cannot escape', async () => {
    const folder = join(work, 'people');
    const names = ['evil..', 'new\nline', `"quoted" 'name'`, 'Ångström 山田'];
    for (const [i, name] of names.entries()) {
      await mkdir(join(folder, name), { recursive: true });
      await cp(sample.heldOut[i]!.path, join(folder, name, 'photo.jpg'));
    }
    const { stdout } = await facedex(['index', folder], work);
    // What a person sees has no raw line break from the name of a folder, which can be nobody's.
    expect(stdout).toMatch(/skipped .*line.*photo\.jpg: the name of its folder has a control/);
    const { people } = await facedexJson(['people'], work);
    const kept = names.filter((name) => name !== 'new\nline');
    expect(people.map(({ name }: { name: string }) => name).sort()).toEqual(kept.sort());
    expect((await facedex(['people'], work)).stdout.trim().split('\n')).toHaveLength(kept.length);
    await facedexJson(['remove', '--person', `"quoted" 'name'`], work);
    expect((await facedexJson(['people'], work)).people).toHaveLength(kept.length - 1);
  });
});

describe('a killed facedex index', () => {
  it('goes on where it stopped and ends with the same gallery', async () => {
    const folder = join(work, 'thrice');
    const photos = await copyThrice(sample, folder);
    await facedexJson(['index', folder, '--gallery', 'whole'], work);
    const args = ['index', folder, '--gallery', 'killed'];
    for (let kill = 0; kill < 2; kill++) {
      const child = startFacedex(args, work);
      // It tells of photos when they are written, or were before.
      await once(child.stderr!, 'data');
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    const done = (await contents('killed')).length;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(photos);
    expect(await facedexJson(args, work)).toMatchObject({ added: photos - done, unchanged: done });
    expect(await contents('killed')).toEqual(await contents('whole'));
  });

  async function contents(name: string) {
    await using gallery = await Gallery.open(join(work, name));
    const faces: unknown[] = [];
    for await (const { id, photo, person, embedding } of gallery.faces()) {
      faces.push({ id, photo, person, embedding: [...embedding] });
    }
    return faces;
  }
});

import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { pngBomb } from '../../../test-support/png-bomb.js';
import { facedex, facedexJson, startFacedex } from './cli.js';
import { makeSample, type Sample } from './sample.js';

let sample: Sample;
let work: string;
beforeAll(async () => {
  sample = await makeSample();
  work = await mkdtemp(join(tmpdir(), 'facedex-ask-'));
  await facedexJson(['index', sample.folder], work);
  const grey = { create: { width: 300, height: 300, channels: 3, background: '#999' } } as const;
  await sharp(grey).jpeg().toFile(join(work, 'wall.jpg'));
  await writeFile(join(work, 'text.jpg'), 'no picture');
  await writeFile(join(work, 'empty.jpg'), '');
  await writeFile(join(work, 'bomb.png'), pngBomb(20_000));
  const whole = await sharp(sample.groupPhotos[0]!).jpeg().toBuffer();
  await writeFile(join(work, 'cut.jpg'), whole.subarray(0, whole.length / 3));
});

describe('bad input ends with exit code 2 and a reason', () => {
  it.each([
    ['wall.jpg', 'no face found'],
    ['text.jpg', 'not a picture'],
    ['empty.jpg', 'empty'],
    ['bomb.png', 'pixels'],
    ['cut.jpg', 'damaged or incomplete'],
    ['none.jpg', 'no such file'],
  ])('search %s', async (photo, reason) => {
    const { exitCode, stdout, stderr } = await facedex(['search', photo, '--json'], work);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(reason);
    expect(JSON.parse(stdout).error.message).toContain(reason);
  });

  it.each(['0', '-1', '1.5', 'many', '10001'])('search -k %s', async (k) => {
    const { exitCode } = await facedex(['search', sample.heldOut[0]!.path, '-k', k], work);
    expect(exitCode).toBe(2);
  });

  it('a threshold out of range, an unknown command, an unknown option, a missing argument', async () => {
    const photo = sample.heldOut[0]!.path;
    for (const args of [
      ['identify', photo, '--threshold', '3'],
      ['serach', photo],
      ['search', photo, '--nearest', '3'],
      ['search'],
      ['remove'],
      ['remove', '--person', 'Nobody At All'],
      ['remove', '--photo', 'none.jpg'],
      ['search', photo, '--gallery', 'elsewhere'],
      ['search', photo, '--model', 'no-such-model'],
      ['search', photo, '--model', 'ultraface-rfb'],
      ['search', photo, '--compare', 'compare.txt'],
      ['evaluate', 'pairs', '--images', '.', '--pairs', 'none.txt'],
    ]) {
      const { exitCode, stderr } = await facedex(args, work);
      expect([args, exitCode]).toEqual([args, 2]);
      expect(stderr).not.toBe('');
    }
  });
});

describe('facedex search', () => {
  it('finds the person of every held-out photo first', async () => {
    for (const { path, person } of sample.heldOut.slice(0, 4)) {
      const { searchMs, matches } = await facedexJson(['search', path, '-k', '3'], work);
      expect(searchMs).toBeGreaterThan(0);
      expect(matches).toHaveLength(3);
      expect(matches[0]).toMatchObject({ rank: 1, person, known: true });
      for (const [i, match] of matches.entries()) {
        expect(match.rank).toBe(i + 1);
        expect(match.similarity).toBeCloseTo(1 - match.distance ** 2 / 2, 5);
        expect(match.distance).toBeGreaterThanOrEqual(matches[Math.max(0, i - 1)].distance);
        expect((await stat(match.photo)).isFile()).toBe(true);
      }
    }
  });

  it('gives all faces where k is larger than the gallery', async () => {
    const { matches } = await facedexJson(['search', sample.heldOut[0]!.path, '-k', '9999'], work);
    expect(matches).toHaveLength(sample.photos);
  });

  it('writes a comparison picture in the format of its name', async () => {
    for (const name of ['compare.jpg', 'compare.png', 'compare.webp']) {
      await facedexJson(['search', sample.heldOut[0]!.path, '--compare', name], work);
      const { format, width } = await sharp(join(work, name)).metadata();
      expect(name.endsWith(format === 'jpeg' ? 'jpg' : format!)).toBe(true);
      expect(width).toBeGreaterThan(1000);
    }
  });
});

describe('facedex search among some faces', () => {
  const ask = async (...options: string[]) => {
    const { path } = sample.heldOut[0]!;
    return (await facedexJson(['search', path, '-k', '9999', ...options], work)).matches;
  };
  const namesOf = (matches: { person: string }[]) => [
    ...new Set(matches.map(({ person }) => person)),
  ];

  it('of a person, a folder, a time', async () => {
    const { person } = sample.heldOut[0]!;
    const other = sample.heldOut[1]!.person;
    expect(namesOf(await ask('--person', other))).toEqual([other]);
    expect(namesOf(await ask('--person', other, '--person', person)).sort()).toEqual(
      [other, person].sort(),
    );
    expect(namesOf(await ask('--folder', join(sample.folder, other)))).toEqual([other]);
    expect(await ask('--until', '2020-01-01')).toEqual([]);
    expect(await ask('--since', '2020-01-01')).toHaveLength(sample.photos);
    const { exitCode } = await facedex(['search', 'x.jpg', '--since', 'yesterday'], work);
    expect(exitCode).toBe(2);
  });

  it('with a tag', async () => {
    const { person } = sample.heldOut[0]!;
    const folder = join(sample.folder, person);
    for (const half of [[folder], ['--add', 'sea']]) {
      const { exitCode, stderr } = await facedex(['tag', ...half], work);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('INVALID_ARGUMENT')]);
    }
    const tagged = await facedexJson(['tag', folder, '--add', 'sea', 'sun'], work);
    expect(tagged.photos).toBeGreaterThan(1);
    expect(namesOf(await ask('--tag', 'sea', '--tag', 'sun'))).toEqual([person]);
    await facedexJson(['tag', folder, '--remove', 'sun'], work);
    expect((await facedexJson(['tag'], work)).tags).toEqual([
      { tag: 'sea', photos: tagged.photos, people: 0 },
    ]);
    expect(await ask('--tag', 'sun')).toEqual([]);
  });

  it('by person', async () => {
    const { path, person } = sample.heldOut[0]!;
    const options = ['--group', 'person', '-k', '2'];
    const best = await facedexJson(['search', path, ...options], work);
    expect(best.people).toHaveLength(2);
    expect(best.people[0]).toMatchObject({ rank: 1, person, known: true });
    const mean = await facedexJson(['search', path, ...options, '--top-faces', '2'], work);
    expect(mean.people[0]).toMatchObject({ person });
    expect(mean.people[0].faces).toHaveLength(2);
    expect(mean.people[0].distance).toBeGreaterThanOrEqual(best.people[0].distance);
    const { stdout } = await facedex(['search', path, ...options], work);
    expect(stdout).toContain(person);
  });
});

describe('facedex index', () => {
  it('with another kind of index keeps it, and stats says why and how good it is', async () => {
    await cp(join(work, 'facedex-data'), join(work, 'flat'), { recursive: true });
    const index = ['index', sample.folder, '--gallery', 'flat', '--index'];
    expect((await facedex([...index, 'Tree7'], work)).exitCode).toBe(2);
    await facedexJson([...index, 'IVF2,Flat'], work);
    const { index: kind } = await facedexJson(['stats', '--gallery', 'flat'], work);
    expect(kind).toMatchObject({ factory: 'IVF2,Flat', why: 'it was asked for' });
    expect(kind.recall.value).toBeGreaterThan(0.98);
    const { stdout } = await facedex(['stats', '--gallery', 'flat'], work);
    expect(stdout).toMatch(/IVF2,Flat.*\n.*asked for.*\n.*% of the nearest 10(.*\n)+.*nprobe/);
    expect(stdout).toContain('2048 of vector in memory');
  });
});

describe('facedex identify', () => {
  it('names a known person, and says of a stranger that it is nobody', async () => {
    const known = await facedexJson(['identify', sample.heldOut[0]!.path], work);
    expect(known).toMatchObject({ person: sample.heldOut[0]!.person });
    expect(known.distance).toBeLessThanOrEqual(known.threshold);
    // The people of the third group photo were never enrolled.
    const stranger = await facedexJson(['identify', sample.groupPhotos[2]!], work);
    expect(stranger.person).toBeNull();
    expect(stranger.distance).toBeGreaterThan(stranger.threshold);
  });
});

describe('facedex verify', () => {
  it('tells the same person from another', async () => {
    const [a, b] = [sample.heldOut[0]!, sample.heldOut[1]!];
    const plain = join(sample.folder, a.person, 'plain.jpg');
    const same = await facedexJson(['verify', a.path, plain], work);
    expect(same).toMatchObject({ same: true, model: 'faceplugin-512' });
    const other = await facedexJson(['verify', b.path, plain], work);
    expect(other).toMatchObject({ same: false });
    expect(other.distance).toBeGreaterThan(other.threshold);
  });

  it.each(['mobilefacenet-192', 'dlib-resnet-128'])('also with %s', async (model) => {
    const { path, person } = sample.heldOut[0]!;
    const plain = join(sample.folder, person, 'plain.jpg');
    const answer = await facedexJson(['verify', path, plain, '--model', model], work);
    expect(answer).toMatchObject({ same: true, model });
  });
});

describe('facedex detect', () => {
  it('finds every face of a group photo, in pixels of the upright photo', async () => {
    const { width, height, faces } = await facedexJson(['detect', sample.groupPhotos[5]!], work);
    expect([width, height]).toEqual([1920, 1537]);
    expect(faces).toHaveLength(4);
    for (const { box, landmarks, score } of faces) {
      expect(score).toBeGreaterThan(0.6);
      expect(landmarks).toHaveLength(5);
      for (const [x, y] of landmarks) {
        expect(x).toBeGreaterThan(box.x);
        expect(x).toBeLessThan(box.x + box.width);
        expect(y).toBeGreaterThan(box.y);
        expect(y).toBeLessThan(box.y + box.height);
      }
    }
  });

  it('finds none on a wall, which is no error', async () => {
    expect((await facedexJson(['detect', 'wall.jpg'], work)).faces).toEqual([]);
  });

  it('draws what it found', async () => {
    await facedexJson(['detect', sample.groupPhotos[5]!, '--draw', 'faces.jpg'], work);
    expect((await sharp(join(work, 'faces.jpg')).metadata()).width).toBeGreaterThan(1000);
  });
});

describe('export and import', () => {
  it("write the article's two formats, and read them back into the same gallery", async () => {
    await facedexJson(['export', 'faceDB.json', 'person.json'], work);
    const faceDb = JSON.parse(await readFile(join(work, 'faceDB.json'), 'utf8'));
    const people = JSON.parse(await readFile(join(work, 'person.json'), 'utf8'));
    expect(faceDb).toHaveLength(sample.photos);
    for (const [path, vector] of faceDb) {
      expect(path.startsWith(sample.folder)).toBe(true);
      expect(vector).toHaveLength(512);
    }
    const { person } = sample.heldOut[0]!;
    expect(Object.keys(people)).toHaveLength(sample.people);
    expect(people[person].map(([file]: [string]) => file)).toContain('plain.jpg');

    const imported = await facedexJson(['import', 'faceDB.json', '--gallery', 'copy'], work);
    expect(imported).toMatchObject({ faces: sample.photos, people: sample.people, skipped: [] });
    const probe = sample.heldOut[1]!.path;
    const [a, b] = await Promise.all(
      ['facedex-data', 'copy'].map((gallery) =>
        facedexJson(['search', probe, '--gallery', gallery], work),
      ),
    );
    const essence = ({ person: who, distance }: { person: string; distance: number }) => [
      who,
      distance,
    ];
    expect(b.matches.map(essence)).toEqual(a.matches.map(essence));
  });
});

describe('damage', () => {
  it('of the index is repaired with a notice, and the answer is the same', async () => {
    await cp(join(work, 'facedex-data'), join(work, 'damaged'), { recursive: true });
    const search = ['search', sample.heldOut[0]!.path, '--gallery', 'damaged', '--json'];
    const before = JSON.parse((await facedex(search, work)).stdout).matches;
    await truncate(join(work, 'damaged', 'index.faiss'), 1000);
    const { exitCode, stdout, stderr } = await facedex(search, work);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/index/);
    expect(JSON.parse(stdout).matches).toEqual(before);
  });

  it('of the database is a clear error, and nothing is overwritten', async () => {
    await mkdir(join(work, 'ruined'));
    await writeFile(join(work, 'ruined', 'gallery.db'), Buffer.alloc(8192, 'damage'));
    for (const args of [['index', sample.folder], ['search', sample.heldOut[0]!.path], ['stats']]) {
      const { exitCode, stderr } = await facedex([...args, '--gallery', 'ruined'], work);
      expect([args[0], exitCode]).toEqual([args[0], 2]);
      expect(stderr).toContain('CORRUPT_DATABASE');
    }
    const left = await readFile(join(work, 'ruined', 'gallery.db'));
    expect(left.equals(Buffer.alloc(8192, 'damage'))).toBe(true);
  });
});

describe('remove', () => {
  it('takes a person out of every answer', async () => {
    await cp(join(work, 'facedex-data'), join(work, 'smaller'), { recursive: true });
    const { path, person } = sample.heldOut[2]!;
    const gallery = ['--gallery', 'smaller'];
    const removed = await facedexJson(['remove', '--person', person, ...gallery], work);
    expect(removed).toMatchObject({ faces: 3, photos: 3 });
    const { matches } = await facedexJson(['search', path, '-k', '9999', ...gallery], work);
    expect(matches.map((match: { person: string }) => match.person)).not.toContain(person);
    const stats = await facedexJson(['stats', ...gallery], work);
    expect(stats).toMatchObject({ faces: sample.photos - 3, people: sample.people - 1 });
  });
});

describe('a reader who leaves early', () => {
  it('is no fault', async () => {
    const child = startFacedex(['people'], work);
    child.stdout!.destroy();
    let stderr = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [exitCode] = await once(child, 'close');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});

describe('help', () => {
  it('has an example for every command', async () => {
    const { stdout } = await facedex(['--help'], work);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+)(?: \[| <| {2})/gm)].map(
      ([, name]) => name!,
    );
    expect(commands).toEqual(expect.arrayContaining(['index', 'search', 'verify', 'detect']));
    for (const command of commands.filter(
      (name) => !['help', 'classify', 'evaluate', 'models'].includes(name),
    )) {
      const help = await facedex([command, '--help'], work);
      expect([command, help.exitCode]).toEqual([command, 0]);
      expect(help.stdout).toContain(`facedex ${command}`);
      expect(help.stdout).toContain('Example:');
    }
  });
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { embedding, face, photo, photoWithoutFace, unit } from './synthetic-photos.js';
import { collect, openGallery, temporaryDirectory } from './temporary-gallery.js';

const OPTIONS = { k: 10, threshold: 1 };

describe('search', () => {
  test('answers with everything that is known of the nearest faces', async () => {
    const gallery = await openGallery(await temporaryDirectory());
    await gallery.enrol([0, 1, 2, 3].map((seed) => photo(seed)));
    const probe = unit(embedding(2).map((x, i) => x + (i === 0 ? 0.1 : 0)));
    const matches = await gallery.search(probe, { k: 2, threshold: 0.5 });
    const distance = Math.hypot(...probe.map((x, i) => x - (embedding(2)[i] ?? 0)));
    expect(matches).toHaveLength(2);
    expect(matches[0]).toEqual({
      rank: 1,
      faceId: 3,
      person: 'person-2',
      photo: '/photos/person-2/2.jpg',
      box: face(2).box,
      // FAISS computes in float32.
      distance: expect.closeTo(distance, 5),
      similarity: expect.closeTo(1 - distance ** 2 / 2, 5),
      known: true,
    });
    expect(matches[1]).toMatchObject({ rank: 2, known: false });
  });

  test('gives all there are when asked for more', async () => {
    const gallery = await openGallery(await temporaryDirectory());
    await gallery.enrol([0, 1, 2].map((seed) => photo(seed)));
    expect(await gallery.search(embedding(1), { k: 10_000, threshold: 1 })).toHaveLength(3);
  });

  test('of many probes answers as one by one', async () => {
    const gallery = await openGallery(await temporaryDirectory());
    const seeds = Array.from({ length: 40 }, (_, seed) => seed);
    await gallery.enrol(seeds.map((seed) => photo(seed)));
    const probes = seeds.map((seed) => embedding(seed + 20));
    const batch = await gallery.searchBatch(Float32Array.from(probes.flatMap((p) => [...p])), {
      k: 3,
      threshold: 1,
    });
    for (const [i, probe] of probes.entries()) {
      const single = await gallery.search(probe, { k: 3, threshold: 1 });
      expect(batch[i]?.map(({ faceId }) => faceId)).toEqual(single.map(({ faceId }) => faceId));
    }
    expect(await gallery.searchBatch(new Float32Array(0), OPTIONS)).toEqual([]);
  });
});

describe('identify', () => {
  test('names a person within the threshold only', async () => {
    const gallery = await openGallery(await temporaryDirectory());
    await gallery.enrol([photo(0), photo(1)]);
    expect(await gallery.identify(embedding(1), { threshold: 0.1 })).toMatchObject({
      person: 'person-1',
      distance: expect.closeTo(0, 3),
      threshold: 0.1,
    });
    const stranger = await gallery.identify(embedding(77), { threshold: 0.1 });
    expect(stranger.person).toBeNull();
    expect(stranger.distance).toBeGreaterThan(0.1);
    expect(stranger.nearest).toMatchObject({ known: false });
  });

  test('finds a named face behind a crowd of unnamed ones', async () => {
    const gallery = await openGallery(await temporaryDirectory());
    const near = (seed: number) =>
      unit(embedding(1).map((x, i) => x + 0.01 * (embedding(seed)[i] ?? 0)));
    const crowd = Array.from({ length: 150 }, (_, i) =>
      photo(i + 10, { person: null, faces: [{ ...face(i), embedding: near(i + 10) }] }),
    );
    await gallery.enrol([...crowd, photo(2, { person: 'Far' })]);
    const found = await gallery.identify(embedding(1), { threshold: 2 });
    expect(found).toMatchObject({ person: 'Far', nearest: { rank: 151 } });
    await gallery.removePerson('Far');
    expect(await gallery.identify(embedding(1), { threshold: 2 })).toMatchObject({
      person: null,
      distance: null,
      nearest: null,
    });
  });
});

describe('enrol', () => {
  test('remembers what it was told, faces or none', async () => {
    const directory = await temporaryDirectory();
    let gallery = await openGallery(directory);
    const group = photo(2, { person: null, faces: [face(2), face(3)] });
    expect(await gallery.enrol([photo(0), photoWithoutFace(1), group])).toEqual([
      'added',
      'added',
      'added',
    ]);
    await gallery[Symbol.asyncDispose]();
    gallery = await openGallery(directory, { mode: 'read' });
    const { faces: _, width: __, height: ___, ...state } = photoWithoutFace(1);
    expect((await gallery.pathsUnder('/photos')).get(state.path)).toEqual(state);
    const { id: personId } = (await gallery.records.personNamed('person-0'))!;
    expect(await collect(gallery.faces())).toEqual([
      { id: 1, photo: photo(0).path, person: 'person-0', personId, ...face(0) },
      { id: 2, photo: group.path, person: null, personId: null, ...face(2) },
      { id: 3, photo: group.path, person: null, personId: null, ...face(3) },
    ]);
    expect(await gallery.people()).toEqual([
      { name: 'person-0', photos: 1, faces: 1 },
      { name: 'person-1', photos: 1, faces: 0 },
    ]);
    expect(await gallery.stats()).toMatchObject({
      people: 2,
      photos: 3,
      faces: 3,
      unlabelledFaces: 2,
      photosByOutcome: { enrolled: 2, 'no-face': 1, 'several-faces': 0, unreadable: 0 },
      index: { factory: expect.any(String), size: 3 },
      lastChange: 3,
    });
  });

  test('the same again changes nothing', async () => {
    const gallery = await openGallery(await temporaryDirectory());
    await gallery.enrol([photo(0), photoWithoutFace(1)]);
    expect(await gallery.enrol([photo(0), photoWithoutFace(1)])).toEqual([
      'unchanged',
      'unchanged',
    ]);
    expect(await gallery.stats()).toMatchObject({ photos: 2, faces: 1, lastChange: 1 });
  });

  test('a path with other content replaces its photo', async () => {
    const gallery = await openGallery(await temporaryDirectory());
    await gallery.enrol([photo(0), photo(1)]);
    const changed = photo(9, { path: photo(0).path, person: 'person-0' });
    expect(await gallery.enrol([changed])).toEqual(['replaced']);
    expect((await collect(gallery.faces())).map(({ id }) => id)).toEqual([2, 3]);
    expect(await gallery.search(embedding(0), { k: 9, threshold: 0.1 })).toMatchObject([
      { known: false },
      { known: false },
    ]);
  });

  test('a path with other content keeps the photo that another path shows', async () => {
    const gallery = await openGallery(await temporaryDirectory());
    const copy = photo(0, { path: '/photos/person-0/copy.jpg' });
    await gallery.enrol([photo(0)]);
    expect(await gallery.link(copy)).toBe('linked');
    await gallery.enrol([photo(9, { path: photo(0).path, person: 'person-0' })]);
    expect((await collect(gallery.faces())).map((f) => f.photo)).toEqual([
      copy.path,
      photo(0).path,
    ]);
  });

  test('another recipe does the photo again, for all its paths', async () => {
    const gallery = await openGallery(await temporaryDirectory());
    const copy = photo(0, { path: '/photos/person-0/copy.jpg' });
    await gallery.enrol([photo(0), copy]);
    expect(await gallery.link({ ...copy, recipe: 'recipe-2' })).toBe('unknown');
    const again = photo(0, { recipe: 'recipe-2', faces: [face(4)] });
    expect(await gallery.enrol([again])).toEqual(['replaced']);
    expect(await collect(gallery.faces())).toMatchObject([{ id: 2, embedding: embedding(4) }]);
  });

  test('two equal files in one batch are one photo', async () => {
    const gallery = await openGallery(await temporaryDirectory());
    const copy = photo(0, { path: '/photos/person-0/copy.jpg' });
    expect(await gallery.enrol([photo(0), copy])).toEqual(['added', 'linked']);
    expect(await gallery.stats()).toMatchObject({ photos: 1, faces: 1 });
  });
});

describe('the same content in folders of two people', () => {
  async function twoFolders() {
    const directory = await temporaryDirectory();
    const ann = photo(0, { path: join(directory, 'Ann.jpg'), person: 'Ann' });
    const bob = photo(0, { path: join(directory, 'Bob.jpg'), person: 'Bob' });
    const album = photo(0, { path: join(directory, 'album.jpg'), person: null });
    await writeFile(ann.path, '');
    await writeFile(bob.path, '');
    await writeFile(album.path, '');
    const gallery = await openGallery(join(directory, 'gallery'));
    return { gallery, ann, bob, album };
  }

  test('is a conflict, and stays the first one’s', async () => {
    const { gallery, ann, bob } = await twoFolders();
    const conflict = { conflictWith: { path: ann.path, person: 'Ann' } };
    await gallery.enrol([ann]);
    expect(await gallery.link(bob)).toEqual(conflict);
    expect(await gallery.enrol([bob])).toEqual([conflict]);
    expect(await gallery.enrol([{ ...bob, recipe: 'recipe-2' }])).toEqual([conflict]);
    expect(await gallery.people()).toEqual([{ name: 'Ann', photos: 1, faces: 1 }]);
  });

  test('takes the old content from the path that has changed', async () => {
    const { gallery, ann, bob } = await twoFolders();
    await gallery.enrol([ann, { ...photo(7), path: bob.path, person: 'Bob' }]);
    expect(await gallery.link(bob)).toMatchObject({ conflictWith: { person: 'Ann' } });
    expect((await gallery.pathsUnder(bob.path)).size).toBe(0);
    expect(await gallery.people()).toEqual([{ name: 'Ann', photos: 1, faces: 1 }]);
  });

  test('has moved when the first file is gone', async () => {
    const { gallery, ann, bob } = await twoFolders();
    await gallery.enrol([{ ...ann, path: '/gone/Ann.jpg' }]);
    expect(await gallery.link(bob)).toBe('linked');
    expect(await gallery.people()).toEqual([{ name: 'Bob', photos: 1, faces: 1 }]);
    expect(await gallery.search(embedding(0), OPTIONS)).toMatchObject([
      { faceId: 1, person: 'Bob', photo: bob.path },
    ]);
  });

  test('a folder that names nobody makes no claim', async () => {
    const { gallery, ann, album } = await twoFolders();
    await gallery.enrol([album]);
    expect(await gallery.people()).toEqual([]);
    expect(await gallery.link(ann)).toBe('linked');
    expect(await gallery.people()).toEqual([{ name: 'Ann', photos: 1, faces: 1 }]);
    await gallery.removePhoto(ann.path);
    expect(await gallery.stats()).toMatchObject({ faces: 1, unlabelledFaces: 1, people: 0 });
  });

  test('a folder that names nobody has no say in how faces are made, so both stay as they are', async () => {
    const { gallery, ann, album } = await twoFolders();
    const everybody = { ...album, recipe: 'everybody', faces: [face(0), face(1)] };
    await gallery.enrol([everybody]);
    expect(await gallery.enrol([ann])).toEqual(['replaced']);
    const states = await gallery.pathsUnder('/');
    expect(states.get(album.path)?.recipe).toBe('everybody');
    expect(states.get(ann.path)?.recipe).toBe('recipe-1');
    const changed = { ...everybody, recipe: 'everybody-2' };
    expect(await gallery.link(changed)).toBe('linked');
    expect(await gallery.enrol([changed])).toEqual(['unchanged']);
    expect(await collect(gallery.faces())).toMatchObject([{ id: 3, person: 'Ann' }]);
  });

  test('without a face is nobody’s, until a face is found in it', async () => {
    const { gallery, ann, bob } = await twoFolders();
    const none = { outcome: 'no-face' as const, faces: [] };
    expect(await gallery.enrol([{ ...ann, ...none }])).toEqual(['added']);
    expect(await gallery.link(bob)).toBe('linked');
    expect(await gallery.enrol([{ ...bob, recipe: 'recipe-2' }])).toEqual(['replaced']);
    expect(await gallery.people()).toEqual([{ name: 'Bob', photos: 1, faces: 1 }]);
  });
});

describe('paths', () => {
  test('under a directory are those at any depth, and no others', async () => {
    const gallery = await openGallery(await temporaryDirectory());
    const paths = ['/a/b/1.jpg', '/a/b/c/d/2.jpg', '/a/b', '/a/b.jpg', '/a/bc/3.jpg', '/a/B/4.jpg'];
    await gallery.enrol(paths.map((path, seed) => photo(seed, { path })));
    const expected = ['/a/b', '/a/b/1.jpg', '/a/b/c/d/2.jpg'];
    for (const directory of ['/a/b', '/a/b/', '/a/./x/../b']) {
      expect([...(await gallery.pathsUnder(directory)).keys()]).toEqual(expected);
    }
    expect((await gallery.pathsUnder('/')).size).toBe(paths.length);
  });

  test('that mean the same file are the same', async () => {
    const gallery = await openGallery(await temporaryDirectory());
    await gallery.enrol([photo(0, { path: '/a/./b/../c//1.jpg' })]);
    expect([...(await gallery.pathsUnder('/a')).keys()]).toEqual(['/a/c/1.jpg']);
    expect(await gallery.enrol([photo(0, { path: '/a/c/1.jpg' })])).toEqual(['unchanged']);
    expect(await gallery.removePhoto('/a/x/../c/1.jpg')).toEqual({ faces: 1, photos: 1 });
  });

  test.each([
    "O'Brien; DROP TABLE faces; --",
    'two words "quotes" \\ %_*?[]',
    '../../etc',
    '王小明',
    'Zoë — e\u0301',
    '👩‍🚀🏳️‍🌈',
    'x'.repeat(10_000),
  ])('and people may have any name: %#', async (name) => {
    const directory = await temporaryDirectory();
    let gallery = await openGallery(directory);
    const path = `/photos/two\nlines\ttabs/${name.replaceAll('/', '_')}/1.jpg`;
    await gallery.enrol([photo(0, { path, person: name })]);
    const person = name.normalize('NFC');
    await gallery[Symbol.asyncDispose]();
    gallery = await openGallery(directory);
    expect(await gallery.search(embedding(0), OPTIONS)).toMatchObject([{ person, photo: path }]);
    expect(await gallery.people()).toEqual([{ name: person, photos: 1, faces: 1 }]);
    expect(await gallery.removePerson(name)).toEqual({ faces: 1, photos: 1 });
  });
});

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkGallery, Gallery, type PhotoInput } from '../src/index.js';
import { embedding, face, photo, SPACE } from './synthetic-photos.js';
import { collect, temporaryDirectory } from './temporary-gallery.js';

/** What a gallery should hold, in the plainest terms. */
class Model {
  readonly photos = new Map<string, ModelPhoto>();
  readonly #filesExist: boolean;
  #nextId = 1;
  #gone = new Set<string>();

  constructor(filesExist: boolean) {
    this.#filesExist = filesExist;
  }

  enrol(batch: readonly PhotoInput[]): void {
    this.#lookAround(batch);
    for (const input of batch) {
      this.#enrolOne(input);
    }
  }

  #enrolOne(input: PhotoInput): void {
    const known = this.photos.get(input.contentHash);
    const made = known !== undefined && this.#isMade(known, input);
    if (known !== undefined && this.#isConflict(known, input)) {
      return;
    }
    const target = known ?? { recipe: '', faces: [], paths: new Map() };
    if (!made) {
      target.recipe = input.recipe;
      target.faces = input.faces.map((f) => ({ id: this.#nextId++, embedding: f.embedding }));
    }
    this.#attach(target, input);
  }

  link(input: PhotoInput): void {
    this.#lookAround([input]);
    const known = this.photos.get(input.contentHash);
    if (known && this.#isMade(known, input) && !this.#isConflict(known, input)) {
      this.#attach(known, input);
    }
  }

  removePath(path: string): void {
    for (const [hash, { paths }] of this.photos) {
      if (paths.delete(path) && paths.size === 0) {
        this.photos.delete(hash);
      }
    }
  }

  removePerson(name: string): void {
    for (const { paths, faces } of [...this.photos.values()]) {
      if ([...paths.values()].includes(name)) {
        for (const [path, person] of [...paths]) {
          if (faces.length > 0 || person === name) {
            this.removePath(path);
          }
        }
      }
    }
  }

  /** Every face: id, person, first path. */
  faces(): { id: number; person: string | null; photo: string; embedding: Float32Array }[] {
    return [...this.photos.values()]
      .flatMap(({ faces, paths }) => {
        const person = [...paths.values()].find((name) => name !== null) ?? null;
        const [first = ''] = [...paths.keys()].sort();
        return faces.map((f) => ({ ...f, person, photo: first }));
      })
      .sort((a, b) => a.id - b.id);
  }

  people(): string[] {
    const names = [...this.photos.values()].flatMap(({ paths }) => [...paths.values()]);
    return [...new Set(names)].filter((name) => name !== null).sort();
  }

  #lookAround(batch: readonly PhotoInput[]): void {
    const all = [...this.photos.values()].flatMap(({ paths }) => [...paths.keys()]);
    this.#gone = new Set(this.#filesExist ? [] : all);
    for (const { path } of batch) {
      this.#gone.delete(path);
    }
  }

  #isMade(known: ModelPhoto, input: PhotoInput): boolean {
    const named = [...known.paths].filter(
      ([path, person]) => person !== null && path !== input.path && !this.#gone.has(path),
    );
    return known.recipe === input.recipe || (input.person === null && named.length > 0);
  }

  #isConflict(known: ModelPhoto, input: PhotoInput): boolean {
    const yielding: string[] = [];
    for (const [path, person] of known.paths) {
      if (path === input.path || person === input.person) {
        continue;
      }
      if (this.#gone.has(path)) {
        yielding.push(path);
        continue;
      }
      if (person !== null && input.person !== null) {
        if (known.faces.length > 0) {
          if (!known.paths.has(input.path)) {
            this.removePath(input.path);
          }
          return true;
        }
        if (input.faces.length > 0) {
          yielding.push(path);
        }
      }
    }
    for (const path of yielding) {
      known.paths.delete(path);
    }
    return false;
  }

  #attach(target: ModelPhoto, { contentHash, path, person }: PhotoInput): void {
    if (!target.paths.has(path)) {
      this.removePath(path);
    }
    target.paths.set(path, person);
    this.photos.set(contentHash, target);
  }
}

interface ModelPhoto {
  recipe: string;
  faces: { id: number; embedding: Float32Array }[];
  paths: Map<string, string | null>;
}

const FOLDERS = ['Ann', 'Bob', null];
const CONTENTS = 6;

const anyPhoto = fc.record({
  content: fc.nat(CONTENTS - 1),
  file: fc.nat(3),
  folder: fc.constantFrom(...FOLDERS),
  recipe: fc.constantFrom('recipe-1', 'recipe-2'),
});
type AnyPhoto = typeof anyPhoto extends fc.Arbitrary<infer T> ? T : never;

const anyStep = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ enrol: fc.array(anyPhoto, { minLength: 1, maxLength: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ link: anyPhoto }) },
  { weight: 2, arbitrary: fc.record({ removePhoto: anyPhoto }) },
  { weight: 1, arbitrary: fc.record({ removePerson: fc.constantFrom('Ann', 'Bob') }) },
  { weight: 1, arbitrary: fc.record({ reopen: fc.constant(true) }) },
);

test.each([true, false])(
  'any sequence of changes ends as in the model (files exist: %s)',
  async (filesExist) => {
    const root = await temporaryDirectory();
    const input = ({ content, file, folder, recipe }: AnyPhoto): PhotoInput => {
      // Every third content has no face by one recipe, two faces by the other.
      const two = [face(content * 10), face(content * 10 + 1)];
      const faces = content % 3 > 0 ? [face(content * 10)] : recipe === 'recipe-1' ? [] : two;
      return photo(content, {
        path: join(root, folder ?? 'album', `${file}.jpg`),
        person: folder,
        recipe,
        outcome: faces.length === 0 ? 'no-face' : 'enrolled',
        faces,
      });
    };
    if (filesExist) {
      for (const folder of FOLDERS) {
        for (const file of [0, 1, 2, 3]) {
          const { path } = input({ content: 0, file, folder, recipe: 'recipe-1' });
          await mkdir(dirname(path), { recursive: true });
          await writeFile(path, '');
        }
      }
    }
    let run = 0;
    const property = fc.asyncProperty(fc.array(anyStep, { maxLength: 25 }), async (steps) => {
      const directory = join(root, `gallery-${run++}`);
      const open = () => Gallery.open(directory, { space: SPACE, mode: 'write' });
      const model = new Model(filesExist);
      let gallery = await open();
      try {
        for (const step of steps) {
          if ('enrol' in step) {
            await gallery.enrol(step.enrol.map(input));
            model.enrol(step.enrol.map(input));
          } else if ('link' in step) {
            await gallery.link(input(step.link));
            model.link(input(step.link));
          } else if ('removePhoto' in step) {
            const { path } = input(step.removePhoto);
            await gallery.removePhotos([path]);
            model.removePath(path);
          } else if ('removePerson' in step) {
            await gallery.removePerson(step.removePerson).catch(() => undefined);
            model.removePerson(step.removePerson);
          } else {
            await gallery[Symbol.asyncDispose]();
            gallery = await open();
          }
          await compare(gallery, model);
        }
        expect(await checkGallery(directory)).toMatchObject({ sound: true });
      } finally {
        await gallery[Symbol.asyncDispose]();
      }
    });
    await fc.assert(property, { numRuns: 25, seed: 7 });
  },
);

async function compare(gallery: Gallery, model: Model): Promise<void> {
  const expected = model.faces();
  const faces = await collect(gallery.faces());
  expect(
    faces.map(({ id, person, photo: path, embedding: e }) => ({
      id,
      embedding: e,
      person,
      photo: path,
    })),
  ).toEqual(expected);
  expect((await gallery.people()).map(({ name }) => name)).toEqual(model.people());
  const found = await gallery.search(embedding(0), { k: 100, threshold: 2 });
  expect(found.map(({ faceId }) => faceId).sort((a, b) => a - b)).toEqual(
    expected.map(({ id }) => id),
  );
}

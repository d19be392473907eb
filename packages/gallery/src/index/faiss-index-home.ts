import type { Stats } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaissError, FaissIndex } from '@facedex/faiss';
import { GalleryError } from '../errors.js';
import { FILE_MODE } from '../file-modes.js';
import { FaissVectorIndex } from './faiss-vector-index.js';
import type {
  IndexBuild,
  IndexHome,
  IndexStamp,
  LoadedIndex,
  SearchSettings,
  VectorIndex,
} from './vector-index.js';

/** FAISS indexes, of which one is kept in a file. */
export class FaissIndexHome implements IndexHome {
  readonly #path: string;
  readonly #temporary: string;
  readonly #dimension: number;

  constructor(options: { path: string; dimension: number }) {
    this.#path = options.path;
    this.#temporary = `${options.path}.tmp`;
    this.#dimension = options.dimension;
  }

  create(factory: string): VectorIndex {
    return FaissVectorIndex.create({ dimension: this.#dimension, factory });
  }

  async save(index: VectorIndex, stamp: IndexStamp): Promise<void> {
    if (!(index instanceof FaissVectorIndex)) {
      throw new GalleryError('INVALID_ARGUMENT', 'expected an index that was made here');
    }
    // FAISS writes into this file, if it is there, and renames it: others must never read what it holds.
    await rm(this.#temporary, { force: true });
    const file = await open(this.#temporary, 'wx', FILE_MODE).catch(() => undefined);
    // Where it can't be made, FAISS says why.
    await file?.close();
    await index.saveTo(this.#path, JSON.stringify(stamp));
  }

  async load(): Promise<LoadedIndex> {
    const file = await this.#file();
    if (file === undefined || file.size === 0) {
      return { state: 'missing' };
    }
    let faiss: FaissIndex;
    try {
      faiss = await FaissIndex.load(this.#path);
    } catch (error) {
      if (!(error instanceof FaissError) || error.code === 'OUT_OF_MEMORY') {
        throw error;
      }
      if ((await this.#file())?.ino !== file.ino) {
        // A writer has removed or replaced it meanwhile.
        return this.load();
      }
      return { state: 'unusable', reason: error.message };
    }
    const index = new FaissVectorIndex(faiss);
    try {
      const stamp = parseStamp(faiss.note);
      if (stamp === undefined || faiss.dimension !== this.#dimension || faiss.metric !== 'l2') {
        await index[Symbol.asyncDispose]();
        return { state: 'unusable', reason: 'it is not the index of a gallery like this one' };
      }
      await index.use(stamp.build.search);
      return { state: 'loaded', index, stamp };
    } catch (error) {
      await index[Symbol.asyncDispose]();
      throw error;
    }
  }

  async discard(): Promise<void> {
    await rm(this.#path, { force: true });
    // What a process left that was killed while it saved.
    await rm(this.#temporary, { force: true });
    const directory = await open(dirname(this.#path), 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }

  async sizeBytes(): Promise<number> {
    return (await this.#file())?.size ?? 0;
  }

  async #file(): Promise<Stats | undefined> {
    return stat(this.#path).catch(() => undefined);
  }
}

function parseStamp(note: string): IndexStamp | undefined {
  let value: Partial<IndexStamp> | null;
  try {
    value = JSON.parse(note) as Partial<IndexStamp> | null;
  } catch {
    return undefined;
  }
  const { galleryId, spaceId, change, build } = value ?? {};
  return typeof galleryId === 'string' &&
    typeof spaceId === 'string' &&
    Number.isInteger(change) &&
    isBuild(build)
    ? { galleryId, spaceId, change: Number(change), build }
    : undefined;
}

function isBuild(value: Partial<IndexBuild> | undefined): value is IndexBuild {
  return (
    typeof value?.wanted === 'string' &&
    typeof value.why === 'string' &&
    Number.isInteger(value.faces) &&
    isSettings(value.search)
  );
}

function isSettings(value: Partial<SearchSettings> | undefined): value is SearchSettings {
  return (
    typeof value?.candidates === 'number' &&
    typeof value.parameters === 'object' &&
    (value.recall === undefined || typeof value.recall.value === 'number')
  );
}

import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Gallery, GalleryError, type Removal } from '@facedex/gallery';
import pLimit from 'p-limit';
import { Facedex, spaceOf } from '../facedex.js';
import { FacedexError } from '../facedex-error.js';
import { GALLERY_NAME, type GalleryPlaces } from './gallery-places.js';
import { OpenGallery } from './open-gallery.js';
import type { Pipelines } from './pipelines.js';

/** Begins the names of folders that are about to be removed: no gallery's. */
const DELETED = '.deleted-';

/**
 * The galleries of a server, opened when first asked for; this process is their writer. What another
 * process has moved to another model, or replaced, is opened again.
 */
export class Galleries implements AsyncDisposable {
  readonly #places: GalleryPlaces;
  readonly #pipelines: Pipelines;
  readonly #keepPhotos: boolean;
  readonly #onNotice: (message: string) => void;
  readonly #open = new Map<string, Promise<OpenGallery>>();
  readonly #opening = pLimit(1);
  /** Nobody gets at them any more. */
  readonly #deleting = new Set<string>();
  /** Of galleries that are not open: the model, and what the files were like then. */
  readonly #models = new Map<string, { readonly state: string; readonly model: string }>();

  constructor(parts: {
    readonly places: GalleryPlaces;
    readonly pipelines: Pipelines;
    readonly keepPhotos: boolean;
    readonly onNotice: (message: string) => void;
  }) {
    this.#places = parts.places;
    this.#pipelines = parts.pipelines;
    this.#keepPhotos = parts.keepPhotos;
    this.#onNotice = parts.onNotice;
  }

  /** By name; the model is null where the gallery can't be read. */
  async list(): Promise<{ name: string; model: string | null }[]> {
    const names =
      'single' in this.#places
        ? [this.#places.single.name]
        : await readdir(this.#places.data).catch(() => []);
    const there = names.filter((name) => this.#exists(name)).sort();
    return Promise.all(there.map(async (name) => ({ name, model: await this.#modelOf(name) })));
  }

  /**
   * @throws {GalleryError} `NO_GALLERY`, `CORRUPT_DATABASE`, `UNSUPPORTED_VERSION`
   * @throws {PipelineError} `MODEL_MISSING`, `UNKNOWN_MODEL`
   */
  async open(name: string): Promise<OpenGallery> {
    if (this.#deleting.has(name)) throw noGallery(name);
    const held = this.#open.get(name);
    if (held === undefined) {
      if (!this.#exists(name)) throw noGallery(name);
      return this.#hold(name, this.#start(name));
    }
    const open = await held;
    if (await open.gallery.isCurrent()) return open;
    if (this.#open.get(name) === held && !this.#deleting.has(name)) {
      // Closed before: its log has the name of that of the next.
      const again = open[Symbol.asyncDispose]().then(() => this.#start(name));
      await this.#hold(name, again);
    }
    return this.open(name);
  }

  /**
   * As {@link open}, to change it.
   *
   * @throws {GalleryError} `LOCKED` while another process writes to it
   */
  async openToChange(name: string): Promise<OpenGallery> {
    const open = await this.open(name);
    return open.readOnly ? this.#opening(() => this.#openAgain(name)) : open;
  }

  /**
   * @param model default that of the server
   * @throws {FacedexError} `FORBIDDEN` where the server has a single gallery
   * @throws {GalleryError} `GALLERY_EXISTS`
   * @throws {PipelineError} `UNKNOWN_MODEL`, `MODEL_MISSING`
   */
  async create(name: string, model?: string): Promise<OpenGallery> {
    if ('single' in this.#places && name !== this.#places.single.name) throw isSingle();
    if (this.#deleting.has(name)) {
      throw new GalleryError(
        'GALLERY_EXISTS',
        `the gallery "${name}" is being deleted: try again, or take another name`,
      );
    }
    // Somebody may have removed its folder.
    if (!this.#exists(name))
      await this.#open
        .get(name)
        ?.then(() => this.open(name))
        .catch(() => {});
    if (this.#exists(name) || this.#open.has(name)) {
      throw new GalleryError('GALLERY_EXISTS', `there is a gallery "${name}": take another name`);
    }
    return this.#hold(name, this.#create(name, model));
  }

  /**
   * From the first moment on there is no such gallery for anybody else.
   *
   * @param letGo ends what works on the gallery, and forgets what is known of it elsewhere
   * @throws {FacedexError} `FORBIDDEN` where the server has a single gallery
   * @throws {GalleryError} `NO_GALLERY`, also while somebody else deletes it; `LOCKED`
   */
  async delete(name: string, letGo: () => Promise<void>): Promise<Removal> {
    if ('single' in this.#places) throw isSingle();
    await this.openToChange(name);
    // Not while it is being opened again.
    await this.#opening(() => {
      if (this.#deleting.has(name)) throw noGallery(name);
      this.#deleting.add(name);
    });
    const deleted = join(this.#places.data, `${DELETED}${randomUUID()}`);
    try {
      await letGo();
      const open = await this.#open.get(name);
      if (open === undefined) throw noGallery(name);
      const { faces, photos } = await open.gallery.counts();
      await open[Symbol.asyncDispose]();
      this.#open.delete(name);
      // Whoever still has it open finds nothing to write to.
      await rename(this.#directoryOf(name), deleted);
      // What came in at the last moment.
      await letGo();
      return { faces, photos };
    } finally {
      this.#deleting.delete(name);
      await rm(deleted, { recursive: true, force: true });
    }
  }

  /** Removes what a process that ended while it deleted a gallery left of it. */
  async removeLeftovers(): Promise<void> {
    if ('single' in this.#places) return;
    const names = await readdir(this.#places.data).catch(() => []);
    for (const name of names.filter((one) => one.startsWith(DELETED))) {
      await rm(join(this.#places.data, name), { recursive: true, force: true });
    }
  }

  /** Those that were opened. */
  async opened(): Promise<OpenGallery[]> {
    const all = await Promise.allSettled(this.#open.values());
    return all.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }

  /** Lets go of what is in memory of people of a gallery who may be gone. */
  async forget(name: string): Promise<void> {
    (await this.#open.get(name))?.forget();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const open of await this.opened()) await open[Symbol.asyncDispose]();
    this.#open.clear();
  }

  #hold(name: string, open: Promise<OpenGallery>): Promise<OpenGallery> {
    this.#open.set(name, open);
    open.catch(() => this.#open.delete(name));
    return open;
  }

  /** The process that wrote to it may have ended since. */
  async #openAgain(name: string): Promise<OpenGallery> {
    const open = await this.open(name);
    if (!open.readOnly) return open;
    const again = await this.#start(name);
    if (again.readOnly) {
      await again[Symbol.asyncDispose]();
      throw new GalleryError(
        'LOCKED',
        `another process writes to the gallery "${name}": try later`,
      );
    }
    this.#open.set(name, Promise.resolve(again));
    await open[Symbol.asyncDispose]();
    return again;
  }

  async #create(name: string, model: string | undefined): Promise<OpenGallery> {
    const pipeline = await this.#pipelines.get(model);
    const directory = this.#directoryOf(name);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const space = spaceOf(pipeline.model);
    await (await Gallery.open(directory, { space, mode: 'write' }))[Symbol.asyncDispose]();
    return this.#start(name);
  }

  async #start(name: string): Promise<OpenGallery> {
    const directory = this.#directoryOf(name);
    const model = (await Gallery.spaceOf(directory))?.id;
    if (model === undefined) throw noGallery(name);
    const pipeline = await this.#pipelines.get(model);
    const openAs = async (readOnly: boolean) =>
      new OpenGallery({
        name,
        readOnly,
        keepPhotos: this.#keepPhotos,
        facedex: await Facedex.open({
          gallery: directory,
          pipeline,
          readOnly,
          onNotice: this.#onNotice,
        }),
      });
    try {
      return await openAs(false);
    } catch (error) {
      if (error instanceof GalleryError && error.code === 'LOCKED') return openAs(true);
      throw error;
    }
  }

  async #modelOf(name: string): Promise<string | null> {
    try {
      if (this.#open.has(name)) return (await this.open(name)).gallery.space.id;
      const directory = this.#directoryOf(name);
      const state = stateOf(directory);
      const known = this.#models.get(name);
      if (known?.state === state) return known.model;
      const model = (await Gallery.spaceOf(directory))?.id ?? null;
      if (model !== null) this.#models.set(name, { state, model });
      return model;
    } catch {
      return null;
    }
  }

  #exists(name: string): boolean {
    if ('single' in this.#places && name !== this.#places.single.name) return false;
    if (this.#deleting.has(name)) return false;
    return (
      new RegExp(GALLERY_NAME).test(name) && existsSync(join(this.#directoryOf(name), 'gallery.db'))
    );
  }

  #directoryOf(name: string): string {
    return 'single' in this.#places ? this.#places.single.directory : join(this.#places.data, name);
  }
}

/** Looking into a gallery takes longer than to see that nobody has written to it. */
function stateOf(directory: string): string {
  const states = ['gallery.db', 'gallery.db-wal'].map((name) => {
    const found = statSync(join(directory, name), { throwIfNoEntry: false });
    return found && `${found.ino} ${found.size} ${found.mtimeMs}`;
  });
  return states.join();
}

function noGallery(name: string): GalleryError {
  return new GalleryError(
    'NO_GALLERY',
    `there is no gallery "${name}": POST /v1/galleries makes it`,
  );
}

function isSingle(): FacedexError {
  return new FacedexError(
    'FORBIDDEN',
    'the server has a single gallery: start it with --data to have several',
  );
}

import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Gallery, GalleryError, type Removal } from '@facedex/gallery';
import { Facedex, spaceOf } from '../facedex.js';
import { FacedexError } from '../facedex-error.js';
import { GALLERY_NAME, type GalleryPlaces } from './gallery-places.js';
import { OpenGallery } from './open-gallery.js';
import type { Pipelines } from './pipelines.js';

/** The galleries of a server, opened when first asked for; this process is their writer. */
export class Galleries implements AsyncDisposable {
  readonly #places: GalleryPlaces;
  readonly #pipelines: Pipelines;
  readonly #keepPhotos: boolean;
  readonly #onNotice: (message: string) => void;
  readonly #open = new Map<string, Promise<OpenGallery>>();
  readonly #models = new Map<string, string>();

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
    let open = this.#open.get(name);
    if (open === undefined) {
      if (!this.#exists(name)) throw noGallery(name);
      open = this.#start(name);
      this.#open.set(name, open);
      open.catch(() => this.#open.delete(name));
    }
    return open;
  }

  /**
   * As {@link open}, to change it.
   *
   * @throws {GalleryError} `LOCKED` while another process writes to it
   */
  async openToChange(name: string): Promise<OpenGallery> {
    const open = await this.open(name);
    if (!open.readOnly) return open;
    // It may have ended since.
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

  /**
   * @param model default that of the server
   * @throws {FacedexError} `FORBIDDEN` where the server has a single gallery
   * @throws {GalleryError} `GALLERY_EXISTS`
   * @throws {PipelineError} `UNKNOWN_MODEL`, `MODEL_MISSING`
   */
  async create(name: string, model?: string): Promise<OpenGallery> {
    if ('single' in this.#places && name !== this.#places.single.name) throw isSingle();
    if (this.#exists(name) || this.#open.has(name)) {
      throw new GalleryError('GALLERY_EXISTS', `there is a gallery "${name}": take another name`);
    }
    const open = this.#create(name, model);
    this.#open.set(name, open);
    open.catch(() => this.#open.delete(name));
    return open;
  }

  /** @throws {FacedexError} `FORBIDDEN` where the server has a single gallery */
  async delete(name: string): Promise<Removal> {
    if ('single' in this.#places) throw isSingle();
    const open = await this.openToChange(name);
    const { faces, photos } = await open.gallery.counts();
    this.#open.delete(name);
    this.#models.delete(name);
    await open[Symbol.asyncDispose]();
    await rm(open.gallery.directory, { recursive: true, force: true });
    return { faces, photos };
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
    this.#models.set(name, model);
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
    const known = this.#models.get(name);
    if (known !== undefined) return known;
    try {
      const model = (await Gallery.spaceOf(this.#directoryOf(name)))?.id ?? null;
      if (model !== null) this.#models.set(name, model);
      return model;
    } catch {
      return null;
    }
  }

  #exists(name: string): boolean {
    if ('single' in this.#places && name !== this.#places.single.name) return false;
    return (
      new RegExp(GALLERY_NAME).test(name) && existsSync(join(this.#directoryOf(name), 'gallery.db'))
    );
  }

  #directoryOf(name: string): string {
    return 'single' in this.#places ? this.#places.single.directory : join(this.#places.data, name);
  }
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

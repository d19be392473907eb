import type { ClassifierModel, Gallery, PhotoFiles, Records } from '@facedex/gallery';
import pLimit from 'p-limit';
import type { Facedex } from '../facedex.js';
import { FacedexError } from '../facedex-error.js';
import { Pictures } from './pictures.js';
import { Turns } from './turns.js';

/** A gallery that the server has open. */
export class OpenGallery implements AsyncDisposable {
  readonly name: string;
  readonly facedex: Facedex;
  readonly gallery: Gallery;
  readonly records: Records;
  readonly photos: PhotoFiles;
  readonly pictures: Pictures;
  /** Whether another process writes to it, so that this one can't. */
  readonly readOnly: boolean;
  readonly keepPhotos: boolean;
  /** Looking at a photo and its file, and changing them, are one step: also of those who remove photos. */
  readonly changing = pLimit(1);
  /** Of questions. */
  readonly turns = new Turns();
  readonly #seen = new Map<string, string>();
  /** In memory only, since it would outlive those whom it knows. */
  #classifier: ClassifierModel | undefined;
  /** How often people may have gone. */
  #forgotten = 0;

  constructor(parts: {
    readonly name: string;
    readonly facedex: Facedex;
    readonly readOnly: boolean;
    readonly keepPhotos: boolean;
  }) {
    this.name = parts.name;
    this.facedex = parts.facedex;
    this.gallery = parts.facedex.gallery;
    this.records = this.gallery.records;
    this.photos = this.gallery.photoFiles;
    this.pictures = new Pictures(this.records, this.photos);
    this.readOnly = parts.readOnly;
    this.keepPhotos = parts.keepPhotos;
  }

  /** Remembers that a person was seen; once a day is enough, and spares searches a write. */
  async saw(name: string): Promise<void> {
    const today = new Date().toISOString().slice(0, 10);
    if (this.readOnly || this.#seen.get(name) === today) return;
    this.#seen.set(name, today);
    // An answer is not worse for it; the next one tries again.
    await this.records.seen([name]).catch(() => this.#seen.delete(name));
  }

  get classifier(): ClassifierModel | undefined {
    return this.#classifier;
  }

  /**
   * Keeps the classifier that `train` makes, unless it may know somebody who has gone meanwhile.
   *
   * @throws {FacedexError} `NO_CLASSIFIER`
   */
  async learn<T extends { readonly model: ClassifierModel }>(train: () => Promise<T>): Promise<T> {
    const before = this.#forgotten;
    const trained = await train();
    if (this.#forgotten !== before) {
      throw new FacedexError(
        'NO_CLASSIFIER',
        'somebody was deleted while the classifier was trained: start the job again',
      );
    }
    this.#classifier = trained.model;
    return trained;
  }

  /** Lets go of what is remembered of people who may be gone. */
  forget(): void {
    this.#forgotten++;
    this.#classifier = undefined;
    this.#seen.clear();
  }

  /** After what is being enrolled: no file of a photo comes to the folder any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.changing(() => this.facedex[Symbol.asyncDispose]());
  }
}

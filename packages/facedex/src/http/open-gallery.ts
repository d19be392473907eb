import type { ClassifierModel, Gallery, PhotoFiles, Records, Removal } from '@facedex/gallery';
import pLimit from 'p-limit';
import type { Facedex } from '../facedex.js';
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
  /** In memory only, since it would outlive those whom it knows. */
  classifier: ClassifierModel | undefined;
  /** Looking whether a photo is in and enrolling it are one step. */
  readonly enrolling = pLimit(1);
  /** Of questions. */
  readonly turns = new Turns();
  readonly #seen = new Map<string, string>();

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

  /**
   * @param id of the person
   * @throws {GalleryError} `UNKNOWN_PERSON`
   */
  async removePerson(id: string): Promise<Removal> {
    const { name } = await this.records.person(id);
    this.#seen.delete(name);
    return this.gallery.removePerson(name);
  }

  /** Remembers that a person was seen; once a day is enough, and spares searches a write. */
  async saw(name: string): Promise<void> {
    const today = new Date().toISOString().slice(0, 10);
    if (this.readOnly || this.#seen.get(name) === today) return;
    this.#seen.set(name, today);
    // An answer is not worse for it; the next one tries again.
    await this.records.seen([name]).catch(() => this.#seen.delete(name));
  }

  /** Lets go of what is remembered of people who may be gone. */
  forget(): void {
    this.classifier = undefined;
    this.#seen.clear();
  }

  /** After what is being enrolled: no file of a photo comes to the folder any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.enrolling(() => this.facedex[Symbol.asyncDispose]());
  }
}

import type { MetadataStore } from './store/metadata-store.js';

/** Readers take milliseconds; a backup or a check may take minutes. */
const PATIENCE_MS = 2000;
/** How long after an attempt that others prevented the next one comes. */
const RETRY_MS = 5000;

/** Sees to it that what was removed leaves the files, at once or as soon as others let it. */
export class Reclaimer {
  readonly #store: MetadataStore;
  readonly #onNotice: (message: string) => void;
  readonly #write: (work: () => Promise<void>) => Promise<void>;
  /** Something may be left. */
  #isDue = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param options.write runs work while nobody else writes */
  constructor(options: {
    store: MetadataStore;
    onNotice: (message: string) => void;
    write: (work: () => Promise<void>) => Promise<void>;
  }) {
    this.#store = options.store;
    this.#onNotice = options.onNotice;
    this.#write = options.write;
  }

  /** To be called by a writer that has opened: the one before may have been killed, or prevented. */
  async begin(): Promise<void> {
    // On a full disk a gallery still opens, so that something can be removed from it.
    this.#isDue = !(await this.#store.reclaim({ waitMs: 0 }).catch(() => false));
    if (this.#isDue) {
      this.#later();
    }
  }

  /** To be called by a writer that has removed something. */
  async reclaim(): Promise<void> {
    const wasDue = this.#isDue;
    this.#isDue = !(await this.#store.reclaim({ waitMs: wasDue ? 0 : PATIENCE_MS }));
    if (this.#isDue && !wasDue) {
      this.#onNotice(`${LEFT}; it goes when that ends`);
      this.#later();
    }
  }

  /** To be called by a writer that closes: nobody waits for it any more, so there is time to compact. */
  async end(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    // On a full disk it has to stay as it is, which loses nothing.
    const isCompacted = await this.#store.compact().catch(() => false);
    if (!(this.#isDue || isCompacted)) {
      return;
    }
    if (!(await this.#store.reclaim({ waitMs: PATIENCE_MS })) && this.#isDue) {
      this.#onNotice(`${LEFT}; the next to write to the gallery takes it out`);
    }
  }

  #later(): void {
    if (this.#isClosed) {
      return;
    }
    this.#timer = setTimeout(() => {
      this.#write(async () => {
        this.#isDue &&= !(await this.#store.reclaim({ waitMs: 0 }));
      })
        .catch(() => undefined)
        .finally(() => {
          if (this.#isDue) {
            this.#later();
          }
        });
    }, RETRY_MS).unref();
  }
}

const LEFT = 'what was removed is still in the database log, since another process is reading';

import { GalleryError } from '../errors.js';
import type { MetadataStore } from '../store/metadata-store.js';
import type { IndexHome } from './vector-index.js';

/**
 * Keeps with a gallery which kind of index it should have.
 *
 * @throws GalleryError `INVALID_ARGUMENT` where there is no such kind, `READ_ONLY` in a reader
 */
export async function setIndexKind(
  kind: string,
  gallery: { store: MetadataStore; home: IndexHome; isWriter: boolean },
): Promise<void> {
  const { store, home, isWriter } = gallery;
  if (!isWriter) {
    throw new GalleryError('READ_ONLY', "open the gallery with mode: 'write' to choose its index");
  }
  if (kind !== 'auto' && kind !== 'compact') {
    await home.create(kind)[Symbol.asyncDispose]();
  }
  if (kind !== (await store.indexKind())) {
    await store.setIndexKind(kind);
  }
}

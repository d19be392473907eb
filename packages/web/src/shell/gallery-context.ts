import { createContext, use } from 'react';

/** The name of the gallery that is open. */
export const GalleryContext = createContext<string | undefined>(undefined);

export function useGalleryName(): string {
  const name = use(GalleryContext);
  if (name === undefined) throw new Error('expected a GalleryContext above');
  return name;
}

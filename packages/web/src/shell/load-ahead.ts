import { useEffect } from 'react';

/** After the first screen stands: what it needs comes first. */
const AFTER_MS = 1000;

const LATER = import.meta.glob([
  '../*/*-view.tsx',
  '../search/search-results.tsx',
  '../ui/{camera,photo}-dialog.tsx',
  './new-gallery-dialog.tsx',
  '../i18n/{,problems-}zh.ts',
]);

/**
 * Loads the scripts of the views and dialogs that are not on the first screen, so that they open at
 * once, and while the service is away, too.
 */
export function useLoadAhead(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      // One that does not come is asked for again when it is needed.
      for (const load of Object.values(LATER)) load().catch(() => undefined);
    }, AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
}

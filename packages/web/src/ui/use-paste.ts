import { useEffect, useEffectEvent } from 'react';

/** Calls back with a picture that is pasted anywhere on the page. */
export function usePaste(onFile: (file: File) => void): void {
  const take = useEffectEvent(onFile);
  useEffect(() => {
    const listen = (event: ClipboardEvent) => {
      const file = [...(event.clipboardData?.files ?? [])].find(({ type }) =>
        type.startsWith('image/'),
      );
      if (file === undefined) return;
      event.preventDefault();
      take(file);
    };
    addEventListener('paste', listen);
    return () => removeEventListener('paste', listen);
  }, []);
}

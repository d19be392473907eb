import { useEffect } from 'react';

/** Enter that is held down does something once, where browsers press the button over and over. */
export function useNoHeldEnter(): void {
  useEffect(() => {
    const refuse = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && event.repeat) event.preventDefault();
    };
    addEventListener('keydown', refuse);
    return () => removeEventListener('keydown', refuse);
  }, []);
}

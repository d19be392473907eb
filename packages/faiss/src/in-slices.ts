import { setImmediate } from 'node:timers/promises';

/**
 * Calls `work` for one part of 0…`count` after another, each at most `size` long, and lets the event
 * loop run in between. For work on the main thread: a slice should take a millisecond or so.
 */
export async function inSlices(
  { count, size }: { count: number; size: number },
  work: (begin: number, end: number) => void,
): Promise<void> {
  const step = Math.max(1, Math.floor(size));
  for (let begin = 0; begin < count; begin += step) {
    if (begin > 0) {
      await setImmediate();
    }
    work(begin, Math.min(count, begin + step));
  }
}

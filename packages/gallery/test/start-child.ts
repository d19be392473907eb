import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { Child } from './child-process.js';

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

/** Starts child.ts; it is killed when the test ends, if not before. */
export function startChild(...args: (string | number)[]): Child {
  const child = new Child(CHILD, ...args);
  onTestFinished(() => child.kill());
  return child;
}

import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { Child } from './child-process.js';

/** Starts child.ts; it is killed when the test ends, if not before. */
export function startChild(...args: (string | number)[]): Child {
  return startScript('child.ts', ...args);
}

/** As {@link startChild}, another script of this folder. */
export function startScript(name: string, ...args: (string | number)[]): Child {
  const child = new Child(fileURLToPath(new URL(name, import.meta.url)), ...args);
  onTestFinished(() => child.kill());
  return child;
}

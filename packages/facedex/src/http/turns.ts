import { setImmediate } from 'node:timers/promises';
import pLimit from 'p-limit';

/** At work at a time: more would not be faster. */
const AT_A_TIME = 4;

/**
 * Lets short tasks of one thread take turns in the order in which they came, a few in each round of the
 * event loop. Node takes in but one new connection in a round (libuv): if all who wait were answered in
 * one, newcomers would wait for seconds while the same few clients are served over and over.
 */
export class Turns {
  readonly #atATime = pLimit(AT_A_TIME);

  take<T>(task: () => Promise<T>): Promise<T> {
    return this.#atATime(async () => {
      await setImmediate();
      return task();
    });
  }
}

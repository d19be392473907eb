import { setImmediate } from 'node:timers/promises';
import pLimit from 'p-limit';

/** At work at a time: more would not be faster. */
const AT_A_TIME = 4;
const MAX_SLICE_MS = 100;

/**
 * Lets short tasks of one thread take turns in the order in which they came, a few in each round of the
 * event loop. Node takes in but one new connection in a round (libuv): if all who wait were answered in
 * one, newcomers would wait for seconds while the same few clients are served over and over. Where
 * a round has much else to do, such as turning others away, tasks get as much of its time.
 */
export class Turns {
  readonly #atATime = pLimit(AT_A_TIME);
  #nextRound: Promise<void> | undefined;
  /** Until when tasks may begin in this round. */
  #until = 0;

  take<T>(task: () => Promise<T>): Promise<T> {
    return this.#atATime(async () => {
      if (performance.now() >= this.#until) {
        this.#nextRound ??= this.#waitForRound();
        await this.#nextRound;
      }
      return task();
    });
  }

  async #waitForRound(): Promise<void> {
    const started = performance.now();
    await setImmediate();
    const now = performance.now();
    this.#until = now + Math.min(now - started, MAX_SLICE_MS);
    this.#nextRound = undefined;
  }
}

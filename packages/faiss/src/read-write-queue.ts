/**
 * Orders calls on one object: reads run beside each other, a write runs alone, and nobody
 * overtakes, so that each call sees what was asked for before it.
 *
 * Waiting happens here rather than in a lock on the native side, where waiting calls would occupy
 * the few threads that all of Node shares.
 */
export class ReadWriteQueue {
  #running = 0;
  #writing = false;
  readonly #waiting: { exclusive: boolean; start: () => void }[] = [];

  /** Runs the task beside other reads. */
  read<T>(task: () => T | Promise<T>): Promise<T> {
    return this.#run(false, task);
  }

  /** Runs the task alone. */
  write<T>(task: () => T | Promise<T>): Promise<T> {
    return this.#run(true, task);
  }

  async #run<T>(exclusive: boolean, task: () => T | Promise<T>): Promise<T> {
    if (this.#waiting.length > 0 || !this.#mayStart(exclusive)) {
      // Whoever makes room also enters this call, so that nothing can slip in between.
      await new Promise<void>((start) => this.#waiting.push({ exclusive, start }));
    } else {
      this.#enter(exclusive);
    }
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  #mayStart(exclusive: boolean): boolean {
    return exclusive ? this.#running === 0 : !this.#writing;
  }

  #enter(exclusive: boolean): void {
    this.#running++;
    this.#writing = exclusive;
  }

  #leave(): void {
    this.#running--;
    this.#writing = false;
    for (let next = this.#waiting[0]; next && this.#mayStart(next.exclusive); ) {
      this.#waiting.shift();
      this.#enter(next.exclusive);
      next.start();
      next = this.#waiting[0];
    }
  }
}

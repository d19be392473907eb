/** How long something takes, and what it gives. */
export async function seconds<T>(work: () => Promise<T>): Promise<[number, T]> {
  const started = performance.now();
  const result = await work();
  return [(performance.now() - started) / 1000, result];
}

/**
 * Runs each of several things `rounds` times, in turns.
 *
 * @returns for each its median and 99th percentile, in words
 */
export async function latencies(
  rounds: number,
  works: readonly ((round: number) => Promise<unknown>)[],
): Promise<string[]> {
  const times: number[][] = works.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, work] of works.entries()) {
      const started = performance.now();
      await work(round);
      times[i]?.push(performance.now() - started);
    }
  }
  return times.map((all) => {
    const sorted = all.sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
    return `p50 ${at(0.5).toFixed(3)} ms, p99 ${at(0.99).toFixed(3)} ms`;
  });
}

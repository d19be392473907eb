/** Megabytes once a second. */
export interface MemorySample {
  readonly resident: number;
  /** By objects of the main thread. */
  readonly used: number;
  /** By V8 for them; how much more than is used depends on when it last collected. */
  readonly taken: number;
}

const SECONDS = 60;

/**
 * Memory over time. V8 and the allocators take and give as they see fit, so what counts is the least of each
 * minute, and the straight line through it.
 */
export class MemorySeries {
  readonly #samples: MemorySample[] = [];

  add(sample: MemorySample): void {
    this.#samples.push(sample);
  }

  describe(): string {
    const lines = [
      this.#line('resident', (sample) => sample.resident),
      this.#line('heap used', (sample) => sample.used),
      this.#line('heap taken', (sample) => sample.taken),
      this.#line('resident without heap', (sample) => sample.resident - sample.taken),
    ];
    return [
      'least of each minute in MB, slope of all and of the second half in MB a minute',
      ...lines,
    ].join('\n  ');
  }

  #line(name: string, of: (sample: MemorySample) => number): string {
    const least: number[] = [];
    for (let start = 0; start + SECONDS / 2 <= this.#samples.length; start += SECONDS) {
      least.push(Math.min(...this.#samples.slice(start, start + SECONDS).map(of)));
    }
    const half = least.slice(Math.floor(least.length / 2));
    const minutes = least.map((megabytes) => megabytes.toFixed(0)).join(' ');
    const slopes = [least, half].map((some) => (some.length > 1 ? slopeOf(some).toFixed(2) : '?'));
    return `${name}: ${minutes}; slope ${slopes.join(', ')}`;
  }
}

/** Of points one step apart, the slope of the straight line with the least squared error. */
function slopeOf(values: readonly number[]): number {
  const meanX = (values.length - 1) / 2;
  const meanY = values.reduce((sum, value) => sum + value, 0) / values.length;
  let covariance = 0;
  let variance = 0;
  for (const [x, y] of values.entries()) {
    covariance += (x - meanX) * (y - meanY);
    variance += (x - meanX) ** 2;
  }
  return covariance / variance;
}

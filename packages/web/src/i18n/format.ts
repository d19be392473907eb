const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** How numbers, sizes and times are written. */
export interface Format {
  readonly number: (value: number) => string;
  /** Of a figure that is an estimate: two digits that count. */
  readonly rough: (value: number) => string;
  /** A fraction, 0 to 1, as per cent. */
  readonly percent: (fraction: number, digits?: number) => string;
  /** A distance, similarity: three decimals. */
  readonly distance: (value: number) => string;
  readonly bytes: (bytes: number) => string;
  /** A duration that users wait for. */
  readonly duration: (ms: number) => string;
  readonly date: (iso: string) => string;
}

export function makeFormat(language: string): Format {
  const whole = new Intl.NumberFormat(language);
  const twoDigits = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
  const three = fixed(3);
  const dates = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
  return {
    number: (value) => whole.format(value),
    rough: (value) => twoDigits.format(value),
    percent: (fraction, digits = 0) =>
      new Intl.NumberFormat(language, {
        style: 'percent',
        maximumFractionDigits: digits,
      }).format(fraction),
    distance: (value) => three.format(value),
    bytes(bytes) {
      const unit = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
      const value = bytes / 1024 ** unit;
      return `${fixed(unit > 0 && value < 10 ? 1 : 0).format(value)} ${UNITS[unit]}`;
    },
    duration(ms) {
      if (ms < 10) return `${fixed(1).format(ms)} ms`;
      if (ms < 1000) return `${fixed(0).format(ms)} ms`;
      if (ms < 60_000) return `${fixed(1).format(ms / 1000)} s`;
      return `${whole.format(Math.round(ms / 60_000))} min`;
    },
    date: (iso) => dates.format(new Date(iso)),
  };

  function fixed(digits: number): Intl.NumberFormat {
    return new Intl.NumberFormat(language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  }
}

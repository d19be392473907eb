import autocannon from 'autocannon';

/** What a server did under load. */
export interface Load {
  readonly connections: number;
  readonly seconds: number;
  /** Times in milliseconds, ascending, by the status of the answer. */
  readonly times: ReadonlyMap<number, readonly number[]>;
  /** Connections that broke, and answers that did not come. */
  readonly errors: number;
}

/** Sends a request again and again over so many connections; each waits for its answer. */
export async function load(
  url: string,
  options: {
    readonly connections: number;
    readonly seconds: number;
    readonly body: Buffer | string;
    readonly type: string;
  },
): Promise<Load> {
  const { connections, seconds, body, type } = options;
  const times = new Map<number, number[]>();
  const errors = await new Promise<number>((done, fail) => {
    const run = autocannon(
      {
        url,
        connections,
        duration: seconds,
        method: 'POST',
        headers: { 'content-type': type },
        body,
        timeout: 60,
      },
      (error, result) => (error ? fail(error) : done(result.errors)),
    );
    run.on('response', (_client, status, _bytes, ms) => {
      const known = times.get(status) ?? [];
      known.push(ms);
      times.set(status, known);
    });
  });
  for (const known of times.values()) known.sort((a, b) => a - b);
  return { connections, seconds, times, errors };
}

/** A line: answers a second and their median and 99th percentile, by status. */
export function describeLoad({ connections, seconds, times, errors }: Load): string {
  const parts = [...times]
    .sort(([a], [b]) => a - b)
    .map(([status, ms]) => {
      const at = (share: number) => ms[Math.floor(share * (ms.length - 1))]!.toFixed(1);
      return `${status}: ${(ms.length / seconds).toFixed(0)} a second, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
    });
  return `${String(connections).padStart(4)} at a time  ${parts.join('   ')}${errors > 0 ? `   errors: ${errors}` : ''}`;
}

/** The service's resident memory in bytes, from its metrics in Prometheus' text format. */
export function processMemory(metrics: string): number | undefined {
  const line = /^process_resident_memory_bytes(?:\{[^}]*\})? (\S+)/m.exec(metrics);
  const bytes = Number(line?.[1] ?? Number.NaN);
  return Number.isFinite(bytes) ? bytes : undefined;
}

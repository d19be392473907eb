import { expect, it } from 'vitest';
import { processMemory } from './process-memory.js';

it('knows nothing where the metrics have no such line', () => {
  expect(processMemory('')).toBeUndefined();
  expect(
    processMemory('# HELP process_resident_memory_bytes Resident memory size.'),
  ).toBeUndefined();
  expect(processMemory('process_resident_memory_bytes NaN')).toBeUndefined();
});

it('reads the figure, with labels or without', () => {
  const metrics =
    '# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes 512000\n';
  expect(processMemory(metrics)).toBe(512_000);
  expect(processMemory('process_resident_memory_bytes{app="facedex"} 1.5e9')).toBe(1.5e9);
});

import { describe, expect, test } from 'vitest';
import { FaissError } from './faiss-error.js';
import { type Machine, runnableSimd } from './simd.js';

const AVX2_FLAGS = ['avx2', 'fma', 'f16c', 'popcnt'];

function machine(flags: string[], options: Partial<Machine> = {}): Machine {
  return {
    forced: undefined,
    platform: 'linux-x64',
    cpuFlags: () => new Set(flags),
    ...options,
  };
}

describe('runnableSimd', () => {
  test.each(AVX2_FLAGS)('refuses avx2 by force on a processor without %s', (flag) => {
    const flags = AVX2_FLAGS.filter((other) => other !== flag);
    expect(() => runnableSimd(machine(flags, { forced: 'avx2' }))).toThrow(FaissError);
    expect(() => runnableSimd(machine(flags, { forced: 'avx2' }))).toThrow(`lacks ${flag}.`);
    expect(runnableSimd(machine(flags))).toEqual(['baseline']);
  });

  test('refuses avx2 by force where there is no such build', () => {
    const arm = machine(AVX2_FLAGS, { forced: 'avx2', platform: 'linux-arm64' });
    expect(() => runnableSimd(arm)).toThrow('one of baseline, received avx2');
  });

  test('prefers avx2', () => {
    expect(runnableSimd(machine([...AVX2_FLAGS, 'sse4_2']))).toEqual(['avx2', 'baseline']);
    expect(runnableSimd(machine(AVX2_FLAGS, { forced: '' }))).toEqual(['avx2', 'baseline']);
  });

  test('tries only what is forced', () => {
    expect(runnableSimd(machine(AVX2_FLAGS, { forced: 'avx2' }))).toEqual(['avx2']);
    expect(runnableSimd(machine(AVX2_FLAGS, { forced: 'baseline' }))).toEqual(['baseline']);
  });

  test('runs the baseline on platforms without a faster build', () => {
    expect(runnableSimd(machine(AVX2_FLAGS, { platform: 'darwin-arm64' }))).toEqual(['baseline']);
  });
});

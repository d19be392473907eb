import type { Case } from './cases.js';
import type { DataFiles } from './data.js';

/**
 * What the benchmark and a peer's process tell each other: a line of JSON each. Times of the
 * processor are of all threads, for one search on average; other processes hardly change them.
 */
export interface Messages {
  /** The first message, before anything is built. */
  build: {
    request: { case: Case; files: DataFiles; threads: number; k: number };
    answer: Built;
  };
  /** Writes the index in FAISS's own format. */
  save: { request: { path: string }; answer: Record<never, never> };
  /** Reads it in place of the index that was built. */
  load: { request: { path: string }; answer: Record<never, never> };
  /** All queries in one call, a few times. */
  batch: { request: Record<never, never>; answer: { ms: number[]; cpuMs: number } };
  /** One query at a time, each awaited, from this one on. */
  single: { request: { first: number; count: number }; answer: { us: number[]; cpuUs: number } };
  /** Ids of the neighbours of all queries, k for each. */
  results: { request: Record<never, never>; answer: { ids: number[] } };
}

export interface Built {
  trainSeconds: number;
  addSeconds: number;
  /** How much more memory is resident than before. */
  memoryMb: number;
  /** How much more was, at most. */
  peakMb: number;
}

/** What a peer's process says of itself when it has started. */
export type Hello = { version: string } | { missing: string };

export type MessageName = keyof Messages;

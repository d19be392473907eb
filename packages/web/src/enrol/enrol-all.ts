import { type ApiError, apiErrorOf } from '../api/ask.js';
import type { ProblemCode } from '../i18n/problems-en.js';
import type { PlannedPhoto } from './plan.js';

/** What became of a photo. */
export interface Outcome {
  readonly photo: PlannedPhoto;
  readonly outcome: 'added' | 'unchanged' | 'refused';
  readonly facesSeen?: number;
  /** Why it was refused. */
  readonly error?: ApiError;
}

/** How to enrol many photos. */
export interface EnrolAllOptions {
  readonly send: (photo: PlannedPhoto, signal: AbortSignal) => Promise<Outcome>;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly onOutcome: (outcome: Outcome) => void;
  /** Whether it waits for the service to have time or to answer again. */
  readonly onWaiting: (waiting: boolean) => void;
  /** Default: the time itself. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const TRIES = 8;
const LONGEST_WAIT_MS = 30_000;

/** Errors that pass. */
const PASSING = new Set<string>(['OFFLINE', 'OVERLOADED', 'TOO_MANY_REQUESTS', 'LOCKED'] satisfies (
  | ProblemCode
  | 'OFFLINE'
)[]);

/** Errors that every photo would meet. */
const FATAL = new Set<string>([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NO_GALLERY',
] satisfies ProblemCode[]);

/**
 * Sends photos, several at a time, and tells what became of each. A photo that is refused doesn't
 * stop the others; where the service is busy or away, tries again later.
 *
 * @throws {ApiError} that every further photo would meet, such as a key that may not enrol.
 */
export async function enrolAll(photos: readonly PlannedPhoto[], options: EnrolAllOptions) {
  const { send, concurrency, signal, onOutcome, onWaiting, wait = waitFor } = options;
  // One iterator for all senders: each takes the next photo.
  const queue = photos.values();
  let waiting = 0;
  let failed = false;
  await Promise.all(Array.from({ length: concurrency }, sendSome));

  async function sendSome(): Promise<void> {
    for (const photo of queue) {
      const outcome = await sendOne(photo);
      if (signal.aborted || failed) return;
      onOutcome(outcome);
    }
  }

  async function sendOne(photo: PlannedPhoto): Promise<Outcome> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await send(photo, signal);
      } catch (reason) {
        const error = apiErrorOf(reason);
        if (FATAL.has(error.code)) {
          failed = true;
          throw error;
        }
        const again = PASSING.has(error.code) && attempt + 1 < TRIES && !signal.aborted && !failed;
        if (!again) return { photo, outcome: 'refused', error };
        await pause(error.retryAfterMs ?? Math.min(1000 * 2 ** attempt, LONGEST_WAIT_MS));
      }
    }
  }

  async function pause(ms: number): Promise<void> {
    if (waiting++ === 0) onWaiting(true);
    await wait(ms, signal);
    if (--waiting === 0) onWaiting(false);
  }
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });

    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

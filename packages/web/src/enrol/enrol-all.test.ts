import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/ask.js';
import { type EnrolAllOptions, enrolAll, type Outcome } from './enrol-all.js';
import type { PlannedPhoto } from './plan.js';

describe('enrolAll', () => {
  it('goes on after a photo that is refused', async () => {
    const { outcomes } = await run(['1', '2', '3'], async (photo) => {
      if (photo.path === '2') throw problem('NO_FACE');
      return added(photo);
    });
    expect(outcomes.map(({ photo, outcome }) => [photo.path, outcome]).sort()).toEqual([
      ['1', 'added'],
      ['2', 'refused'],
      ['3', 'added'],
    ]);
    expect(outcomes.find(({ outcome }) => outcome === 'refused')!.error!.code).toBe('NO_FACE');
  });

  it('ends where every photo would be refused', async () => {
    const sent: string[] = [];
    const running = run(['1', '2', '3', '4', '5', '6'], async (photo) => {
      sent.push(photo.path);
      throw problem('FORBIDDEN');
    });
    await expect(running).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(sent.length).toBeLessThanOrEqual(3);
  });

  it('waits as long as a busy service asks, then sends the photo again', async () => {
    let tries = 0;
    const { outcomes, waits, waiting } = await run(['1'], async (photo) => {
      if (tries++ < 2) throw problem('OVERLOADED', 2000);
      return added(photo);
    });
    expect(outcomes[0]!.outcome).toBe('added');
    expect(waits).toEqual([2000, 2000]);
    expect(waiting).toEqual([true, false, true, false]);
  });

  it('waits longer and longer for a service that does not answer, and gives up', async () => {
    const { outcomes, waits } = await run(['1'], async () => {
      throw problem('OFFLINE');
    });
    expect(outcomes).toMatchObject([{ outcome: 'refused' }]);
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('sends no more than a few at a time, each once', async () => {
    let now = 0;
    let most = 0;
    const paths = Array.from({ length: 20 }, (_, i) => String(i));
    const { outcomes } = await run(paths, async (photo) => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      now--;
      return added(photo);
    });
    expect(most).toBe(3);
    expect(new Set(outcomes.map(({ photo }) => photo.path)).size).toBe(20);
    expect(outcomes).toHaveLength(20);
  });

  it('sends nothing more once it is stopped', async () => {
    const controller = new AbortController();
    const { outcomes } = await run(
      ['1', '2', '3', '4', '5'],
      async (photo) => {
        if (photo.path === '2') controller.abort();
        return added(photo);
      },
      { concurrency: 1, signal: controller.signal },
    );
    expect(outcomes.map(({ photo }) => photo.path)).toEqual(['1']);
  });
});

async function run(
  paths: string[],
  send: (photo: PlannedPhoto) => Promise<Outcome>,
  options: Partial<EnrolAllOptions> = {},
) {
  const outcomes: Outcome[] = [];
  const waits: number[] = [];
  const waiting: boolean[] = [];
  const photos = paths.map((path) => ({ path, file: new File([], path), person: undefined }));
  await enrolAll(photos, {
    send,
    concurrency: 3,
    signal: new AbortController().signal,
    onOutcome: (outcome) => outcomes.push(outcome),
    onWaiting: (is) => waiting.push(is),
    wait: async (ms) => void waits.push(ms),
    ...options,
  });
  return { outcomes, waits, waiting };
}

function added(photo: PlannedPhoto): Outcome {
  return { photo, outcome: 'added', facesSeen: 1 };
}

function problem(code: string, retryAfterMs?: number): ApiError {
  return new ApiError({ type: '', title: '', status: 0, code, detail: '' }, retryAfterMs);
}

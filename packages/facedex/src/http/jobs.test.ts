import { EventEmitter, once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { FacedexError } from '../facedex-error.js';
import { writeFileAtomically } from '../write-file.js';
import { Jobs } from './jobs.js';

vi.mock('../write-file.js', async (load) => {
  const { writeFileAtomically: write } = await load<typeof import('../write-file.js')>();
  return { writeFileAtomically: vi.fn(write) };
});

const log = { error: () => {} };

it('takes the deletion of people also where too much other work waits, once for each gallery', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'facedex-jobs-'));
  const events = new EventEmitter();
  const goOn = once(events, 'go on');
  const jobs = await Jobs.open(
    directory,
    async () => {
      await goOn;
      return {};
    },
    log,
  );
  const flood = Array.from({ length: 110 }, () => jobs.start('a', { kind: 'cluster' }));
  const refused = (await Promise.allSettled(flood)).flatMap((one) =>
    one.status === 'rejected' ? [one.reason] : [],
  );
  expect(refused.length).toBeGreaterThan(8);
  expect(refused[0]).toMatchObject({ code: 'OVERLOADED' });
  const { id } = await jobs.start('b', { kind: 'expire' });
  expect((await jobs.start('b', { kind: 'expire' })).id).toBe(id);
  expect((await jobs.start('c', { kind: 'expire' })).id).not.toBe(id);
  events.emit('go on');
  await expect.poll(() => jobs.get(id).state, { timeout: 10_000 }).toBe('done');
  await jobs.close();
  await rm(directory, { recursive: true, force: true });
});

it('forgets the jobs of a gallery once none of them is at work any more', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'facedex-jobs-'));
  const ran: string[] = [];
  const events = new EventEmitter();
  const started = once(events, 'started');
  const goOn = once(events, 'go on');
  const jobs = await Jobs.open(
    directory,
    async (gallery, _request, onProgress) => {
      events.emit('started');
      await goOn;
      try {
        onProgress(1, 2);
      } finally {
        ran.push(gallery);
      }
      return {};
    },
    log,
  );
  const running = await jobs.start('a', { kind: 'train' });
  await jobs.start('a', { kind: 'expire' });
  const other = await jobs.start('b', { kind: 'expire' });
  await started;
  expect(jobs.get(running.id).state).toBe('running');

  const forgetting = jobs.forget('a').then(() => [...ran]);
  events.emit('go on');
  expect((await forgetting).filter((gallery) => gallery === 'a')).toEqual(['a']);
  expect(jobs.list().map(({ id }) => id)).toEqual([other.id]);
  await expect.poll(() => jobs.get(other.id).state).toBe('done');
  expect(ran).toEqual(['a', 'b']);
  // When it is closed, what is told is written, too.
  await jobs.close();
  expect(await readdir(directory)).toEqual([`${other.id}.json`]);
  await rm(directory, { recursive: true, force: true });
});

it('writes to the log where a job failed, and no name; what is a client’s to mend, it only tells', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'facedex-jobs-'));
  const told: unknown[] = [];
  const errors = [new TypeError('Ada has no face'), new FacedexError('NO_FACE', 'none of Ada')];
  const jobs = await Jobs.open(
    directory,
    async () => {
      throw errors.shift();
    },
    { error: (...entry: unknown[]) => told.push(entry) },
  );
  const [first, second] = [
    await jobs.start('a', { kind: 'train' }),
    await jobs.start('a', { kind: 'train' }),
  ];
  await expect.poll(() => jobs.get(second.id).state).toBe('failed');
  expect(jobs.get(first.id).error?.code).toBe('UNEXPECTED');
  expect(jobs.get(second.id).error).toEqual({ code: 'NO_FACE', detail: 'none of Ada' });
  expect(told).toEqual([
    [
      { code: 'UNEXPECTED', name: 'TypeError', stack: expect.stringContaining('jobs.test') },
      'fault',
    ],
  ]);
  expect(JSON.stringify(told)).not.toContain('Ada');
  await jobs.close();
  await rm(directory, { recursive: true, force: true });
});

it('forgets a job that it could not write down, so that none waits for it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'facedex-jobs-'));
  const jobs = await Jobs.open(directory, async () => ({ people: 1 }), log);
  await rm(directory, { recursive: true });
  const refused = jobs.start('a', { kind: 'expire' });
  await expect(refused).rejects.toMatchObject({ code: 'CANNOT_WRITE' });
  expect(jobs.list()).toEqual([]);
  await mkdir(directory);
  const { id } = await jobs.start('a', { kind: 'expire' });
  await expect.poll(() => jobs.get(id)).toMatchObject({ state: 'done', result: { people: 1 } });
  await jobs.close();
  await rm(directory, { recursive: true, force: true });
});

it('leaves a job cancelled whose work fails after that', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'facedex-jobs-'));
  const events = new EventEmitter();
  const started = once(events, 'started');
  const goOn = once(events, 'go on');
  const jobs = await Jobs.open(
    directory,
    async () => {
      events.emit('started');
      await goOn;
      throw new FacedexError('NO_FACE', 'none');
    },
    log,
  );
  const { id } = await jobs.start('a', { kind: 'train' });
  await started;
  const cancelled = await jobs.cancel(id);
  events.emit('go on');
  await jobs.close();
  expect(jobs.get(id)).toEqual(cancelled);
  await rm(directory, { recursive: true, force: true });
});

it('writes a job that is cancelled as it begins down as cancelled, so that it is not started again', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'facedex-jobs-'));
  const events = new EventEmitter();
  const [writing, goOn] = [once(events, 'writing'), once(events, 'go on')];
  const written: string[] = [];
  const jobs = await Jobs.open(directory, async () => ({}), log);
  vi.mocked(writeFileAtomically).mockImplementation(async (_path, content) => {
    const { job } = JSON.parse(Buffer.from(content).toString()) as { job: { state: string } };
    if (job.state === 'running') {
      events.emit('writing');
      await goOn;
    }
    written.push(job.state);
  });
  const { id } = await jobs.start('a', { kind: 'cluster' });
  await writing;
  const cancelling = jobs.cancel(id);
  await setImmediate();
  events.emit('go on');
  expect(await cancelling).toMatchObject({ state: 'cancelled' });
  await jobs.close();
  expect(written).toEqual(['queued', 'running', 'cancelled']);
  vi.mocked(writeFileAtomically).mockReset();
  await rm(directory, { recursive: true, force: true });
});

it('starts no job from the file that a process was writing when it was killed', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'facedex-jobs-'));
  let runs = 0;
  const open = () =>
    Jobs.open(
      directory,
      async () => {
        runs++;
        // As a kill leaves it between writing beside and renaming: whole, and running for ever.
        const [name = ''] = await readdir(directory);
        await copyFile(join(directory, name), join(directory, `${name}.0d9f3f54.tmp`));
        return {};
      },
      log,
    );
  let jobs = await open();
  const { id } = await jobs.start('a', { kind: 'cluster', afresh: true });
  await expect.poll(() => jobs.get(id).state).toBe('done');
  await jobs.close();
  for (let restart = 0; restart < 2; restart++) {
    jobs = await open();
    await jobs.close();
  }
  expect(runs).toBe(1);
  expect(await readdir(directory)).toEqual([`${id}.json`]);
  await rm(directory, { recursive: true, force: true });
});

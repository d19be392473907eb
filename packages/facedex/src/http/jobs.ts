import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClassifierKind } from '@facedex/gallery';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Static } from 'typebox';
import { FacedexError } from '../facedex-error.js';
import { writeFileAtomically } from '../write-file.js';
import { type FaultLog, reportProblem } from './problem.js';
import type { Job as JobSchema } from './schemas.js';

export type Job = Static<typeof JobSchema>;

/** What a job is to do. */
export type JobRequest =
  | {
      readonly kind: 'cluster';
      readonly threshold?: number;
      readonly allowSamePhoto?: boolean;
      readonly afresh?: boolean;
    }
  | {
      readonly kind: 'train';
      readonly classifier?: ClassifierKind;
      readonly minFaces?: number;
    }
  | { readonly kind: 'expire' };

/** Does the work of a job and returns its figures; `onProgress` throws when it is to end. */
export type RunJob = (
  gallery: string,
  request: JobRequest,
  onProgress: (done: number, total: number) => void,
) => Promise<Record<string, number>>;

/** Jobs that wait; more are turned away. */
const MAX_QUEUED = 100;
/** Ended jobs that are remembered. */
const MAX_ENDED = 200;
/** Between two that are told of progress, in milliseconds. */
const TELL_MS = 200;

/**
 * Long work, one job after the other. Each job is a file, written when its state changes: what was under
 * way when the process ended is started again by the next, since all kinds of work can be done twice.
 */
export class Jobs {
  readonly #directory: string;
  readonly #run: RunJob;
  readonly #log: FaultLog;
  readonly #jobs = new Map<string, Held>();
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(directory: string, run: RunJob, log: FaultLog) {
    this.#directory = directory;
    this.#run = run;
    this.#log = log;
  }

  /** Takes up the jobs that a process before left. */
  static async open(directory: string, run: RunJob, log: FaultLog): Promise<Jobs> {
    const jobs = new Jobs(directory, run, log);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await jobs.#load();
    return jobs;
  }

  /**
   * Starts a job. `expire` is always taken, so that other work keeps no deletion from being done; where one
   * waits, it is that one.
   *
   * @throws {FacedexError} `OVERLOADED`, `CANNOT_WRITE`
   */
  async start(gallery: string, request: JobRequest): Promise<Job> {
    const waiting = this.list().filter(({ state }) => state === 'queued');
    if (request.kind === 'expire') {
      const same = waiting.find((job) => job.kind === 'expire' && job.gallery === gallery);
      if (same !== undefined) return same;
    } else if (waiting.length >= MAX_QUEUED) {
      throw new FacedexError('OVERLOADED', 'too many jobs are waiting: come again');
    }
    const job: Job = {
      id: randomUUID(),
      gallery,
      kind: request.kind,
      state: 'queued',
      done: 0,
      total: null,
      createdAt: new Date().toISOString(),
      finishedAt: null,
      result: null,
      error: null,
    };
    const held: Held = { job, request, listeners: new Set(), saving: pLimit(1) };
    this.#jobs.set(job.id, held);
    try {
      await this.#save(held);
    } catch (error) {
      // Else it would wait for good, and others with it.
      this.#jobs.delete(job.id);
      throw error;
    }
    this.#enqueue(held);
    return { ...job };
  }

  /** The newest first. */
  list(): Job[] {
    return [...this.#jobs.values()]
      .map(({ job }) => ({ ...job }))
      .sort((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1));
  }

  /** @throws {FacedexError} `UNKNOWN_JOB` */
  get(id: string): Job {
    return { ...this.#held(id).job };
  }

  /**
   * Ends a job; one that has ended stays as it is.
   *
   * @throws {FacedexError} `UNKNOWN_JOB`
   */
  async cancel(id: string): Promise<Job> {
    const held = this.#held(id);
    if (held.job.state === 'queued' || held.job.state === 'running') {
      await this.#end(held, { state: 'cancelled' });
    }
    return { ...held.job };
  }

  /** Has somebody told of a job's every change, until it has ended or they have enough. */
  watch(id: string, listener: Listener): () => void {
    const { listeners } = this.#held(id);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Ends the jobs of a gallery that is to go, and forgets them; none is at work any more then. */
  async forget(gallery: string): Promise<void> {
    const held = [...this.#jobs.values()].filter(({ job }) => job.gallery === gallery);
    await Promise.all(held.map(({ job }) => this.cancel(job.id)));
    // Those that were cancelled before, too, may go on for a while.
    await Promise.all(held.map(({ work }) => work));
    for (const { job } of held) await this.#drop(job.id);
  }

  /** Leaves what is under way to the next process. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
  }

  async #load(): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      const path = join(this.#directory, name);
      // Other names are of files that a process was writing when it died: how a job once was.
      const kept = name.endsWith('.json') ? parse(await readFile(path, 'utf8')) : undefined;
      if (kept === undefined) await rm(path, { force: true });
      else this.#jobs.set(kept.job.id, { ...kept, listeners: new Set(), saving: pLimit(1) });
    }
    for (const { id } of this.list().reverse()) {
      const held = this.#held(id);
      if (held.job.state === 'queued' || held.job.state === 'running') {
        held.job.state = 'queued';
        this.#enqueue(held);
      }
    }
  }

  #enqueue(held: Held): void {
    this.#last = this.#last.then(() => {
      held.work = this.#work(held);
      return held.work;
    });
  }

  async #work(held: Held): Promise<void> {
    const { job, request } = held;
    if (this.#isClosed || job.state !== 'queued') return;
    job.state = 'running';
    this.#tell(held);
    let told = Date.now();
    try {
      await this.#save(held);
      const result = await this.#run(job.gallery, request, (done, total) => {
        if (this.#isClosed || job.state === 'cancelled') throw new Ended();
        Object.assign(job, { done, total });
        if (Date.now() - told < TELL_MS) return;
        told = Date.now();
        this.#tell(held);
      });
      // What was cancelled too late is done all the same.
      if (job.state === 'running') await this.#end(held, { state: 'done', result });
    } catch (error) {
      if (error instanceof Ended) return;
      const { code, detail } = reportProblem(error, this.#log);
      // Cancelled, or done, though that could not be written down.
      if (job.state !== 'running') return;
      await this.#end(held, { state: 'failed', error: { code, detail } }).catch(() => {});
    }
  }

  async #end(held: Held, change: Partial<Job>): Promise<void> {
    Object.assign(held.job, change, { finishedAt: new Date().toISOString() });
    this.#tell(held);
    held.listeners.clear();
    await this.#save(held);
    const ended = this.list().filter(({ finishedAt }) => finishedAt !== null);
    for (const { id } of ended.slice(MAX_ENDED)) await this.#drop(id);
  }

  #tell({ job, listeners }: Held): void {
    for (const listener of listeners) listener({ ...job });
  }

  #held(id: string): Held {
    const held = this.#jobs.get(id);
    if (held === undefined) throw new FacedexError('UNKNOWN_JOB', `no job ${id}, or none any more`);
    return held;
  }

  /** One after the other, so that the file ends as the job did. */
  async #save({ job, request, saving }: Held): Promise<void> {
    await saving(async () => {
      const text = JSON.stringify({ job, request });
      await writeFileAtomically(this.#pathOf(job.id), Buffer.from(text), { mode: 0o600 });
      // It may have been forgotten meanwhile.
      if (!this.#jobs.has(job.id)) await this.#drop(job.id);
    });
  }

  async #drop(id: string): Promise<void> {
    this.#jobs.delete(id);
    await rm(this.#pathOf(id), { force: true });
  }

  #pathOf(id: string): string {
    return join(this.#directory, `${id}.json`);
  }
}

/** Where a job is among all, also once it is forgotten: a page goes on from there. */
export function placeOf({ createdAt, id }: Job): string {
  return `${createdAt} ${id}`;
}

type Listener = (job: Job) => void;

interface Held {
  readonly job: Job;
  readonly request: JobRequest;
  readonly listeners: Set<Listener>;
  readonly saving: LimitFunction;
  /** Since its turn has come. */
  work?: Promise<void>;
}

function parse(text: string): Pick<Held, 'job' | 'request'> | undefined {
  try {
    const { job, request } = JSON.parse(text) as Pick<Held, 'job' | 'request'>;
    return typeof job.id === 'string' ? { job, request } : undefined;
  } catch {
    return undefined;
  }
}

/** Thrown through the work of a job that is to end. */
class Ended extends Error {}

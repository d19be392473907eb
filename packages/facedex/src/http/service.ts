import type { Removal } from '@facedex/gallery';
import type { Pipeline } from '@facedex/pipeline';
import type { FastifyRequest } from 'fastify';
import { FacedexError } from '../facedex-error.js';
import type { AuditLog } from './audit-log.js';
import { assertMayUse, assertRole, mayUse } from './auth/authenticate.js';
import type { Role } from './auth/roles.js';
import type { Galleries } from './galleries.js';
import type { IdempotentAnswers } from './idempotency.js';
import type { Job, Jobs } from './jobs.js';
import type { Metrics } from './metrics.js';
import type { Pipelines } from './pipelines.js';
import type { UploadLimits } from './read-upload.js';

/** What routes ask. */
export class Service {
  readonly galleries: Galleries;
  readonly jobs: Jobs;
  readonly audit: AuditLog;
  readonly limits: UploadLimits;
  readonly keepPhotos: boolean;
  readonly version: string;
  readonly metrics: Metrics;
  readonly #pipelines: Pipelines;
  readonly #answers: IdempotentAnswers;
  #isReady = true;

  constructor(parts: {
    readonly galleries: Galleries;
    readonly pipelines: Pipelines;
    readonly jobs: Jobs;
    readonly audit: AuditLog;
    readonly answers: IdempotentAnswers;
    readonly limits: UploadLimits;
    readonly keepPhotos: boolean;
    readonly version: string;
    readonly metrics: Metrics;
  }) {
    this.galleries = parts.galleries;
    this.jobs = parts.jobs;
    this.audit = parts.audit;
    this.limits = parts.limits;
    this.keepPhotos = parts.keepPhotos;
    this.version = parts.version;
    this.metrics = parts.metrics;
    this.#pipelines = parts.pipelines;
    this.#answers = parts.answers;
  }

  mayUse({ caller }: FastifyRequest, gallery: string): boolean {
    return mayUse(caller, gallery);
  }

  /** @throws {FacedexError} `FORBIDDEN` */
  assertMayUse({ caller }: FastifyRequest, gallery: string): void {
    assertMayUse(caller, gallery);
  }

  /** @throws {FacedexError} `FORBIDDEN` */
  assertRole({ caller }: FastifyRequest, role: Role): void {
    assertRole(caller, role);
  }

  /** The pipeline of a gallery that is named, else that of new galleries. */
  async pipelineFor(request: FastifyRequest, gallery: string | undefined): Promise<Pipeline> {
    if (gallery === undefined) return this.#pipelines.get();
    this.assertMayUse(request, gallery);
    return (await this.galleries.open(gallery)).facedex.pipeline;
  }

  /** @throws {FacedexError} `UNKNOWN_JOB`, also for a job of a gallery that is not the caller's */
  jobFor(request: FastifyRequest, id: string): Job {
    const job = this.jobs.get(id);
    if (!this.mayUse(request, job.gallery)) {
      throw new FacedexError('UNKNOWN_JOB', `no job ${id}, or none any more`);
    }
    return job;
  }

  /** Lets go of what is in memory of people of a gallery who may be gone. */
  async forget(gallery: string): Promise<void> {
    this.#answers.forget(gallery);
    await this.galleries.forget(gallery);
  }

  /** With its jobs, and what is in memory of it; see {@link Galleries.delete}. */
  deleteGallery(name: string): Promise<Removal> {
    return this.galleries.delete(name, async () => {
      await this.jobs.forget(name);
      this.#answers.forget(name);
    });
  }

  /** @throws {FacedexError} `OVERLOADED` */
  assertReady(): void {
    if (!this.#isReady) throw new FacedexError('OVERLOADED', 'the server is about to end');
  }

  /** From now on load balancers send nobody any more. */
  retire(): void {
    this.#isReady = false;
  }
}

import { CLASSIFIERS } from '@facedex/gallery';
import Type, { type Static } from 'typebox';
import type { App } from '../app.js';
import { sendJobEvents } from '../job-events.js';
import { type Job as AnyJob, placeOf } from '../jobs.js';
import { operation } from '../operation.js';
import { cutPage, readCursor } from '../paging.js';
import {
  DEFAULT_PAGE,
  GalleryName,
  InGallery,
  Job,
  JobId,
  PageQuery,
  page,
  ref,
} from '../schemas.js';
import type { Service } from '../service.js';

const OfJob = Type.Object({ job: JobId });
const JobsQuery = Type.Object({ ...PageQuery, gallery: Type.Optional(GalleryName) });

const kindOf = <K extends string>(kind: K, description: string) => ({
  ...Type.Unsafe<K>({ type: 'string', description }),
  const: kind,
});

const JOB_KINDS = [
  Type.Object(
    {
      kind: kindOf('cluster', 'Groups the faces whose person nobody has named.'),
      threshold: Type.Optional(Type.Number({ minimum: 0, maximum: 2 })),
      allowSamePhoto: Type.Optional(
        Type.Boolean({ description: 'Two faces of a photo may be one person, as in a collage.' }),
      ),
      afresh: Type.Optional(
        Type.Boolean({ description: 'Groups anew what no correction has confirmed.' }),
      ),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      kind: kindOf('train', 'Trains the classifier that `classify` asks.'),
      classifier: Type.Optional(
        Type.Unsafe<(typeof CLASSIFIERS)[number]>({ type: 'string', enum: [...CLASSIFIERS] }),
      ),
      minFaces: Type.Optional(
        Type.Integer({ minimum: 2, maximum: 1000, description: 'Of each person; default 4.' }),
      ),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      kind: kindOf(
        'expire',
        'Deletes people whose consent has ended, or who have not been seen for long.',
      ),
    },
    { additionalProperties: false },
  ),
] as const;

/** By its kind, so that what is wrong is said of that kind. */
const NewJob = Type.Unsafe<Static<(typeof JOB_KINDS)[number]>>({
  $id: 'NewJob',
  description: '`expire` needs the role admin.',
  type: 'object',
  required: ['kind'],
  properties: {
    kind: { type: 'string', enum: JOB_KINDS.map(({ properties }) => properties.kind.const) },
  },
  oneOf: JOB_KINDS,
  discriminator: { propertyName: 'kind' },
});

/** To start work of a kind, and to end it. */
const roleFor = (kind: AnyJob['kind']) => (kind === 'expire' ? 'admin' : 'enrol');

/** Named in the OpenAPI document. */
export const JOB_SCHEMAS = [NewJob] as const;

export function jobRoutes(app: App, service: Service): void {
  const tag = 'Jobs';

  app.post(
    '/v1/galleries/:gallery/jobs',
    operation(
      {
        id: 'startJob',
        tag,
        summary: 'Starts long work in the background',
        role: 'enrol',
        answers: { 202: ref(Job) },
      },
      { params: InGallery, body: ref(NewJob) },
    ),
    async (request, reply) => {
      const { gallery } = request.params;
      service.assertRole(request, roleFor(request.body.kind));
      await service.galleries.openToChange(gallery);
      const job = await service.jobs.start(gallery, request.body);
      service.audit.add(request, { action: `job.${job.kind}` });
      return reply.code(202).header('location', `/v1/jobs/${job.id}`).send(job);
    },
  );

  app.get(
    '/v1/jobs',
    operation(
      {
        id: 'listJobs',
        tag,
        summary: 'Jobs, the newest first',
        role: 'read',
        answers: { 200: page(ref(Job)) },
      },
      { querystring: JobsQuery },
    ),
    async (request) => {
      const { limit = DEFAULT_PAGE, gallery, cursor } = request.query;
      const after = readCursor(cursor, 'string');
      const jobs = service.jobs
        .list()
        .filter((job) => service.mayUse(request, job.gallery))
        .filter((job) => gallery === undefined || job.gallery === gallery)
        .filter((job) => after === undefined || placeOf(job) < after);
      return cutPage(jobs, {
        limit,
        cursorOf: placeOf,
        present: (job) => job,
      });
    },
  );

  app.get(
    '/v1/jobs/:job',
    operation(
      {
        id: 'getJob',
        tag,
        summary: 'How far a job is',
        role: 'read',
        answers: { 200: ref(Job) },
      },
      { params: OfJob },
    ),
    async (request) => service.jobFor(request, request.params.job),
  );

  app.get(
    '/v1/jobs/:job/events',
    operation(
      {
        id: 'watchJob',
        tag,
        summary: 'How far a job is, as server-sent events, until it ends',
        description: 'Each `data:` is a Job.',
        role: 'read',
        answers: {
          200: {
            description: 'Server-sent events.',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
        },
      },
      { params: OfJob },
    ),
    (request, reply) => {
      const { id } = service.jobFor(request, request.params.job);
      return sendJobEvents(service.jobs, id, reply);
    },
  );

  app.post(
    '/v1/jobs/:job/cancel',
    operation(
      {
        id: 'cancelJob',
        tag,
        summary: 'Ends a job early; what it did by then stays',
        description: '`expire` needs the role admin.',
        role: 'enrol',
        answers: { 200: ref(Job) },
      },
      { params: OfJob },
    ),
    async (request) => {
      const { id, kind, gallery } = service.jobFor(request, request.params.job);
      service.assertRole(request, roleFor(kind));
      service.audit.add(request, { action: 'job.cancel', gallery });
      return service.jobs.cancel(id);
    },
  );
}

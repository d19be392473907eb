import Type from 'typebox';
import type { App } from '../app.js';
import { ROLES } from '../auth/roles.js';
import { operation } from '../operation.js';
import { cutPage, readCursor } from '../paging.js';
import { DEFAULT_PAGE, GalleryName, nullable, PageQuery, Problem, page, ref } from '../schemas.js';
import type { Service } from '../service.js';

const Version = Type.Object({ version: Type.String(), api: Type.String() }, { $id: 'Version' });

const Me = Type.Object(
  {
    key: nullable(Type.String({ description: 'Id of the key; null: loopback without keys.' })),
    role: Type.Unsafe<(typeof ROLES)[number]>({ type: 'string', enum: [...ROLES] }),
    galleries: nullable(Type.Array(GalleryName, { description: 'Null: all.' })),
    limits: Type.Object({
      uploadBytes: Type.Integer(),
      photoPixels: Type.Integer(),
      photosPerBatch: Type.Integer(),
    }),
    keepsPhotos: Type.Boolean({ description: 'Whether pictures of uploads can be had later.' }),
  },
  { $id: 'Me' },
);

const AuditEntry = Type.Object(
  {
    time: Type.String({ format: 'date-time' }),
    key: nullable(Type.String()),
    address: Type.String(),
    action: Type.String(),
    gallery: nullable(GalleryName),
    people: Type.Array(Type.String()),
    faces: Type.Array(Type.Integer(), { description: 'Of a photo all of its faces.' }),
  },
  { $id: 'AuditEntry' },
);

const Status = Type.Object({ status: Type.String() });

/** Named in the OpenAPI document. */
export const SYSTEM_SCHEMAS = [Version, Me, AuditEntry] as const;

export function systemRoutes(app: App, service: Service): void {
  const tag = 'System';
  const open = { tags: [tag], security: [] };

  app.get(
    '/health',
    {
      schema: {
        ...open,
        operationId: 'health',
        summary: 'The process answers',
        response: { 200: Status },
      },
    },
    async () => ({ status: 'ok' }),
  );

  app.get(
    '/ready',
    {
      schema: {
        ...open,
        operationId: 'ready',
        summary: 'The models are loaded and requests are taken',
        response: {
          200: Status,
          503: {
            description: 'Not yet, or no more.',
            content: { 'application/problem+json': { schema: ref(Problem) } },
          },
        },
      },
    },
    async () => {
      service.assertReady();
      return { status: 'ready' };
    },
  );

  app.get(
    '/version',
    {
      schema: {
        ...open,
        operationId: 'version',
        summary: 'Of facedex and of the API',
        response: { 200: ref(Version) },
      },
    },
    async () => ({ version: service.version, api: 'v1' }),
  );

  app.get(
    '/metrics',
    operation(
      {
        id: 'metrics',
        tag,
        summary: 'For Prometheus',
        role: 'read',
        answers: {
          200: {
            description: "Prometheus's text format.",
            content: { 'text/plain': { schema: { type: 'string' } } },
          },
        },
      },
      {},
    ),
    async (_request, reply) =>
      reply.type(service.metrics.contentType).send(await service.metrics.text()),
  );

  app.get(
    '/v1/me',
    operation(
      {
        id: 'getMe',
        tag,
        summary: 'What the key of the request may do, and the limits',
        role: 'read',
        answers: { 200: ref(Me) },
      },
      {},
    ),
    async (request) => {
      const { keyId, role, galleries } = request.caller;
      const { uploadBytes, photoPixels, photosPerBatch } = service.limits;
      return {
        key: keyId,
        role,
        galleries: galleries === null ? null : [...galleries],
        limits: { uploadBytes, photoPixels, photosPerBatch },
        keepsPhotos: service.keepPhotos,
      };
    },
  );

  app.get(
    '/v1/audit',
    operation(
      {
        id: 'listAudit',
        tag,
        summary: 'Who did what, the newest first',
        description:
          'By ids that say nothing once what they name is deleted. Who saw a photo: the entries with its faces, which `GET …/photos/{photo}` lists.',
        role: 'admin',
        answers: { 200: page(ref(AuditEntry)) },
      },
      {
        querystring: Type.Object({
          ...PageQuery,
          gallery: Type.Optional(GalleryName),
        }),
      },
    ),
    async (request) => {
      const { limit = DEFAULT_PAGE, gallery, cursor } = request.query;
      const entries = await service.audit.read({
        after: readCursor(cursor, 'place'),
        limit: limit + 1,
        isWanted: (entry) =>
          (gallery === undefined || entry.gallery === gallery) &&
          (entry.gallery === null
            ? request.caller.galleries === null
            : service.mayUse(request, entry.gallery)),
      });
      return cutPage(entries, {
        limit,
        cursorOf: ({ place }) => place,
        present: ({ place: _, ...entry }) => entry,
      });
    },
  );
}

import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import type { App } from './app.js';
import { refuseOtherMethods } from './refuse-other-methods.js';
import { askRoutes } from './routes/ask.js';
import { ASK_SCHEMAS } from './routes/ask-schemas.js';
import { clusterRoutes } from './routes/clusters.js';
import { faceRoutes } from './routes/faces.js';
import { GALLERY_SCHEMAS, galleryRoutes } from './routes/galleries.js';
import { JOB_SCHEMAS, jobRoutes } from './routes/jobs.js';
import { LOOK_SCHEMAS, lookRoutes } from './routes/look.js';
import { peopleRoutes } from './routes/people.js';
import { PHOTO_SCHEMAS, photoRoutes } from './routes/photos.js';
import { SYSTEM_SCHEMAS, systemRoutes } from './routes/system.js';
import { SHARED_SCHEMAS } from './schemas.js';
import type { Service } from './service.js';

/** Every schema that has a name. */
export const NAMED_SCHEMAS: readonly object[] = [
  ...SHARED_SCHEMAS,
  ...SYSTEM_SCHEMAS,
  ...GALLERY_SCHEMAS,
  ...PHOTO_SCHEMAS,
  ...ASK_SCHEMAS,
  ...LOOK_SCHEMAS,
  ...JOB_SCHEMAS,
];

/** Registers what describes the routes; before they are. */
export async function describeRoutes(app: App): Promise<void> {
  for (const schema of NAMED_SCHEMAS) app.addSchema(schema);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'facedex',
        version: 'v1',
        description: 'Face recognition: galleries of people, searched by picture.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [
        'Galleries',
        'People',
        'Photos',
        'Faces',
        'Ask',
        'Look',
        'Clusters',
        'Jobs',
        'System',
      ].map((name) => ({ name })),
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'An API key.' },
          header: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        },
      },
      // The empty one: on loopback without keys none is needed.
      security: [{ bearer: [] }, { header: [] }, {}],
    },
    refResolver: {
      buildLocalReference: (json, _uri, _fragment, i) => String(json.$id ?? `def-${i}`),
    },
  });
}

/** Every operation. */
export function registerRoutes(app: App, service: Service): void {
  const refuse = refuseOtherMethods(app as unknown as FastifyInstance);
  systemRoutes(app, service);
  galleryRoutes(app, service);
  peopleRoutes(app, service);
  photoRoutes(app, service);
  faceRoutes(app, service);
  askRoutes(app, service);
  lookRoutes(app, service);
  clusterRoutes(app, service);
  jobRoutes(app, service);
  refuse();
}

/** The OpenAPI document of the service, which needs no service for it. */
export async function openApiDocument(): Promise<object> {
  const app = fastify() as unknown as App;
  // Nothing is asked, so nothing is checked.
  app.setValidatorCompiler(() => () => true);
  await describeRoutes(app);
  // Routes use it when they are asked, which never happens here.
  registerRoutes(app, undefined as unknown as Service);
  await app.ready();
  return app.swagger();
}

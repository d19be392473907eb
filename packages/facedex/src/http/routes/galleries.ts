import Type from 'typebox';
import type { App } from '../app.js';
import { operation } from '../operation.js';
import { presentGallery } from '../present.js';
import { GalleryName, InGallery, nullable, Removal, ref } from '../schemas.js';
import type { Service } from '../service.js';

const GallerySummary = Type.Object(
  { name: GalleryName, model: nullable(Type.String({ description: 'Null where it is damaged.' })) },
  { $id: 'GallerySummary' },
);

const Gallery = Type.Object(
  {
    name: GalleryName,
    model: Type.String(),
    dimension: Type.Integer(),
    createdAt: Type.String({ format: 'date-time' }),
    people: Type.Integer(),
    photos: Type.Integer(),
    faces: Type.Integer(),
    unnamedFaces: Type.Integer(),
    lastChange: Type.Integer({ description: 'Grows with every face that comes or goes.' }),
    threshold: nullable(
      Type.Number({ description: 'What `search` takes for known at this size; null: no figures.' }),
    ),
    databaseBytes: Type.Integer(),
    index: Type.Object({
      factory: Type.String({ description: "In FAISS's words." }),
      why: Type.String(),
      size: Type.Integer(),
      vectorBytes: Type.Number({ description: 'Memory that the vector of one face takes.' }),
      fileBytes: Type.Integer(),
      recall: nullable(
        Type.Number({ description: 'Share of the true nearest that is found; null: all.' }),
      ),
    }),
    canWrite: Type.Boolean({ description: 'False while another process writes to it.' }),
  },
  { $id: 'Gallery' },
);

const NewGallery = Type.Object(
  {
    name: GalleryName,
    model: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: 'Embedder; default that of the server.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** Named in the OpenAPI document. */
export const GALLERY_SCHEMAS = [GallerySummary, Gallery] as const;

export function galleryRoutes(app: App, service: Service): void {
  const tag = 'Galleries';

  app.get(
    '/v1/galleries',
    operation(
      {
        id: 'listGalleries',
        tag,
        summary: 'The galleries that one may see',
        role: 'read',
        answers: { 200: Type.Object({ items: Type.Array(ref(GallerySummary)) }) },
      },
      {},
    ),
    async (request) => {
      const items = await service.galleries.list();
      return { items: items.filter(({ name }) => service.mayUse(request, name)) };
    },
  );

  app.post(
    '/v1/galleries',
    operation(
      {
        id: 'createGallery',
        tag,
        summary: 'An empty gallery, tied to one model for good',
        role: 'admin',
        answers: { 201: ref(Gallery) },
      },
      { body: NewGallery },
    ),
    async (request, reply) => {
      const { name, model } = request.body;
      service.assertMayUse(request, name);
      const open = await service.galleries.create(name, model);
      service.audit.add(request, { action: 'gallery.create', gallery: name });
      return reply
        .code(201)
        .header('location', `/v1/galleries/${name}`)
        .send(await presentGallery(name, open));
    },
  );

  app.get(
    '/v1/galleries/:gallery',
    operation(
      {
        id: 'getGallery',
        tag,
        summary: 'What a gallery holds, and what it takes',
        role: 'read',
        answers: { 200: ref(Gallery) },
      },
      { params: InGallery },
    ),
    async ({ params }) =>
      presentGallery(params.gallery, await service.galleries.open(params.gallery)),
  );

  app.get(
    '/v1/galleries/:gallery/tags',
    operation(
      {
        id: 'listTags',
        tag,
        summary: 'Tags, and how many photos and people have them',
        role: 'read',
        answers: {
          200: Type.Object({
            items: Type.Array(
              Type.Object({ tag: Type.String(), photos: Type.Integer(), people: Type.Integer() }),
            ),
          }),
        },
      },
      { params: InGallery },
    ),
    async (request) => {
      const { gallery } = await service.galleries.open(request.params.gallery);
      service.audit.add(request, { action: 'tags.list' });
      return { items: await gallery.tags() };
    },
  );

  app.delete(
    '/v1/galleries/:gallery',
    operation(
      {
        id: 'deleteGallery',
        tag,
        summary: 'Deletes a gallery with everything in it',
        role: 'admin',
        answers: { 200: ref(Removal) },
      },
      { params: InGallery },
    ),
    async (request) => {
      const { gallery: name } = request.params;
      const removal = await service.deleteGallery(name);
      service.audit.add(request, { action: 'gallery.delete' });
      return removal;
    },
  );
}

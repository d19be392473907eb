import Type from 'typebox';
import type { App } from '../app.js';
import { operation, PICTURE } from '../operation.js';
import { cutPage, readCursor } from '../paging.js';
import { sendPicture } from '../picture-answer.js';
import { presentFace } from '../present.js';
import {
  ClusterId,
  DEFAULT_PAGE,
  Face,
  FaceId,
  InGallery,
  nullable,
  PageQuery,
  PersonId,
  PhotoId,
  page,
  Removal,
  ref,
} from '../schemas.js';
import type { Service } from '../service.js';

const InFace = Type.Object({ ...InGallery.properties, face: FaceId });

const FacesQuery = Type.Object({
  ...PageQuery,
  person: Type.Optional(PersonId),
  photo: Type.Optional(PhotoId),
  cluster: Type.Optional(ClusterId),
  unnamed: Type.Optional(Type.Boolean({ description: 'Only faces that carry no name.' })),
});

const FaceNames = Type.Object(
  {
    faces: Type.Array(FaceId, { minItems: 1, maxItems: 1000, uniqueItems: true }),
    person: nullable(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Name of the person, new or known; null takes the name away.',
      }),
    ),
  },
  { additionalProperties: false },
);

const PictureQuery = Type.Object({
  kind: Type.Optional(
    Type.Unsafe<'crop' | 'aligned'>({
      type: 'string',
      enum: ['crop', 'aligned'],
      default: 'crop',
      description: 'The head as it is in the photo, or turned and scaled by its landmarks.',
    }),
  ),
  side: Type.Optional(Type.Integer({ minimum: 16, maximum: 1024, default: 160 })),
});

export function faceRoutes(app: App, service: Service): void {
  const tag = 'Faces';

  app.get(
    '/v1/galleries/:gallery/faces',
    operation(
      {
        id: 'listFaces',
        tag,
        summary: "All faces, a person's, a photo's or a cluster's, ordered by id",
        role: 'read',
        answers: { 200: page(ref(Face)) },
      },
      { params: InGallery, querystring: FacesQuery },
    ),
    async (request) => {
      const { params, query } = request;
      const { records } = await service.galleries.open(params.gallery);
      const { limit = DEFAULT_PAGE, person, photo, cluster, unnamed = false } = query;
      const faces = await records.faces({
        afterId: readCursor(query.cursor, 'number') ?? 0,
        limit: limit + 1,
        personId: person,
        photo,
        cluster,
        unnamed,
      });
      service.audit.add(request, {
        action: 'faces.list',
        people: person === undefined ? [] : [person],
      });
      return cutPage(faces, { limit, cursorOf: ({ id }) => id, present: presentFace });
    },
  );

  app.get(
    '/v1/galleries/:gallery/faces/:face',
    operation(
      { id: 'getFace', tag, summary: 'One face', role: 'read', answers: { 200: ref(Face) } },
      { params: InFace },
    ),
    async (request) => {
      const { gallery, face } = request.params;
      const { records } = await service.galleries.open(gallery);
      service.audit.add(request, { action: 'face.read', faces: [face] });
      return presentFace(await records.face(face));
    },
  );

  app.post(
    '/v1/galleries/:gallery/faces/name',
    operation(
      {
        id: 'nameFaces',
        tag,
        summary: 'Says who faces are, or moves them to another person',
        description:
          'A face that is the only one of a photo that was enrolled for a person takes the photo along. Where such a photo has several faces, change the photo.',
        role: 'enrol',
        answers: { 200: Type.Object({ faces: Type.Array(ref(Face)) }) },
      },
      { params: InGallery, body: FaceNames },
    ),
    async (request) => {
      const { records, changing } = await service.galleries.openToChange(request.params.gallery);
      const { faces, person } = request.body;
      const named = await changing(() => records.nameFaces(faces, person));
      service.audit.add(request, {
        action: 'face.name',
        faces,
        people: [...new Set(named.flatMap((face) => face.person?.id ?? []))],
      });
      return { faces: named.map(presentFace) };
    },
  );

  app.delete(
    '/v1/galleries/:gallery/faces/:face',
    operation(
      {
        id: 'deleteFace',
        tag,
        summary: 'Deletes a face; its photo too, when it shows no other',
        role: 'admin',
        answers: { 200: ref(Removal) },
      },
      { params: InFace },
    ),
    async (request) => {
      const { gallery, face } = request.params;
      const { records, changing } = await service.galleries.openToChange(gallery);
      const removal = await changing(() => records.removeFace(face));
      await service.forget(gallery);
      service.audit.add(request, { action: 'face.delete', faces: [face] });
      return removal;
    },
  );

  app.get(
    '/v1/galleries/:gallery/faces/:face/picture',
    operation(
      {
        id: 'getFacePicture',
        tag,
        summary: 'A square picture of a face (JPEG)',
        role: 'read',
        answers: { 200: PICTURE, 304: { type: 'null', description: 'Not changed.' } },
      },
      { params: InFace, querystring: PictureQuery },
    ),
    async (request, reply) => {
      const { gallery, face: id } = request.params;
      const { kind = 'crop', side = 160 } = request.query;
      const open = await service.galleries.open(gallery);
      const face = await open.records.face(id);
      return sendPicture(request, reply, {
        etag: `face-${face.photo}-${id}-${kind}-${side}`,
        type: 'image/jpeg',
        render: () => open.pictures.face(face, { kind, side }),
        onShow: () =>
          service.audit.add(request, {
            action: 'face.picture',
            faces: [id],
            people: face.person === null ? [] : [face.person.id],
          }),
      });
    },
  );
}

import type { FaceDetail } from '@facedex/gallery';
import Type from 'typebox';
import type { App } from '../app.js';
import { enrolPhoto, LISTED_FACES } from '../enrol.js';
import { enrolPhotos } from '../enrol-batch.js';
import { EnrolFields, EnrolOptions, type EnrolRequest } from '../enrol-options.js';
import type { OpenGallery } from '../open-gallery.js';
import { operation, PICTURE } from '../operation.js';
import { cutPage, readCursor } from '../paging.js';
import { sendPicture } from '../picture-answer.js';
import { presentFace, presentPhoto } from '../present.js';
import { pictureOf } from '../read-upload.js';
import {
  DEFAULT_PAGE,
  Face,
  InGallery,
  nullable,
  PageQuery,
  PersonId,
  PersonName,
  Photo,
  PhotoId,
  page,
  Removal,
  ref,
  Tag,
  Tags,
} from '../schemas.js';
import type { Service } from '../service.js';
import { Base64, Binary, uploadBody } from '../upload-schema.js';
import { STREAMED } from '../validation.js';

const InPhoto = Type.Object({ ...InGallery.properties, photo: PhotoId });

const PhotosQuery = Type.Object({
  ...PageQuery,
  person: Type.Optional(PersonId),
  tag: Type.Optional(Tag),
});

const Enrolled = Type.Object(
  {
    outcome: Type.Unsafe<'added' | 'unchanged'>({ type: 'string', enum: ['added', 'unchanged'] }),
    photo: ref(Photo),
    faces: Type.Array(ref(Face)),
    facesSeen: Type.Integer({ description: 'Also those that were not enrolled.' }),
  },
  { $id: 'Enrolled' },
);

const PhotoWithFaces = Type.Object({ photo: ref(Photo), faces: Type.Array(ref(Face)) });

const BatchLine = Type.Union([
  Type.Object({
    index: nullable(
      Type.Integer({
        description: 'Of the photo in the form, from 0; null: the form itself is refused.',
      }),
    ),
    filename: nullable(Type.String()),
    person: nullable(PersonName),
    outcome: Type.Unsafe<'added' | 'unchanged' | 'refused'>({
      type: 'string',
      enum: ['added', 'unchanged', 'refused'],
    }),
    photo: nullable(PhotoId),
    faces: Type.Integer(),
    code: nullable(Type.String({ description: 'Why it was refused.' })),
    detail: nullable(Type.String()),
  }),
  Type.Object({
    total: Type.Integer(),
    added: Type.Integer(),
    unchanged: Type.Integer(),
    refused: Type.Integer(),
  }),
]);

const PhotoPatch = Type.Object(
  {
    person: Type.Optional(
      nullable(
        Type.String({
          minLength: 1,
          maxLength: 200,
          description: 'Name of the person whom it shows; null: nobody is named.',
        }),
      ),
    ),
    tags: Type.Optional(Tags),
  },
  { additionalProperties: false, minProperties: 1 },
);

const PictureQuery = Type.Object({
  side: Type.Optional(
    Type.Integer({ minimum: 16, maximum: 2048, default: 1024, description: 'Longest, in pixels.' }),
  ),
});

export function photoRoutes(app: App, service: Service): void {
  const tag = 'Photos';

  app.get(
    '/v1/galleries/:gallery/photos',
    operation(
      {
        id: 'listPhotos',
        tag,
        summary: 'Photos, in the order in which they came',
        role: 'read',
        answers: { 200: page(ref(Photo)) },
      },
      { params: InGallery, querystring: PhotosQuery },
    ),
    async (request) => {
      const { params, query } = request;
      const open = await service.galleries.open(params.gallery);
      const { limit = DEFAULT_PAGE } = query;
      service.audit.add(request, {
        action: 'photos.list',
        people: query.person === undefined ? [] : [query.person],
      });
      const photos = await open.records.photos({
        afterId: readCursor(query.cursor, 'number') ?? 0,
        limit: limit + 1,
        personId: query.person,
        tag: query.tag,
      });
      return cutPage(photos, {
        limit,
        cursorOf: (photo) => photo.rowId,
        present: (photo) => presentPhoto(photo, open.photos),
      });
    },
  );

  app.post(
    '/v1/galleries/:gallery/photos',
    operation(
      {
        id: 'enrolPhoto',
        tag,
        summary: 'Enrols the faces of a photo',
        description:
          'Send a form (`photo` and the options as fields), JSON (`photo` in Base64) or the bytes of the picture with the options in the query. The same photo again changes nothing (200).',
        role: 'enrol',
        cost: 'picture',
        answers: { 200: ref(Enrolled), 201: ref(Enrolled) },
      },
      {
        params: InGallery,
        querystring: EnrolFields,
        body: uploadBody({
          json: Type.Object({ photo: Base64, ...EnrolOptions }, { additionalProperties: false }),
          form: Type.Object({ photo: Binary, ...EnrolOptions }, { additionalProperties: false }),
        }),
      },
    ),
    async (request, reply) => {
      const open = await service.galleries.openToChange(request.params.gallery);
      const { picture, options } = pictureOf<EnrolRequest>(request);
      const enrolled = await enrolPhoto(open, picture, options);
      service.audit.add(request, {
        action: 'photo.enrol',
        faces: enrolled.faces.map(({ id }) => id),
        people: enrolled.photo.person === null ? [] : [enrolled.photo.person.id],
      });
      if (enrolled.outcome === 'added') {
        const { gallery } = request.params;
        void reply
          .code(201)
          .header('location', `/v1/galleries/${gallery}/photos/${enrolled.photo.id}`);
      }
      return enrolled;
    },
  );

  app.post(
    '/v1/galleries/:gallery/photos/batch',
    operation(
      {
        id: 'enrolPhotos',
        tag,
        summary: 'Enrols many photos, and tells of each as it is done',
        description:
          'A form whose `photo` fields are pictures. Options go before the photos that they are for, and hold until they are given again (`person` empty: nobody). The answer is a line of JSON (NDJSON) for each photo, as it is done, and a last one with the totals. What was told is enrolled, also when the connection breaks. Where the form itself is wrong, such as cut off or with an option after the last photo, a line without `index` says so.',
        role: 'enrol',
        cost: 'picture',
        answers: {
          200: {
            description: 'A line for each photo, then one with `total`.',
            content: { 'application/x-ndjson': { schema: BatchLine } },
          },
        },
      },
      {
        params: InGallery,
        body: {
          content: {
            'multipart/form-data': {
              schema: Type.Object({ photo: Type.Array(Binary), ...EnrolOptions }, STREAMED),
            },
          },
        },
      },
    ),
    (request, reply) => enrolPhotos(service, request, reply),
  );

  app.get(
    '/v1/galleries/:gallery/photos/:photo',
    operation(
      {
        id: 'getPhoto',
        tag,
        summary: 'One photo with its faces',
        role: 'read',
        answers: { 200: PhotoWithFaces },
      },
      { params: InPhoto },
    ),
    async (request) => {
      const { gallery, photo: id } = request.params;
      const open = await service.galleries.open(gallery);
      // In this order, one that is deleted in between is not there, rather than without faces.
      const faces = await facesOf(open, id);
      const photo = await open.records.photo(id);
      service.audit.add(request, { action: 'photo.read', faces: faces.map((face) => face.id) });
      return {
        photo: await presentPhoto(photo, open.photos),
        faces: faces.map(presentFace),
      };
    },
  );

  app.patch(
    '/v1/galleries/:gallery/photos/:photo',
    operation(
      {
        id: 'changePhoto',
        tag,
        summary: 'Says whom a photo shows, or gives it other tags',
        role: 'enrol',
        answers: { 200: ref(Photo) },
      },
      { params: InPhoto, body: PhotoPatch },
    ),
    async (request) => {
      const { gallery, photo: id } = request.params;
      const open = await service.galleries.openToChange(gallery);
      const { photo, faces } = await open.changing(async () => ({
        photo: await open.records.changePhoto(id, request.body),
        faces: await facesOf(open, id),
      }));
      service.audit.add(request, { action: 'photo.change', faces: faces.map((face) => face.id) });
      return presentPhoto(photo, open.photos);
    },
  );

  app.delete(
    '/v1/galleries/:gallery/photos/:photo',
    operation(
      {
        id: 'deletePhoto',
        tag,
        summary: 'Deletes a photo with its faces and its picture',
        role: 'admin',
        answers: { 200: ref(Removal) },
      },
      { params: InPhoto },
    ),
    async (request) => {
      const { gallery, photo } = request.params;
      const open = await service.galleries.openToChange(gallery);
      const { faces, removal } = await open.changing(async () => ({
        faces: await facesOf(open, photo),
        removal: await open.records.removePhoto(photo),
      }));
      await service.forget(gallery);
      service.audit.add(request, { action: 'photo.delete', faces: faces.map((face) => face.id) });
      return removal;
    },
  );

  app.get(
    '/v1/galleries/:gallery/photos/:photo/picture',
    operation(
      {
        id: 'getPhotoPicture',
        tag,
        summary: 'The photo, upright, scaled down, without metadata (JPEG)',
        role: 'read',
        cost: 'query',
        answers: { 200: PICTURE, 304: { type: 'null', description: 'Not changed.' } },
      },
      { params: InPhoto, querystring: PictureQuery },
    ),
    async (request, reply) => {
      const { gallery, photo: id } = request.params;
      const { side = 1024 } = request.query;
      const open = await service.galleries.open(gallery);
      // In this order, one that is deleted in between is not there, rather than without faces.
      const faces = await facesOf(open, id);
      const photo = await open.records.photo(id);
      return sendPicture(request, reply, {
        etag: `photo-${id}-${side}`,
        type: 'image/jpeg',
        render: () => open.pictures.photo(photo, side),
        onShow: () =>
          service.audit.add(request, {
            action: 'photo.picture',
            faces: faces.map((face) => face.id),
            people: [...new Set(faces.flatMap(({ person }) => person?.id ?? []))],
          }),
      });
    },
  );
}

/** Of a photo, as far as they are listed. */
function facesOf({ records }: OpenGallery, photo: string): Promise<FaceDetail[]> {
  return records.faces({ afterId: 0, limit: LISTED_FACES, photo });
}

/** Named in the OpenAPI document. */
export const PHOTO_SCHEMAS = [Enrolled] as const;

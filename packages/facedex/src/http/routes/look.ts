import Type, { type Static } from 'typebox';
import type { App } from '../app.js';
import { detectFaces, verifyProbes } from '../ask.js';
import { GALLERY_NAME } from '../gallery-places.js';
import { operation } from '../operation.js';
import { readPair } from '../probe.js';
import { pictureOf } from '../read-upload.js';
import { Box, Distance, FalseMatchRate, nullable, Probe, Quality, ref } from '../schemas.js';
import type { Service } from '../service.js';
import { Base64, Binary, uploadBody } from '../upload-schema.js';

const DetectOptions = {
  gallery: Type.Optional(
    Type.String({
      pattern: GALLERY_NAME,
      description: 'Whose model is used; none: that of the server.',
    }),
  ),
  anyOrientation: Type.Optional(Type.Boolean()),
  embeddings: Type.Optional(
    Type.Boolean({ description: 'Also the embeddings, to search by; default false.' }),
  ),
};
const VerifyOptions = {
  gallery: Type.Optional(
    Type.String({
      pattern: GALLERY_NAME,
      description: 'Whose model and calibration are used, and whose stored faces.',
    }),
  ),
  threshold: Type.Optional(
    Type.Number({ minimum: 0, maximum: 2, description: 'Default: false match rate 1e-3.' }),
  ),
  anyOrientation: Type.Optional(Type.Boolean()),
};
export type DetectRequest = Static<Type.TObject<typeof DetectOptions>>;
export type VerifyRequest = Static<Type.TObject<typeof VerifyOptions>>;

const Side = Type.Object(
  {
    photo: Type.Optional(Base64),
    storedFace: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'With `gallery`.',
      }),
    ),
    embedding: Type.Optional(Type.Array(Type.Number(), { minItems: 1, maxItems: 4096 })),
  },
  { additionalProperties: false, description: 'One of the three.' },
);

const Detected = Type.Object(
  {
    width: Type.Integer({ description: 'Of the upright picture.' }),
    height: Type.Integer(),
    model: Type.String(),
    faces: Type.Array(
      Type.Object({
        index: Type.Integer({ description: '`faceIndex` of the other operations.' }),
        box: ref(Box),
        landmarks: Type.Array(Type.Array(Type.Number())),
        score: Type.Number(),
        quality: ref(Quality),
        liveness: nullable(Type.Number()),
        embedding: nullable(Type.Array(Type.Number())),
      }),
      { description: 'Largest first.' },
    ),
  },
  { $id: 'Detected' },
);

const Verification = Type.Object(
  {
    same: Type.Boolean(),
    distance: Distance,
    similarity: Type.Number(),
    threshold: Distance,
    falseMatchRate: nullable(ref(FalseMatchRate)),
    model: Type.String(),
    a: nullable(ref(Probe)),
    b: nullable(ref(Probe)),
  },
  { $id: 'Verification' },
);

/** Named in the OpenAPI document. */
export const LOOK_SCHEMAS = [Detected, Verification] as const;

export function lookRoutes(app: App, service: Service): void {
  const tag = 'Look';

  app.post(
    '/v1/detect',
    operation(
      {
        id: 'detect',
        tag,
        summary: 'Every face of a picture; none is not an error',
        description:
          'Send a form, JSON with `photo` in Base64, or the bytes of a picture with the options in the query.',
        role: 'read',
        cost: 'picture',
        answers: { 200: ref(Detected) },
      },
      {
        querystring: Type.Object(DetectOptions),
        body: uploadBody({
          json: Type.Object({ photo: Base64, ...DetectOptions }, { additionalProperties: false }),
          form: Type.Object({ photo: Binary, ...DetectOptions }, { additionalProperties: false }),
        }),
      },
    ),
    async (request) => {
      const { picture, options } = pictureOf<DetectRequest>(request);
      const pipeline = await service.pipelineFor(request, options.gallery);
      service.audit.add(request, { action: 'detect', gallery: options.gallery });
      return detectFaces(pipeline, picture, options);
    },
  );

  app.post(
    '/v1/verify',
    operation(
      {
        id: 'verify',
        tag,
        summary: 'Whether two faces are of the same person',
        description:
          'Send a form with the pictures `a` and `b`, or JSON where each is a `photo` in Base64, a `storedFace` of the gallery, or an `embedding`.',
        role: 'read',
        cost: 'picture',
        answers: { 200: ref(Verification) },
      },
      {
        querystring: Type.Object(VerifyOptions),
        body: uploadBody({
          raw: false,
          json: Type.Object(
            { a: Side, b: Side, ...VerifyOptions },
            { additionalProperties: false },
          ),
          form: Type.Object(
            { a: Binary, b: Binary, ...VerifyOptions },
            { additionalProperties: false },
          ),
        }),
      },
    ),
    async (request) => {
      const { pair, options } = await readPair<VerifyRequest>(service, request);
      service.audit.add(request, {
        action: 'verify',
        gallery: options.gallery,
        faces: pair.probes.flatMap(({ storedFace }) => storedFace ?? []),
      });
      return verifyProbes(pair, options);
    },
  );
}

import Type, { type Static, type TSchema } from 'typebox';
import { GALLERY_NAME } from './gallery-places.js';

/** Refers to a schema of {@link SHARED_SCHEMAS} by its name, with its type. */
export function ref<T extends TSchema>(schema: T) {
  const { $id } = schema as { $id?: string };
  return Type.Unsafe<Static<T>>({ $ref: `${$id}#` });
}

/** A value or null. */
export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

const MAX_PAGE = 500;
export const DEFAULT_PAGE = 100;

export const GalleryName = Type.String({
  pattern: GALLERY_NAME,
  description: 'Lower-case letters, digits, - and _; at most 63.',
});
export const PersonId = Type.String({
  pattern: '^[0-9a-f]{16}$',
  description: 'Never used again for somebody else.',
});
export const PhotoId = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: "SHA-256 of the photo file's content.",
});
export const FaceId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const ClusterId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const JobId = Type.String({ pattern: '^[0-9a-f-]{36}$' });
export const PersonName = Type.String({ minLength: 1, maxLength: 200 });
export const Tag = Type.String({ minLength: 1, maxLength: 100 });
export const Tags = Type.Array(Tag, { maxItems: 100, uniqueItems: true });
export const Distance = Type.Number({
  minimum: 0,
  maximum: 2,
  description: 'Euclidean distance of two embeddings; lower is closer.',
});
const Time = Type.String({ format: 'date-time' });

export const InGallery = Type.Object({ gallery: GalleryName });

/** Where to go on, and how far. */
export const PageQuery = {
  cursor: Type.Optional(
    Type.String({ maxLength: 600, description: "`next` of the page before; don't take it apart." }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })),
};

/** One page of a list. */
export function page<T extends TSchema>(items: T) {
  return Type.Object({
    items: Type.Array(items),
    next: nullable(Type.String({ description: 'The cursor of the next page; null on the last.' })),
  });
}

export const Problem = Type.Object(
  {
    type: Type.String({ description: '`urn:facedex:error:` and the code.' }),
    title: Type.String({ description: 'What the code means.' }),
    status: Type.Integer(),
    code: Type.String({ description: 'Branch on this: see docs/errors.md.' }),
    detail: Type.String({ description: 'What was expected, what was received, what to do.' }),
  },
  { $id: 'Problem', description: 'RFC 9457 problem details.' },
);

export const Box = Type.Object(
  { x: Type.Number(), y: Type.Number(), width: Type.Number(), height: Type.Number() },
  {
    $id: 'Box',
    description: 'In pixels of the upright photo; it may reach beyond the edges.',
  },
);

export const PersonRef = Type.Object(
  { id: PersonId, name: PersonName },
  { $id: 'PersonRef', description: 'Who it is.' },
);

const Landmarks = Type.Array(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }), {
  description: 'Left eye, right eye, nose, left and right corner of the mouth; [x, y] each.',
});

export const Person = Type.Object(
  {
    id: PersonId,
    name: PersonName,
    tags: Type.Array(Tag),
    photos: Type.Integer({ description: 'Photos that show the person.' }),
    faces: Type.Integer(),
    face: nullable(
      Type.Integer({ description: 'A face to show for the person: the one with the best score.' }),
    ),
    createdAt: Time,
    lastSeenAt: Type.String({
      format: 'date-time',
      description: 'Last enrolled or identified; to the day.',
    }),
    consentUntil: nullable(
      Type.String({
        format: 'date-time',
        description: 'When the consent ends: the person is deleted then.',
      }),
    ),
  },
  { $id: 'Person' },
);

export const Face = Type.Object(
  {
    id: FaceId,
    photo: PhotoId,
    person: nullable(ref(PersonRef)),
    cluster: nullable(ClusterId),
    box: ref(Box),
    landmarks: Landmarks,
    score: Type.Number({ description: "The detector's confidence, 0 to 1." }),
  },
  { $id: 'Face', description: 'A face of the gallery.' },
);

export const Photo = Type.Object(
  {
    id: PhotoId,
    person: nullable(ref(PersonRef)),
    width: Type.Integer(),
    height: Type.Integer(),
    outcome: Type.Unsafe<'enrolled' | 'no-face' | 'several-faces' | 'unreadable'>({
      type: 'string',
      enum: ['enrolled', 'no-face', 'several-faces', 'unreadable'],
    }),
    reason: nullable(Type.String({ description: 'More about the outcome.' })),
    takenAt: Type.String({
      description:
        'As told with the upload, else when that came; of `facedex index` the time of the file.',
    }),
    faces: Type.Integer(),
    tags: Type.Array(Tag),
    hasPicture: Type.Boolean({ description: 'Whether pictures of it can be had.' }),
  },
  {
    $id: 'Photo',
    description: '`person`: whom the photo was enrolled for; its faces carry that name.',
  },
);

export const Quality = Type.Object(
  {
    score: Type.Number({ description: 'The product of the five below, 0 to 1.' }),
    size: Type.Number(),
    sharpness: Type.Number(),
    frontality: Type.Number(),
    exposure: Type.Number(),
    detection: Type.Number(),
    pose: Type.Object(
      { yaw: Type.Number(), pitch: Type.Number(), roll: Type.Number() },
      { description: 'Degrees.' },
    ),
  },
  { $id: 'Quality', description: 'How well a face can be recognised.' },
);

export const FalseMatchRate = Type.Object(
  {
    rate: Type.Number(),
    kind: Type.Unsafe<'measured' | 'at-most'>({ type: 'string', enum: ['measured', 'at-most'] }),
  },
  {
    $id: 'FalseMatchRate',
    description: 'How often a face of somebody else is at least so near.',
  },
);

export const Match = Type.Object(
  {
    rank: Type.Integer({ minimum: 1 }),
    face: FaceId,
    photo: PhotoId,
    person: nullable(ref(PersonRef)),
    box: ref(Box),
    distance: Distance,
    similarity: Type.Number({ description: 'Cosine, -1 to 1; higher is closer.' }),
    known: Type.Boolean({ description: 'Whether the distance is within the threshold.' }),
    falseMatchRate: nullable(ref(FalseMatchRate)),
  },
  { $id: 'Match', description: 'A face of the gallery that is near the probe.' },
);

export const PersonMatch = Type.Object(
  {
    rank: Type.Integer({ minimum: 1 }),
    person: ref(PersonRef),
    distance: Distance,
    similarity: Type.Number(),
    known: Type.Boolean(),
    faces: Type.Array(ref(Match), { description: 'That were counted, nearest first.' }),
  },
  { $id: 'PersonMatch', description: 'A person who is like the probe.' },
);

export const Probe = Type.Object(
  {
    box: ref(Box),
    facesSeen: Type.Integer({ description: 'How many faces the picture shows.' }),
    liveness: nullable(Type.Number({ description: 'Weak evidence, 0 to 1.' })),
  },
  { $id: 'Probe', description: 'The face of the picture that was asked about.' },
);

export const Cluster = Type.Object(
  {
    id: ClusterId,
    person: nullable(ref(PersonRef)),
    faces: Type.Integer(),
    confirmed: Type.Integer({ description: 'Faces that a correction has confirmed.' }),
    face: nullable(Type.Integer({ description: 'A face to show for the cluster.' })),
  },
  { $id: 'Cluster', description: 'Faces that were found, or said, to be one person.' },
);

const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
const JOB_KINDS = ['cluster', 'train', 'expire'] as const;

export const Job = Type.Object(
  {
    id: JobId,
    gallery: GalleryName,
    kind: Type.Unsafe<(typeof JOB_KINDS)[number]>({ type: 'string', enum: [...JOB_KINDS] }),
    state: Type.Unsafe<(typeof JOB_STATES)[number]>({ type: 'string', enum: [...JOB_STATES] }),
    done: Type.Integer(),
    total: nullable(Type.Integer({ description: 'Null until it is known.' })),
    createdAt: Time,
    finishedAt: nullable(Time),
    result: nullable(
      Type.Record(Type.String(), Type.Number(), { description: 'Figures, once it is done.' }),
    ),
    error: nullable(
      Type.Object({ code: Type.String(), detail: Type.String() }, { description: 'Once failed.' }),
    ),
  },
  { $id: 'Job', description: 'Long work in the background.' },
);

export const Removal = Type.Object(
  { faces: Type.Integer(), photos: Type.Integer() },
  { $id: 'Removal', description: 'How much was deleted.' },
);

/** Named in the OpenAPI document. */
export const SHARED_SCHEMAS = [
  Problem,
  Box,
  PersonRef,
  Person,
  Face,
  Photo,
  Quality,
  FalseMatchRate,
  Match,
  PersonMatch,
  Probe,
  Cluster,
  Job,
  Removal,
] as const;

import { DEFAULT_MARGIN, DEFAULT_TEMPLATES, TEMPLATES } from '@facedex/gallery';
import Type, { type Static } from 'typebox';
import {
  Distance,
  FalseMatchRate,
  Match,
  nullable,
  PersonId,
  PersonMatch,
  PersonRef,
  Probe,
  ref,
  Tag,
} from '../schemas.js';
import { Base64, Binary, uploadBody } from '../upload-schema.js';

const LookOptions = {
  faceIndex: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 9999,
      description:
        'Which face of the picture is meant, as `detect` numbers them; none: the largest, most central.',
    }),
  ),
  anyOrientation: Type.Optional(
    Type.Boolean({
      description: 'Also look at the picture turned, where it shows no upright face.',
    }),
  ),
};
const Threshold = Type.Optional(
  Type.Number({
    minimum: 0,
    maximum: 2,
    description: 'Distance up to which it is the same person; default from the calibration.',
  }),
);

/** How to search. */
export const SearchOptions = {
  k: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1000,
      default: 5,
      description: 'How many faces (or people).',
    }),
  ),
  threshold: Threshold,
  group: Type.Optional(
    Type.Unsafe<'face' | 'person'>({
      type: 'string',
      enum: ['face', 'person'],
      default: 'face',
      description: '`person`: the nearest people, so that `k` counts people.',
    }),
  ),
  topFaces: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 100,
      description:
        "With `group: person`: the mean of so many of a person's nearest faces counts; default 1.",
    }),
  ),
  people: Type.Optional(
    Type.Array(PersonId, { maxItems: 1000, description: 'Only among the faces of these people.' }),
  ),
  tags: Type.Optional(
    Type.Array(Tag, { maxItems: 100, description: 'Only among photos with all of these tags.' }),
  ),
  since: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'Only among photos with `takenAt` at this time or later.',
    }),
  ),
  until: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'Only among photos with `takenAt` before this time.',
    }),
  ),
  ...LookOptions,
};
/** How to identify. */
export const IdentifyOptions = {
  threshold: Threshold,
  falsePositiveRate: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
      description: 'How often a stranger may be taken for somebody; default 0.01.',
    }),
  ),
  margin: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 2,
      description: `By how much the runner-up must be farther; default ${DEFAULT_MARGIN}.`,
    }),
  ),
  templates: Type.Optional(
    Type.Unsafe<(typeof TEMPLATES)[number]>({
      type: 'string',
      enum: [...TEMPLATES],
      description: `What stands for a person; default ${DEFAULT_TEMPLATES}.`,
    }),
  ),
  ...LookOptions,
};
/** How to classify. */
export const ClassifyOptions = { ...LookOptions };
/** How to draw a comparison picture. */
export const CompareOptions = {
  ...SearchOptions,
  k: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 60, default: 5, description: 'As many as are drawn.' }),
  ),
  format: Type.Optional(
    Type.Unsafe<'jpeg' | 'png' | 'webp'>({
      type: 'string',
      enum: ['jpeg', 'png', 'webp'],
      default: 'jpeg',
    }),
  ),
};

const Embedding = Type.Array(Type.Number(), {
  minItems: 1,
  maxItems: 4096,
  description: "Unit length, of the gallery's model.",
});

/** One of the three, besides a picture that is the body itself. */
export const ProbeJson = {
  photo: Type.Optional(Base64),
  storedFace: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'A face of the gallery.',
    }),
  ),
  embedding: Type.Optional(Embedding),
};

/** The body of a question: a probe in one of all ways, with options. */
export const probeBody = <T extends Record<string, Type.TSchema>>(options: T) =>
  uploadBody({
    json: Type.Object({ ...ProbeJson, ...options }, { additionalProperties: false }),
    form: Type.Object({ photo: Binary, ...options }, { additionalProperties: false }),
  });

export type SearchRequest = Static<Type.TObject<typeof SearchOptions>>;
export type IdentifyRequest = Static<Type.TObject<typeof IdentifyOptions>>;
export type ClassifyRequest = Static<Type.TObject<typeof ClassifyOptions>>;
export type CompareRequest = Static<Type.TObject<typeof CompareOptions>>;

const Answered = {
  model: Type.String(),
  threshold: Distance,
  probe: nullable(ref(Probe)),
  searchMs: Type.Number({ description: 'Time of the search itself, in milliseconds.' }),
  analyseMs: Type.Number({ description: 'Time to find and embed the face of the picture.' }),
};

export const SearchResult = Type.Object(
  {
    ...Answered,
    matches: Type.Array(ref(Match), { description: 'Nearest first; empty with `group: person`.' }),
    people: Type.Array(ref(PersonMatch), {
      description: 'Nearest first; empty with `group: face`.',
    }),
  },
  { $id: 'SearchResult', description: '`probe` is null where no picture was sent.' },
);

export const Identification = Type.Object(
  {
    ...Answered,
    verdict: Type.Unsafe<'known' | 'unknown' | 'ambiguous'>({
      type: 'string',
      enum: ['known', 'unknown', 'ambiguous'],
    }),
    person: nullable(ref(PersonRef)),
    distance: nullable(Distance),
    similarity: nullable(Type.Number()),
    nearest: nullable(ref(Match)),
    runnerUp: nullable(
      Type.Object({ person: ref(PersonRef), distance: Distance, similarity: Type.Number() }),
    ),
    margin: nullable(Type.Number()),
    templates: Type.String(),
    falseMatchRate: nullable(ref(FalseMatchRate)),
    falsePositiveRate: nullable(
      Type.Number({ description: 'How often a stranger is taken for somebody at this threshold.' }),
    ),
    comparisons: Type.Integer(),
  },
  { $id: 'Identification', description: '`ambiguous`: two people are about as near.' },
);

export const Classification = Type.Object(
  {
    person: nullable(ref(PersonRef)),
    probability: Type.Number(),
    ranking: Type.Array(Type.Object({ person: ref(PersonRef), probability: Type.Number() })),
    probe: nullable(ref(Probe)),
  },
  { $id: 'Classification', description: '`person` is null where it is unknown.' },
);

/** Named in the OpenAPI document. */
export const ASK_SCHEMAS = [SearchResult, Identification, Classification] as const;

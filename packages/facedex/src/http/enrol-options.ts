import Type, { type Static } from 'typebox';
import { Tags } from './schemas.js';

/** How to enrol a photo. */
export const EnrolOptions = {
  person: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'Name of the person whom the photo shows, new or known; none: nobody is named.',
    }),
  ),
  faces: Type.Optional(
    Type.Unsafe<'largest' | 'all' | 'reject'>({
      type: 'string',
      enum: ['largest', 'all', 'reject'],
      default: 'largest',
      description:
        "Of several faces: take the largest, all as that person's, or refuse the photo. Of a photo of nobody all are taken.",
    }),
  ),
  minQuality: Type.Optional(
    Type.Number({ minimum: 0, maximum: 1, description: 'Lowest quality of a face; default 0.1.' }),
  ),
  anyOrientation: Type.Optional(Type.Boolean({ description: 'Also look at it turned.' })),
  tags: Type.Optional(Tags),
  takenAt: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'When the photo was taken, for searches by time; default now.',
    }),
  ),
};

export const EnrolFields = Type.Object(EnrolOptions, { additionalProperties: false });
export type EnrolRequest = Static<typeof EnrolFields>;

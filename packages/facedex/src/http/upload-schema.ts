import Type, { type Static, type TObject, type TProperties } from 'typebox';

/** What a picture may be sent as, by itself. */
export const PICTURE_TYPES = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/tiff',
  'image/avif',
  'image/heic',
  'application/octet-stream',
] as const;

/** The bytes of a file in a form. */
export const Binary = Type.Unsafe<Uint8Array>({ type: 'string', format: 'binary' });

/** A picture inside JSON. */
export const Base64 = Type.String({
  contentEncoding: 'base64',
  description: 'The bytes of a picture file in Base64.',
});

/**
 * A body that is JSON, a form (`multipart/form-data`), or the bytes of a picture with the options in the
 * query.
 */
export function uploadBody<Json extends TProperties, Form extends TProperties>(options: {
  readonly json: TObject<Json>;
  readonly form: TObject<Form>;
  /** Whether the picture may be the body itself; default true. */
  readonly raw?: boolean;
}) {
  const raw = options.raw === false ? [] : PICTURE_TYPES;
  return {
    content: {
      'application/json': { schema: options.json },
      'multipart/form-data': { schema: options.form },
      ...Object.fromEntries(raw.map((type) => [type, { schema: Binary }])),
    },
  };
}

/** What a handler gets of a body with a picture: its bytes, whichever way they came. */
export type Uploaded<T extends TObject> = Static<T>;

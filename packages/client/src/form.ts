type Value = string | number | boolean | Blob | readonly (string | number | Blob)[] | undefined;

/**
 * The body of an upload as a form: files as they are, everything else as text, lists as repeated fields.
 * Fields go in the order in which they are given. To be spread into the options of a request.
 *
 * @example client.POST('/v1/detect', form({ photo: file }))
 */
export function form<T extends object>(fields: T) {
  return {
    // What is typed is the document's body; what is sent is made of it below.
    body: fields as Formed<T>,
    bodySerializer: (body: unknown): FormData => toFormData(body as Record<string, Value>),
  };
}

/** The document has files as text. */
type Formed<T> = { [K in keyof T]: T[K] extends Blob ? string : T[K] };

function toFormData(fields: Readonly<Record<string, Value>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one instanceof Blob) data.append(name, one);
      else if (one !== undefined) data.append(name, String(one));
    }
  }
  return data;
}

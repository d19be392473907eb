import type { FacedexClient } from './client.js';
import { type Problem, problemOf } from './problem.js';
import type { operations } from './schema.js';

type Operation = operations['enrolPhotos'];
type Form = Operation['requestBody']['content']['multipart/form-data'];

type Options = Omit<Form, 'photo' | 'person' | 'takenAt'>;

/** A photo to be enrolled. */
export interface BatchPhoto {
  readonly photo: Blob;
  /** Comes back with the outcome; default the name of a `File`. */
  readonly filename?: string | undefined;
  /** Whom it shows, new or known; default nobody who has a name. */
  readonly person?: string | null | undefined;
  /** When it was taken; default the time of a `File`, else now. */
  readonly takenAt?: Date | undefined;
}

/** What became of a photo; the last one has the totals. In the order in which they are done. */
export type BatchLine = Operation['responses'][200]['content']['application/x-ndjson'];

/** A request that was refused as a whole. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

/**
 * Enrols many photos with one request, and tells of each as soon as it is done.
 *
 * ```ts
 * for await (const line of enrolBatch(client, 'friends', [{ photo: file, person: 'Ada' }])) {
 *   if ('total' in line) console.log(`${line.added} of ${line.total} added`);
 *   else if (line.outcome === 'refused') console.warn(line.filename, line.code, line.detail);
 * }
 * ```
 *
 * @param photos as many as the server takes in a form, by default 1,000
 * @throws {ProblemError} where the request was refused; a single photo that was has a line
 */
export async function* enrolBatch(
  client: FacedexClient,
  gallery: string,
  photos: Iterable<BatchPhoto>,
  options: Options = {},
): AsyncGenerator<BatchLine, void, undefined> {
  const { data, error } = await client.POST('/v1/galleries/{gallery}/photos/batch', {
    params: { path: { gallery } },
    // What is typed is the document's body; what is sent is made below.
    body: { photo: [] },
    bodySerializer: () => toForm(photos, options),
    parseAs: 'stream',
  });
  if (error !== undefined || data === null || data === undefined) {
    throw new ProblemError(problemOf(error));
  }
  yield* linesOf(data);
}

function toForm(photos: Iterable<BatchPhoto>, options: Options): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(options)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) form.append(name, String(one));
    }
  }
  for (const { photo, filename, person, takenAt } of photos) {
    // Fields hold for the photos after them, too. Empty: nobody.
    form.append('person', person ?? '');
    const time = takenAt ?? new Date(photo instanceof File ? photo.lastModified : Date.now());
    form.append('takenAt', time.toISOString());
    form.append('photo', photo, filename ?? (photo instanceof File ? photo.name : 'photo'));
  }
  return form;
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<BatchLine> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      text += decoder.decode(value, { stream: !done });
      const lines = text.split('\n');
      text = lines.pop()!;
      for (const line of lines) yield JSON.parse(line) as BatchLine;
      if (done) return;
    }
  } finally {
    // Who stops listening ends the request: what was told is enrolled.
    await reader.cancel();
  }
}

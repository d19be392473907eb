import { createReadStream } from 'node:fs';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { streamArray } from 'stream-json/streamers/stream-array.js';
import { streamObject } from 'stream-json/streamers/stream-object.js';
import { GalleryError } from '../errors.js';

/** An element of a JSON array, with its position, or of a JSON object, with its name. */
export interface JsonItem {
  key: unknown;
  value: unknown;
}

/**
 * Reads a JSON file's elements one at a time.
 *
 * @throws GalleryError `INVALID_FILE` when it is not JSON or not of that form
 */
export async function* readJson(
  path: string,
  form: 'array' | 'object',
): AsyncGenerator<JsonItem, void, undefined> {
  const elements: Duplex =
    form === 'array' ? streamArray.withParserAsStream() : streamObject.withParserAsStream();
  const reading = pipeline(createReadStream(path), elements);
  // The loop throws the same error; here it would go unhandled.
  reading.catch(() => undefined);
  try {
    yield* elements as AsyncIterable<JsonItem>;
    await reading;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GalleryError('INVALID_FILE', `${path}: expected a JSON ${form}: ${reason}`, {
      cause: error,
    });
  }
}

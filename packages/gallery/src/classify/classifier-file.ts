import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { GalleryError } from '../errors.js';
import { CLASSIFIERS, type ClassifierModel } from './classifier.js';

const base64 = z.base64();

const fileSchema = z.object({
  format: z.literal('facedex-classifier'),
  version: z.literal(1),
  kind: z.enum(CLASSIFIERS),
  space: z.object({ id: z.string().min(1), dimension: z.int().positive() }),
  people: z.array(z.string()).min(2),
  /** Float32, little-endian. */
  values: base64,
  /** Int32, little-endian. */
  labels: base64,
  neighbours: z.int().nonnegative(),
  scale: z.number().positive(),
  unknownBelow: z.number(),
  /** SHA-256 of all of the above as JSON. */
  checksum: z.string(),
});

/** A classifier as the text of a file. It holds biometric data of the people it knows. */
export function formatClassifier(model: ClassifierModel): string {
  const content = {
    format: 'facedex-classifier' as const,
    version: 1 as const,
    kind: model.kind,
    space: model.space,
    people: model.people,
    values: toBase64(model.values),
    labels: toBase64(model.labels),
    neighbours: model.neighbours,
    scale: model.scale,
    unknownBelow: model.unknownBelow,
  };
  return `${JSON.stringify({ ...content, checksum: checksumOf(content) }, null, 1)}\n`;
}

/**
 * Reads what {@link formatClassifier} wrote.
 *
 * @param what names the text in errors, such as a path
 * @throws GalleryError `INVALID_FILE` where it is something else, or damaged
 */
export function parseClassifier(text: string, what: string): ClassifierModel {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid(what, 'it is no JSON, or cut off');
  }
  const result = fileSchema.safeParse(value);
  if (!result.success) throw invalid(what, z.prettifyError(result.error));
  const { checksum, ...content } = result.data;
  if (checksum !== checksumOf(content)) throw invalid(what, 'its checksum is wrong: it is damaged');
  const values = new Float32Array(fromBase64(content.values));
  const labels = new Int32Array(fromBase64(content.labels));
  const { kind, space, people } = content;
  const fits =
    kind === 'knn'
      ? values.length === labels.length * space.dimension &&
        labels.every((label) => label >= 0 && label < people.length)
      : values.length === people.length * (space.dimension + 1);
  if (!fits) throw invalid(what, 'its sizes contradict each other');
  return {
    kind,
    space,
    people,
    values,
    labels,
    neighbours: content.neighbours,
    scale: content.scale,
    unknownBelow: content.unknownBelow,
  };
}

/**
 * Reads a classifier from a file.
 *
 * @throws GalleryError `INVALID_FILE`, also where it is not there
 */
export async function readClassifier(path: string): Promise<ClassifierModel> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw invalid(path, error instanceof Error ? error.message : String(error));
  });
  return parseClassifier(text, path);
}

function invalid(what: string, problem: string): GalleryError {
  return new GalleryError(
    'INVALID_FILE',
    `${what}: expected a classifier (facedex classify train writes one): ${problem}`,
  );
}

function checksumOf(content: object): string {
  const sorted = Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

function toBase64(values: Float32Array | Int32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

/** Numbers of 4 bytes; a rest is cut off, and then the sizes don't fit. */
function fromBase64(text: string): ArrayBuffer {
  const bytes = Buffer.from(text, 'base64');
  return Uint8Array.from(bytes.subarray(0, bytes.length - (bytes.length % 4))).buffer;
}

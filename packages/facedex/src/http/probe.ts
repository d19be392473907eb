import { checkEmbedding } from '@facedex/gallery';
import type { Face, Pipeline } from '@facedex/pipeline';
import type { FastifyRequest } from 'fastify';
import { FacedexError } from '../facedex-error.js';
import type { OpenGallery } from './open-gallery.js';
import { bodyOf, bytesOf } from './read-upload.js';
import type { Service } from './service.js';

/** What is asked about: an embedding, and where it is from. */
export interface Probe {
  readonly embedding: Float32Array;
  /** Of the face in the picture; null where none was sent. */
  readonly seen: SeenFace | null;
  readonly picture: Uint8Array | null;
  readonly storedFace: number | null;
  /** Time to find and embed the face, in milliseconds. */
  readonly analyseMs: number;
}

export interface SeenFace {
  readonly box: Face['box'];
  readonly facesSeen: number;
  readonly liveness: number | null;
}

/** Two probes, and what compares them. */
export interface ProbePair {
  readonly probes: readonly [Probe, Probe];
  readonly pipeline: Pipeline;
  /** Absent where none was named: the model's own calibration counts. */
  readonly open: OpenGallery | undefined;
}

/**
 * The probe of a request, and the other fields that it came with.
 *
 * @throws {FacedexError} `NO_FACE`, `INVALID_ARGUMENT`
 * @throws {PipelineError} where the picture can't be read
 * @throws {GalleryError} `UNKNOWN_FACE`, `INVALID_EMBEDDING`
 */
export async function readProbe<Options>(
  open: OpenGallery,
  request: FastifyRequest,
): Promise<{ probe: Probe; options: Options }> {
  const { photo, storedFace, embedding, ...options } = bodyOf(request) as ProbeFields & Look;
  const probe = await toProbe(
    { photo, storedFace, embedding },
    { pipeline: open.facedex.pipeline, open, look: options },
  );
  return { probe, options: options as Options };
}

/** As {@link readProbe} for the two of a verification. */
export async function readPair<Options>(
  service: Service,
  request: FastifyRequest,
): Promise<{ pair: ProbePair; options: Options }> {
  const { a, b, ...options } = bodyOf(request) as {
    a?: ProbeFields | Uint8Array;
    b?: ProbeFields | Uint8Array;
    gallery?: string;
  } & Look;
  const pipeline = await service.pipelineFor(request, options.gallery);
  const open =
    options.gallery === undefined ? undefined : await service.galleries.open(options.gallery);
  const [first, second] = await Promise.all(
    [a, b].map((side) =>
      toProbe(side instanceof Uint8Array ? { photo: side } : (side ?? {}), {
        pipeline,
        open,
        look: options,
      }),
    ),
  );
  return { pair: { probes: [first!, second!], pipeline, open }, options: options as Options };
}

interface ProbeFields {
  readonly photo?: unknown;
  readonly storedFace?: number | undefined;
  readonly embedding?: readonly number[] | undefined;
}

interface Look {
  readonly faceIndex?: number;
  readonly anyOrientation?: boolean;
}

async function toProbe(
  { photo, storedFace, embedding }: ProbeFields,
  context: {
    readonly pipeline: Pipeline;
    readonly open: OpenGallery | undefined;
    readonly look: Look;
  },
): Promise<Probe> {
  const given = [photo, storedFace, embedding].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw new FacedexError(
      'INVALID_ARGUMENT',
      `expected one of photo, storedFace and embedding but received ${given.length} of them`,
    );
  }
  const none = { seen: null, picture: null, storedFace: null, analyseMs: 0 };
  if (embedding !== undefined) return { ...none, embedding: toEmbedding(embedding, context) };
  if (storedFace !== undefined) {
    if (context.open === undefined) {
      throw new FacedexError('INVALID_ARGUMENT', 'a storedFace is of a gallery: name it');
    }
    return {
      ...none,
      storedFace,
      embedding: await context.open.records.embeddingOf(storedFace),
    };
  }
  return look(bytesOf(photo, 'photo'), context.pipeline, context.look);
}

/** Many clients have no more digits than it takes to tell numbers apart: the length is mended. */
function toEmbedding(
  values: readonly number[],
  { pipeline }: { pipeline: Pipeline },
): Float32Array {
  const { dimension } = pipeline.model;
  const length = Math.hypot(...values);
  const unit = Math.abs(length - 1) < 0.01 ? length : 1;
  const embedding = Float32Array.from(values, (value) => value / unit);
  checkEmbedding(embedding, { dimension, what: 'embedding' });
  return embedding;
}

async function look(
  picture: Uint8Array,
  pipeline: Pipeline,
  { faceIndex, anyOrientation = false }: Look,
): Promise<Probe> {
  const started = performance.now();
  const find = faceIndex === undefined ? 'subject' : 'all';
  const { faces, facesSeen } = await pipeline.analyse(picture, { find, anyOrientation });
  const face = faces[faceIndex ?? 0];
  if (face === undefined && faces.length > 0) {
    throw new FacedexError(
      'INVALID_ARGUMENT',
      `faceIndex: expected 0 to ${faces.length - 1}, as detect numbers the faces, but received ${faceIndex}`,
    );
  }
  if (face === undefined) {
    throw new FacedexError(
      'NO_FACE',
      'no face found in the picture: use one with a face of at least 20 pixels, not turned away',
    );
  }
  const { box, liveness, embedding } = face;
  return {
    embedding,
    seen: { box, facesSeen, liveness },
    picture,
    storedFace: null,
    analyseMs: performance.now() - started,
  };
}

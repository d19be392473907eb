import { z } from 'zod';
import { PipelineError } from '../pipeline-error.js';
import { ALIGNMENTS, type AlignmentName, alignmentOf } from './alignments.js';
import { type EmbedderCard, embedderCardSchema } from './model-card.js';

const NAMES = Object.keys(ALIGNMENTS) as [AlignmentName, ...AlignmentName[]];
const perChannel = z.union([z.number(), z.tuple([z.number(), z.number(), z.number()])]);

/**
 * What a user says of an embedder to be added: a model card in which everything may be left out but
 * the id. What facedex finds out by itself (dimension, hashes, file, source) is overwritten.
 */
const newCardSchema = z.looseObject({
  id: z.string(),
  input: z
    .object({
      colourOrder: z.enum(['rgb', 'bgr']).default('rgb'),
      /** One value for all channels, or one per channel in the network's order. */
      mean: perChannel.default(127.5),
      scale: perChannel.default(128),
    })
    .prefault({}),
  alignment: z
    .object({
      /** Side of the aligned face in pixels; needed only where the network takes any. */
      size: z.int().positive().optional(),
      /** The name of a usual template, or five points in pixels of the aligned face. */
      template: z.union([z.enum(NAMES), z.array(z.array(z.number()))]).default('arcface'),
    })
    .prefault({}),
});

/** See {@link addModel}. */
export type NewCard = z.input<typeof newCardSchema>;

/** What facedex finds out of an embedder by itself. */
export interface EmbedderFacts {
  readonly sha256: string;
  readonly source: EmbedderCard['source'];
  /** Side of the network's input in pixels; 0 where it takes any. */
  readonly side: number;
  readonly dimension: number;
}

/**
 * Makes a user's card complete.
 *
 * @throws {PipelineError} `INVALID_MODEL` where the card is wrong; the message says where
 */
export function completeCard(newCard: NewCard, facts: EmbedderFacts): EmbedderCard {
  const { sha256, source, side, dimension } = facts;
  const { id, input, alignment, ...rest } = check(newCardSchema, newCard);
  const size = alignment.size ?? side;
  if (size === 0 || (side !== 0 && size !== side)) {
    throw invalid(
      side === 0
        ? 'the network takes any size: say which, as "alignment": {"size": 112} or --size 112'
        : `the network takes ${side} pixels, but the card says ${size}`,
    );
  }
  const { template } = alignment;
  return check(embedderCardSchema, {
    title: id,
    licence: 'unknown',
    unknowns: ['training data and loss', 'author'],
    figures: [],
    thresholds: {},
    space: id,
    ...rest,
    kind: 'embedder',
    id,
    file: 'model.onnx',
    sha256,
    source,
    input: {
      width: side,
      height: side,
      layout: 'NCHW',
      colourOrder: input.colourOrder,
      mean: threeOf(input.mean),
      scale: threeOf(input.scale),
    },
    dimension,
    alignment: typeof template === 'string' ? alignmentOf(template, size) : { size, template },
  });
}

function threeOf(value: number | readonly number[]): readonly number[] {
  return typeof value === 'number' ? [value, value, value] : value;
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(z.prettifyError(result.error));
}

function invalid(reason: string): PipelineError {
  return new PipelineError('INVALID_MODEL', `the card can't be used: ${reason}`);
}

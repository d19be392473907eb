import { z } from 'zod';
import { PipelineError } from '../../pipeline-error.js';

/** A named constant of a network. */
export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** TensorFlow.js's weights manifest, as far as face-api's networks use it. */
const manifestSchema = z.array(
  z.object({
    weights: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.int().positive()),
        dtype: z.literal('float32'),
        quantization: z
          .object({ dtype: z.literal('uint8'), scale: z.number(), min: z.number() })
          .optional(),
      }),
    ),
  }),
);

/**
 * Reads the weights of a TensorFlow.js network: a manifest that names them, and their values one
 * after the other. A quantised weight has one byte per value, which stands for byte · scale + min.
 *
 * @throws {PipelineError} `CONVERSION_FAILED` when the manifest is damaged, of another kind, or
 * doesn't fit the values
 */
export function readTfjsWeights(manifest: Uint8Array, data: Uint8Array): Map<string, Weight> {
  const specs = parseManifest(manifest).flatMap(({ weights }) => weights);
  const weights = new Map<string, Weight>();
  let offset = 0;
  for (const { name, shape, quantization } of specs) {
    const count = shape.reduce((product, size) => product * size, 1);
    const length = quantization ? count : count * 4;
    const bytes = new Uint8Array(data.subarray(offset, offset + length));
    offset += length;
    // Past the end, only `offset` goes on, so that the message can name the size.
    if (offset > data.length) continue;
    const values = quantization
      ? Float32Array.from(bytes, (byte) => byte * quantization.scale + quantization.min)
      : new Float32Array(bytes.buffer);
    weights.set(name, { shape, values });
  }
  if (offset !== data.length) {
    throw new PipelineError(
      'CONVERSION_FAILED',
      `expected ${offset} bytes of weights as the manifest says, received ${data.length}`,
    );
  }
  return weights;
}

function parseManifest(manifest: Uint8Array) {
  try {
    return manifestSchema.parse(JSON.parse(new TextDecoder().decode(manifest)));
  } catch (cause) {
    throw new PipelineError(
      'CONVERSION_FAILED',
      'expected a weights manifest of TensorFlow.js with weights of 32-bit floats, plain or as bytes',
      { cause },
    );
  }
}

import * as ort from 'onnxruntime-node';

/** Outputs of a network by name: their values and shapes. */
export type Outputs = Record<string, { data: Float32Array; dims: readonly number[] }>;

/** Runs an ONNX file once, on one thread. */
export async function runOnnx(
  model: Uint8Array,
  data: Float32Array,
  dims: readonly number[],
): Promise<Outputs> {
  const session = await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const results = await session.run({
    [session.inputNames[0] ?? '']: new ort.Tensor('float32', data, dims),
  });
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, tensor]) => [
      name,
      { data: Float32Array.from(tensor.data as Float32Array), dims: tensor.dims },
    ]),
  );
}

/** The same values in every run: pixels of noise, from `min` to `max`. */
export function noise(length: number, min = -1, max = 1): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, () => {
    // A linear congruential generator with the constants of Numerical Recipes.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return min + ((max - min) * state) / 2 ** 32;
  });
}

/** From [H, W, 3] to [3, H, W], or to [3, W, H] when the network was trained on its side. */
export function toPlanes(
  pixels: Float32Array,
  { height, width, transposed = false }: { height: number; width: number; transposed?: boolean },
): Float32Array {
  const planes = new Float32Array(pixels.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        const to = transposed ? x * height + y : y * width + x;
        planes[c * height * width + to] = pixels[(y * width + x) * 3 + c]!;
      }
    }
  }
  return planes;
}

/** The largest difference, in units of the largest expected value. */
export function relativeDifference(
  actual: Float32Array | undefined,
  expected: Float32Array,
): number {
  if (actual?.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const here = Math.abs(actual[i]! - expected[i]!);
    difference = Math.max(difference, here);
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return difference / largest;
}

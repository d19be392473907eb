import * as ort from 'onnxruntime-node';

/**
 * Opens an ONNX network, a file's path or its bytes, on one thread. Several workers with a session each are faster than one
 * session with several threads, and threads that spin while they wait would slow down decoding.
 */
export function openSession(model: string | Uint8Array): Promise<ort.InferenceSession> {
  const options: ort.InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    // Errors are thrown; the runtime would also print them.
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  return typeof model === 'string'
    ? ort.InferenceSession.create(model, options)
    : ort.InferenceSession.create(model, options);
}

/** Runs a network on one input tensor and returns its output values by name. */
export async function runSession(
  session: ort.InferenceSession,
  data: Float32Array,
  dims: readonly number[],
): Promise<Record<string, Float32Array>> {
  const outputs = await session.run({
    [session.inputNames[0]!]: new ort.Tensor('float32', data, dims),
  });
  const values: Record<string, Float32Array> = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    values[name] = tensor.data as Float32Array;
  }
  return values;
}

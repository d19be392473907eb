import { type Pipeline, PipelineError } from '@facedex/pipeline';

/**
 * The embedding of the person that each photo shows, by the photo's path. Photos without a face and
 * those that can't be read are not in it.
 */
export async function embedSubjects(
  pipeline: Pipeline,
  options: {
    readonly photos: readonly string[];
    readonly onProgress?: (done: number, total: number) => void;
  },
): Promise<Map<string, Float32Array>> {
  const { photos, onProgress } = options;
  const embeddings = new Map<string, Float32Array>();
  let done = 0;
  const analysed = pipeline.analyseAll(photos, { find: 'subject', sourceOf: (path) => path });
  for await (const { item, result } of analysed) {
    if (!(result instanceof PipelineError) && result.faces[0] !== undefined) {
      embeddings.set(item, result.faces[0].embedding);
    }
    onProgress?.(++done, photos.length);
  }
  return embeddings;
}

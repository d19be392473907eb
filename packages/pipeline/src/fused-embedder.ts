import { type EmbedderInput, FaceEmbedder, type FaceInPhoto } from './face-embedder.js';

/** A network of a fused embedder. */
export interface FusedPart {
  /** Of its ONNX file. */
  readonly path: string;
  readonly input: EmbedderInput;
  /** Its share of the squared distances, above 0; only the proportions of the weights count. */
  readonly weight: number;
}

/**
 * Turns faces into unit-length embeddings by one network or several. Networks of different origin
 * err on different faces: their embeddings, weighted and one after the other, tell people apart
 * better than any of them alone.
 */
export class FusedEmbedder {
  readonly #parts: readonly { readonly embedder: FaceEmbedder; readonly factor: number }[];

  private constructor(parts: readonly { embedder: FaceEmbedder; factor: number }[]) {
    this.#parts = parts;
  }

  static async open(parts: readonly FusedPart[]): Promise<FusedEmbedder> {
    const total = parts.reduce((sum, { weight }) => sum + weight, 0);
    return new FusedEmbedder(
      await Promise.all(
        parts.map(async ({ path, input, weight }) => ({
          embedder: await FaceEmbedder.open(path, input),
          // Each part has unit length; squares that sum to 1 keep it so.
          factor: Math.sqrt(weight / total),
        })),
      ),
    );
  }

  /** One embedding per face, in the order of the faces: the parts' embeddings one after the other. */
  async embed(faces: readonly FaceInPhoto[]): Promise<Float32Array[]> {
    const parts: Float32Array[][] = [];
    for (const { embedder, factor } of this.#parts) {
      const embeddings = await embedder.embed(faces);
      parts.push(embeddings.map((embedding) => embedding.map((value) => value * factor)));
    }
    return faces.map((_, i) => joined(parts.map((embeddings) => embeddings[i]!)));
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const values = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return values;
}

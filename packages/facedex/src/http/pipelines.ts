import { type EmbedderChoice, Pipeline } from '@facedex/pipeline';

/** One pipeline for each model, shared by all galleries of that model, opened when first needed. */
export class Pipelines implements AsyncDisposable {
  readonly #options: { readonly workers?: number; readonly liveness?: boolean };
  readonly #default: EmbedderChoice;
  readonly #open = new Map<string, Promise<Pipeline>>();

  constructor(options: {
    /** The model of new galleries. */
    readonly embedder: EmbedderChoice;
    readonly workers?: number;
    readonly liveness?: boolean;
  }) {
    const { embedder, ...rest } = options;
    this.#default = embedder;
    this.#options = rest;
  }

  /**
   * @param model id of an embedder; default that of new galleries
   * @throws {PipelineError} `UNKNOWN_MODEL`, `MODEL_MISSING`, `MODEL_CORRUPT`
   */
  get(model?: string): Promise<Pipeline> {
    const key = model ?? '';
    let pipeline = this.#open.get(key);
    if (pipeline === undefined) {
      pipeline = this.#start(model);
      this.#open.set(key, pipeline);
      // What failed may be tried again, once the model has been pulled.
      pipeline.catch(() => this.#open.delete(key));
    }
    return pipeline;
  }

  async #start(model: string | undefined): Promise<Pipeline> {
    if (model !== undefined && this.#open.has('')) {
      const other = await this.#open.get('');
      if (other?.model.id === model) return other;
    }
    return Pipeline.open({
      ...this.#options,
      ...(model === undefined ? this.#default : { model }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values());
    const pipelines = opened.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    for (const pipeline of new Set(pipelines)) await pipeline[Symbol.asyncDispose]();
  }
}

import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import type { PhotoSource } from './decode-photo.js';
import { checkDetectorSize } from './detector-sides.js';
import { type Embedder, findEmbedder } from './embedder.js';
import type { LookOptions } from './find-faces.js';
import { locateNetworks, type NetworkFiles } from './locate-networks.js';
import { DETECTOR, LANDMARKS, VERIFIER } from './models/catalog.js';
import type { AnalysedPhoto } from './photo-analyser.js';
import { PipelineError } from './pipeline-error.js';
import type { WorkerAnswer, WorkerTask } from './pipeline-worker.js';
import { chooseEmbedder, type EmbedderChoice } from './presets.js';

/** How to open a {@link Pipeline}. */
export interface PipelineOptions extends EmbedderChoice {
  /** Where the models lie; default `$FACEDEX_CACHE` or the system's cache folder. */
  readonly cacheDirectory?: string;
  /**
   * Whether to judge if each face is live (`Face.liveness`); default false. Weak evidence: a print or a
   * screen may pass, and it has not been evaluated on attacks.
   */
  readonly liveness?: boolean;
  /** Worker threads, each with its own networks (about 100 MB), 1 or more; default one per core. */
  readonly workers?: number;
}

/** What to look for in a photo. */
export interface AnalyseOptions extends LookOptions {
  /** Whether to embed the faces found; default true. */
  readonly embed?: boolean;
}

/** To be raised when the same networks are made to give other faces or embeddings. */
const RECIPE_VERSION = 1;

/** Photos that a worker takes at a time: enough to overlap decoding with the networks. */
const PHOTOS_PER_TASK = 4;

/** Tasks in flight per worker: one at work and one waiting, so that no worker idles. */
const TASKS_PER_WORKER = 2;

/**
 * Turns photos into faces: decode, detect, find landmarks, align, embed. All of it runs in worker
 * threads; the calling thread only waits.
 *
 * @example
 * await using pipeline = await Pipeline.open();
 * const { faces } = await pipeline.analyse('photo.jpg');
 */
export class Pipeline implements AsyncDisposable {
  /** The embedder. */
  readonly model: Embedder;
  /** Names the networks that find and embed faces, and how: another recipe, other results. */
  readonly recipe: string;
  readonly #pool: Piscina<WorkerTask, WorkerAnswer[]>;
  readonly #workers: number;
  readonly #running = new Set<Promise<unknown>>();
  #closed = false;

  private constructor(model: Embedder, pool: Piscina<WorkerTask, WorkerAnswer[]>, workers: number) {
    this.model = model;
    this.recipe = `${DETECTOR}+${VERIFIER}+${LANDMARKS}+${model.id}@${RECIPE_VERSION}`;
    this.#pool = pool;
    this.#workers = workers;
  }

  /**
   * Checks the models and starts the workers.
   *
   * @throws {PipelineError} `INVALID_ARGUMENT` where a model and a preset are asked for, a preset
   * that isn't one, or less than one worker; `UNKNOWN_MODEL`, `MODEL_MISSING`, `MODEL_CORRUPT`; `INFERENCE_FAILED` where a
   * network can't be opened
   */
  static async open(options: PipelineOptions = {}): Promise<Pipeline> {
    const { workers = availableParallelism(), liveness = false } = options;
    if (!(Number.isInteger(workers) && workers >= 1)) {
      const expected = `expected a whole number of workers, 1 or more, received ${workers}`;
      throw new PipelineError('INVALID_ARGUMENT', expected);
    }
    const where = options.cacheDirectory ? { cacheDirectory: options.cacheDirectory } : {};
    const embedder = await findEmbedder(chooseEmbedder(options), where);
    const setup = await locateNetworks(embedder, { ...where, liveness });
    return new Pipeline(embedder, await startWorkers(setup, workers), workers);
  }

  /**
   * The faces of one photo; none is not an error.
   *
   * @throws {PipelineError} `PHOTO_NOT_FOUND`, `PHOTO_TOO_LARGE`, `UNREADABLE_PHOTO`;
   * `INVALID_ARGUMENT` for a detector size that is out of range
   */
  async analyse(photo: PhotoSource, options: AnalyseOptions = {}): Promise<AnalysedPhoto> {
    checkDetectorSize(options.detectorSize ?? 'auto');
    const [result] = await this.#run([photo], options);
    if (result instanceof PipelineError) throw result;
    return result!;
  }

  /**
   * The faces of many photos, in the order of `items`, on all workers. A photo that can't be
   * analysed yields its error and doesn't end the run. Memory is bounded: items are read only as
   * fast as results are taken.
   *
   * @throws {PipelineError} `INVALID_ARGUMENT` for a detector size that is out of range
   */
  async *analyseAll<Item>(
    items: Iterable<Item> | AsyncIterable<Item>,
    options: AnalyseOptions & { readonly sourceOf: (item: Item) => PhotoSource },
  ): AsyncGenerator<{ item: Item; result: AnalysedPhoto | PipelineError }> {
    const { sourceOf, ...rest } = options;
    checkDetectorSize(options.detectorSize ?? 'auto');
    const inFlight: { items: Item[]; results: Promise<(AnalysedPhoto | PipelineError)[]> }[] = [];
    const settle = async () => {
      const batch = inFlight.shift()!;
      const results = await batch.results;
      return batch.items.map((item, i) => ({ item, result: results[i]! }));
    };
    for await (const batch of chunks(items, PHOTOS_PER_TASK)) {
      inFlight.push({ items: batch, results: this.#run(batch.map(sourceOf), rest) });
      if (inFlight.length >= this.#workers * TASKS_PER_WORKER) yield* await settle();
    }
    while (inFlight.length > 0) yield* await settle();
  }

  /** Waits for the photos that are being analysed, then ends the workers. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#running);
    await this.#pool.destroy();
  }

  /** Never rejects, so that a batch that waits for its turn can't end the process. */
  async #run(
    sources: PhotoSource[],
    { embed = true, ...look }: AnalyseOptions,
  ): Promise<(AnalysedPhoto | PipelineError)[]> {
    if (this.#closed) return sources.map(() => failure('the pipeline has been closed'));
    const task = this.#pool.run({ sources, look, embed });
    this.#running.add(task);
    try {
      const answers = await task;
      return answers.map((answer) =>
        'code' in answer ? new PipelineError(answer.code, answer.message) : answer,
      );
    } catch (error) {
      return sources.map(() => failure(`a worker thread failed: ${reasonOf(error)}`));
    } finally {
      this.#running.delete(task);
    }
  }
}

/** Starts all threads and waits until each has opened its networks. */
async function startWorkers(
  setup: NetworkFiles,
  workers: number,
): Promise<Piscina<WorkerTask, WorkerAnswer[]>> {
  const pool = new Piscina<WorkerTask, WorkerAnswer[]>({
    // The compiled file, also when this one runs from source: Node starts threads on JavaScript.
    filename: createRequire(import.meta.url).resolve('#pipeline-worker'),
    name: 'run',
    workerData: setup,
    minThreads: workers,
    maxThreads: workers,
  });
  let ready = 0;
  await new Promise<void>((started, failed) => {
    pool.on('message', () => {
      if (++ready === workers) started();
    });
    pool.on('error', (error: unknown) => {
      failed(failure(`a worker thread could not be started: ${reasonOf(error)}`));
    });
  });
  return pool;
}

function failure(message: string): PipelineError {
  return new PipelineError('INFERENCE_FAILED', message);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function* chunks<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  size: number,
): AsyncGenerator<Item[]> {
  let chunk: Item[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length === size) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

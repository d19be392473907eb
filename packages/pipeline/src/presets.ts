import { DEFAULT_MODEL } from './models/catalog.js';
import { PipelineError } from './pipeline-error.js';

/** Embedders by what they are chosen for; docs/accuracy.md has their figures. */
export const PRESETS = {
  /** For large folders: the least time a photo. */
  fast: 'faceplugin-512-quick',
  balanced: DEFAULT_MODEL,
  /** For hard photos and large galleries: the fewest errors, at several times the time. */
  accurate: 'fusion-832',
} as const;

export type Preset = keyof typeof PRESETS;

/** Which embedder to use; one of the two. */
export interface EmbedderChoice {
  /** Id of the embedder: that of a model or of a preset's embedder; default that of the preset. */
  readonly model?: string;
  /** In place of `model`; default `balanced`. */
  readonly preset?: Preset;
}

/**
 * The id of the embedder that is asked for, by itself or by a preset; default `balanced`.
 *
 * @throws {PipelineError} `INVALID_ARGUMENT`
 */
export function chooseEmbedder({ model, preset }: EmbedderChoice): string {
  if (model !== undefined && preset !== undefined) {
    throw new PipelineError(
      'INVALID_ARGUMENT',
      `expected a model or a preset, received both: ${model} and ${preset}`,
    );
  }
  if (model !== undefined) return model;
  if (preset === undefined) return PRESETS.balanced;
  if (Object.hasOwn(PRESETS, preset)) return PRESETS[preset];
  const known = Object.keys(PRESETS).join(', ');
  throw new PipelineError(
    'INVALID_ARGUMENT',
    `no preset is called ${preset}: expected one of ${known}`,
  );
}

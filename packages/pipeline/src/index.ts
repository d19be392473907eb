export type { PhotoSource } from './decode-photo.js';
export { type Embedder, type EmbedderPart, findEmbedder } from './embedder.js';
export type { Box, Landmarks, Point } from './geometry.js';
export * from './models/index.js';
export type { AnalysedPhoto, Face, Find } from './photo-analyser.js';
export { type AnalyseOptions, Pipeline, type PipelineOptions } from './pipeline.js';
export { PIPELINE_ERROR_CODES, PipelineError, type PipelineErrorCode } from './pipeline-error.js';
export { chooseEmbedder, type EmbedderChoice, PRESETS, type Preset } from './presets.js';

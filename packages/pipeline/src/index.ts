export type { PhotoSource } from './decode-photo.js';
export type { DetectorSize } from './detector-sides.js';
export { embedderCard } from './embedder-card.js';
export type { Find, LookOptions } from './find-faces.js';
export type { Box, Landmarks, Point } from './geometry.js';
export * from './models/index.js';
export type { AnalysedPhoto, Face } from './photo-analyser.js';
export { type AnalyseOptions, Pipeline, type PipelineOptions } from './pipeline.js';
export { PIPELINE_ERROR_CODES, PipelineError, type PipelineErrorCode } from './pipeline-error.js';

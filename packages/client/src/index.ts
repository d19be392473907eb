export { type ClientOptions, createFacedexClient, type FacedexClient } from './client.js';
export { type BatchLine, type BatchPhoto, enrolBatch, ProblemError } from './enrol-batch.js';
export { form } from './form.js';
export { type Problem, problemOf } from './problem.js';
export type { components, operations, paths } from './schema.js';

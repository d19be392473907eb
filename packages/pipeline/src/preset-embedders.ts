import type { Embedder } from './embedder.js';

/**
 * Embedders that are more than a model by itself. Thresholds are from all pairs of the
 * 3,443 photos of LFW View 1 DevTrain, as those of the models.
 */
export const PRESET_EMBEDDERS: readonly Embedder[] = [
  {
    id: 'faceplugin-512-quick',
    title: 'faceplugin-512 on faces that were found and aligned in fewer looks',
    space: 'faceplugin-512-quick',
    dimension: 512,
    parts: [{ model: 'faceplugin-512', weight: 1 }],
    mirror: false,
    effort: 'quick',
    thresholds: { '1e-2': 1.2306, '1e-3': 1.1536, '1e-4': 1.0869, '1e-5': 1.0268 },
  },
  {
    // Weights: docs/decisions/0006.
    id: 'fusion-832',
    title:
      'Three networks of different origin on each face and its mirror image, two for landmarks',
    space: 'fusion-832',
    dimension: 832,
    parts: [
      { model: 'faceplugin-512', weight: 1 },
      { model: 'mobilefacenet-192', weight: 0.5 },
      { model: 'dlib-resnet-128', weight: 2 },
    ],
    mirror: true,
    effort: 'thorough',
    thresholds: { '1e-2': 0.8641, '1e-3': 0.8036, '1e-4': 0.754, '1e-5': 0.7098 },
  },
];

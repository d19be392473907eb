import type { Embedder } from '@facedex/pipeline';
import { FacedexError } from './facedex-error.js';

/** Verifying compares once: one stranger in a thousand may pass. */
export function verificationThreshold(model: Embedder): number {
  return thresholdAt(model, '1e-3');
}

/** Identifying compares with everybody in the gallery, so each comparison must be far stricter. */
export function identificationThreshold(model: Embedder): number {
  return thresholdAt(model, '1e-5');
}

function thresholdAt(model: Embedder, far: '1e-3' | '1e-5'): number {
  const threshold = model.thresholds[far];
  if (threshold === undefined) {
    throw new FacedexError(
      'NO_THRESHOLD',
      `the card of ${model.id} has no threshold at a false match rate of ${far}: give one (--threshold)`,
    );
  }
  return threshold;
}

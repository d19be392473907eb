import type { PhotoInput } from '@facedex/gallery';
import {
  type AnalysedPhoto,
  type Face,
  type Find,
  type Pipeline,
  PipelineError,
} from '@facedex/pipeline';

/**
 * What to do with several faces in a photo of a person: take the `largest` (and most central), enrol
 * `all` of them as that person, or `reject` the photo.
 */
export const FACE_RULES = ['largest', 'all', 'reject'] as const;
export type FaceRule = (typeof FACE_RULES)[number];

/**
 * Of faces below, fewer than 3 in 10 are recognised, of those above 7 in 10 and soon nearly all
 * (bench/quality.ts). No photo of LFW View 1 DevTrain is below.
 */
export const DEFAULT_MIN_QUALITY = 0.1;

/** By what it is decided which faces of a photo are enrolled. */
export interface EnrolRules {
  /** Whom the photo shows; of a photo of nobody all faces are taken. */
  readonly person: string | null;
  readonly rule: FaceRule;
  readonly minQuality: number;
  readonly anyOrientation: boolean;
}

/** The subject of a portrait is found faster than all faces; the other two rules need them all. */
export function findOf({ person, rule }: EnrolRules): Find {
  return person === null || rule !== 'largest' ? 'all' : 'subject';
}

/** Other networks or another rule would give other faces, so both are part of the recipe. */
export function recipeOf(pipeline: Pipeline, rules: EnrolRules): string {
  const rule = rules.person === null ? 'all' : rules.rule;
  const turns = rules.anyOrientation ? '+any-orientation' : '';
  return `${pipeline.recipe}+${rule}+quality-${rules.minQuality}${turns}`;
}

/** What becomes of a photo that was analysed: its faces, or why it has none. */
export function judgePhoto(
  result: AnalysedPhoto | PipelineError,
  { person, rule, minQuality }: EnrolRules,
): Pick<PhotoInput, 'width' | 'height' | 'outcome' | 'reason' | 'faces'> {
  if (result instanceof PipelineError) {
    return { width: 0, height: 0, outcome: 'unreadable', reason: result.message, faces: [] };
  }
  const { width, height, facesSeen } = result;
  const faces = result.faces.filter(({ quality }) => quality.score >= minQuality);
  if (faces.length === 0) {
    const [face] = result.faces;
    const reason = face === undefined ? 'no face found' : qualityReason(face, minQuality);
    return { width, height, outcome: 'no-face', reason, faces };
  }
  if (person !== null && rule === 'reject' && facesSeen > 1) {
    const reason = `${facesSeen} faces found: expected one (--faces reject)`;
    return { width, height, outcome: 'several-faces', reason, faces: [] };
  }
  // Kept with the photo, so that it is told again when the photo is passed over.
  const reason = facesSeen > faces.length ? `took the largest of ${facesSeen} faces` : null;
  return { width, height, outcome: 'enrolled', reason, faces };
}

function qualityReason({ quality }: Face, minQuality: number): string {
  const { score, size, sharpness, frontality, exposure, detection } = quality;
  const parts = { size, sharpness, frontality, exposure, detection };
  const [worst] = Object.entries(parts).sort(([, a], [, b]) => a - b)[0]!;
  return (
    `the face's quality is ${score.toFixed(2)}, most of all for its ${worst}: expected at least ` +
    `${minQuality} (--min-quality)`
  );
}

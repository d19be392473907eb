import { fitSimilarity, warpFace } from '../align-face.js';
import { decodePhoto } from '../decode-photo.js';
import { type EmbedderInput, FaceEmbedder } from '../face-embedder.js';
import type { Landmarks } from '../geometry.js';
import { ALIGNMENTS, type AlignmentName, alignmentOf } from './alignments.js';
import type { EmbedderCard } from './model-card.js';
import { embedderCard, loadModel, type ModelStoreOptions } from './model-store.js';

/** A way of showing faces to an embedder; `card` is what its card says. */
export interface EmbedderVariant {
  readonly colourOrder: 'rgb' | 'bgr';
  readonly normalisation: NormalisationName | 'card';
  readonly template: AlignmentName | 'card';
}

/** A face in a photo file. */
export interface FaceInFile {
  readonly path: string;
  readonly landmarks: Landmarks;
}

type Scale = Pick<EmbedderCard['input'], 'mean' | 'scale'>;
type NormalisationName = keyof typeof NORMALISATIONS;

/** Usual normalisations of pixels of 0…255, per channel in the order R, G, B. */
const NORMALISATIONS = {
  '-1…1': { mean: [127.5, 127.5, 127.5], scale: [127.5, 127.5, 127.5] },
  '0…1': { mean: [0, 0, 0], scale: [255, 255, 255] },
  '0…255': { mean: [0, 0, 0], scale: [1, 1, 1] },
  // Means and deviations of ImageNet's training pictures, as torchvision has them.
  imagenet: { mean: [123.675, 116.28, 103.53], scale: [58.395, 57.12, 57.375] },
  // Means of VGGFace2's training pictures, as its authors give them.
  vggface2: { mean: [131.0912, 103.8827, 91.4953], scale: [1, 1, 1] },
} as const satisfies Record<string, Scale>;

/**
 * Embeds the same faces in the usual ways, to find out which one an embedder was trained with:
 * first as its card says, then with the other colour order and other normalisations, and last, with
 * what `score` thinks best of these, with other templates.
 *
 * @throws {PipelineError} as loadModel does, and where a photo can't be read
 */
export async function* embedVariants<Score>(
  id: string,
  options: ModelStoreOptions & {
    readonly faces: readonly FaceInFile[];
    /** Called with the embeddings of all faces, in their order. */
    readonly score: (embeddings: readonly Float32Array[]) => Score;
    /** Whether the first score is better than the second. */
    readonly isBetter: (a: Score, b: Score) => boolean;
  },
): AsyncGenerator<{ variant: EmbedderVariant; score: Score }> {
  const card = await embedderCard(id, options);
  const { path } = await loadModel(id, options);
  const { faces, score, isBetter } = options;
  await using embedder = await FaceEmbedder.open(path, inputOf(card));
  let best: { variant: EmbedderVariant; score: Score } | undefined;
  const stages = [
    () => colourVariants(card),
    () => otherTemplates(card).map((template) => ({ ...best!.variant, template })),
  ];
  for (const variants of stages) {
    let aligned: Aligned | undefined;
    for (const variant of variants()) {
      if (aligned?.template !== variant.template) {
        aligned = await alignFaces(faces, { card, template: variant.template });
      }
      const tried = { variant, score: score(await embedAs(variant, { card, embedder, aligned })) };
      if (best === undefined || isBetter(tried.score, best.score)) best = tried;
      yield tried;
    }
  }
}

/** The card's own normalisation and the usual ones that differ from it, each in both orders. */
function colourVariants({ input }: EmbedderCard): EmbedderVariant[] {
  const orders =
    input.colourOrder === 'rgb' ? (['rgb', 'bgr'] as const) : (['bgr', 'rgb'] as const);
  const own = JSON.stringify(scaleOf('card', input));
  const others = (Object.keys(NORMALISATIONS) as NormalisationName[]).filter(
    (name) => JSON.stringify(NORMALISATIONS[name]) !== own,
  );
  return (['card', ...others] as const).flatMap((normalisation) =>
    orders.map((colourOrder) => ({ colourOrder, normalisation, template: 'card' as const })),
  );
}

/** The usual templates but the card's own. */
function otherTemplates({ alignment }: EmbedderCard): AlignmentName[] {
  const own = JSON.stringify(alignment.template);
  return (Object.keys(ALIGNMENTS) as AlignmentName[]).filter(
    (name) => JSON.stringify(alignmentOf(name, alignment.size).template) !== own,
  );
}

/** A normalisation, per channel in the order R, G, B. */
function scaleOf(name: NormalisationName | 'card', input: EmbedderCard['input']): Scale {
  if (name !== 'card') return NORMALISATIONS[name];
  return input.colourOrder === 'rgb'
    ? { mean: input.mean, scale: input.scale }
    : { mean: reversed(input.mean), scale: reversed(input.scale) };
}

/** Aligned faces, one after the other: RGB, `size * size * 3` bytes each. */
interface Aligned {
  readonly template: EmbedderVariant['template'];
  readonly alignment: EmbedderCard['alignment'];
  readonly faces: readonly Uint8Array[];
}

/** Aligned faces are kept, so that a photo is decoded once for all variants of a template. */
async function alignFaces(
  faces: readonly FaceInFile[],
  { card, template }: { card: EmbedderCard; template: EmbedderVariant['template'] },
): Promise<Aligned> {
  const alignment =
    template === 'card' ? card.alignment : alignmentOf(template, card.alignment.size);
  const aligned: Uint8Array[] = [];
  for (const { path, landmarks } of faces) {
    const pixels = await decodePhoto(path);
    const x = pixels.width / pixels.fullWidth;
    const y = pixels.height / pixels.fullHeight;
    const decoded = landmarks.map(([px, py]) => [px * x, py * y] as const);
    const { template: target, stretch = 1, size } = alignment;
    aligned.push(warpFace(pixels, { ...fitSimilarity(decoded, target), stretch }, size));
  }
  return { template, alignment, faces: aligned };
}

async function embedAs(
  { colourOrder, normalisation }: EmbedderVariant,
  { card, embedder, aligned }: { card: EmbedderCard; embedder: FaceEmbedder; aligned: Aligned },
): Promise<Float32Array[]> {
  const { size, template } = aligned.alignment;
  const { mean, scale } = scaleOf(normalisation, card.input);
  const ordered =
    colourOrder === 'rgb' ? { mean, scale } : { mean: reversed(mean), scale: reversed(scale) };
  const input = { ...card.input, colourOrder, ...ordered };
  // An aligned face is a photo whose landmarks lie at the template: it is taken as it is.
  const alignment = { size, template };
  const whole = { width: size, height: size, fullWidth: size, fullHeight: size };
  const faces = aligned.faces.map((data) => ({ pixels: { ...whole, data }, landmarks: template }));
  return embedder.with(inputOf({ ...card, input, alignment })).embed(faces);
}

function inputOf({ alignment, input, dimension }: EmbedderCard): EmbedderInput {
  return { ...alignment, colourOrder: input.colourOrder, scale: input, dimension };
}

function reversed([a, b, c]: Scale['mean']): Scale['mean'] {
  return [c, b, a];
}

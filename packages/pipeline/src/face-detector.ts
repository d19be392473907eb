import type { InferenceSession } from 'onnxruntime-node';
import { resizeRegion } from './area-resize.js';
import type { Pixels } from './decode-photo.js';
import { type Box, squareAround, suppressOverlaps } from './geometry.js';
import type { ChannelScale } from './normalise.js';
import { openSession, runSession } from './session.js';

/** A face as the detector sees it: a square in pixels of the decoded photo. */
export interface Detection {
  readonly box: Box;
  /** Confidence, 0…1. */
  readonly score: number;
}

/** Strides of UltraFace's feature maps and the sides of the priors at each, in input pixels. */
const PRIORS = [
  { stride: 8, sides: [10, 16, 24] },
  { stride: 16, sides: [32, 48] },
  { stride: 32, sides: [64, 96] },
  { stride: 64, sides: [128, 192, 256] },
] as const;

/** Variances of the box regression: an SSD's usual ones. */
const CENTRE_VARIANCE = 0.1;
const SIZE_VARIANCE = 0.2;

const MIN_SCORE = 0.6;
const MAX_OVERLAP = 0.4;

/** Finds faces with UltraFace, a single-shot detector that takes any input size. */
export class FaceDetector {
  readonly #session: InferenceSession;
  readonly #scale: ChannelScale;
  /** Kept from call to call: clearing some megabytes anew would take longer than filling them. */
  #spare = new Float32Array();

  private constructor(session: InferenceSession, scale: ChannelScale) {
    this.#session = session;
    this.#scale = scale;
  }

  static async open(path: string, scale: ChannelScale): Promise<FaceDetector> {
    return new FaceDetector(await openSession(path), scale);
  }

  /**
   * All faces of a photo, best first. The photo is scaled so that its longer side has `longSide`
   * pixels: faces of 10 pixels and more at that scale can be found.
   */
  async detect(pixels: Pixels, longSide: number): Promise<Detection[]> {
    const ratio = longSide / Math.max(pixels.width, pixels.height);
    const width = Math.max(1, Math.round(pixels.width * ratio));
    const height = Math.max(1, Math.round(pixels.height * ratio));
    const whole = { x: 0, y: 0, width: pixels.width, height: pixels.height };
    const { scores, boxes } = await this.#withBuffer(3 * width * height, (input) => {
      resizeRegion(pixels, whole, { width, height, scale: this.#scale, out: input });
      return runSession(this.#session, input, [1, 3, height, width]);
    });
    const found = decodeDetections(scores!, boxes!, { width, height });
    const x = pixels.width / width;
    const y = pixels.height / height;
    return suppressOverlaps(found, MAX_OVERLAP).map(({ box, score }) => {
      const inPhoto = {
        x: box.x * x,
        y: box.y * y,
        width: box.width * x,
        height: box.height * y,
      };
      // The later steps want a square; the detector's height is steadier than its width.
      return { box: squareAround(inPhoto, inPhoto.height), score };
    });
  }

  /** A call during another one gets a buffer of its own. */
  async #withBuffer<T>(length: number, use: (buffer: Float32Array) => Promise<T>): Promise<T> {
    const buffer = this.#spare.length < length ? new Float32Array(length) : this.#spare;
    this.#spare = new Float32Array();
    try {
      return await use(buffer.subarray(0, length));
    } finally {
      this.#spare = buffer;
    }
  }
}

function decodeDetections(
  scores: Float32Array,
  boxes: Float32Array,
  input: { readonly width: number; readonly height: number },
): Detection[] {
  const found: Detection[] = [];
  let prior = 0;
  for (const { stride, sides } of PRIORS) {
    const columns = Math.ceil(input.width / stride);
    const rows = Math.ceil(input.height / stride);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (const side of sides) {
          const score = scores[prior * 2 + 1]!;
          if (score > MIN_SCORE) {
            const at = prior * 4;
            const width = Math.exp(boxes[at + 2]! * SIZE_VARIANCE) * side;
            const height = Math.exp(boxes[at + 3]! * SIZE_VARIANCE) * side;
            const x = (column + 0.5) * stride + boxes[at]! * CENTRE_VARIANCE * side;
            const y = (row + 0.5) * stride + boxes[at + 1]! * CENTRE_VARIANCE * side;
            found.push({ box: { x: x - width / 2, y: y - height / 2, width, height }, score });
          }
          prior++;
        }
      }
    }
  }
  return found;
}

import type { InferenceSession } from 'onnxruntime-node';
import { resizeRegion } from './area-resize.js';
import type { Pixels } from './decode-photo.js';
import { type Box, overlap, squareAround } from './geometry.js';
import type { ChannelScale } from './normalise.js';
import { openSession, runSession } from './session.js';

/** Side of the network's input, and of the face in its middle, in pixels. */
const INPUT_SIDE = 128;
const FACE_SIDE = 64;
const INPUT_VALUES = 3 * INPUT_SIDE * INPUT_SIDE;
const MARGIN = (INPUT_SIDE - FACE_SIDE) / 2;
const EXPECTED: Box = { x: MARGIN, y: MARGIN, width: FACE_SIDE, height: FACE_SIDE };

/** RetinaFace's feature maps: their strides, and the sides of the two priors at each. */
const PRIORS = [
  { stride: 8, sides: [32, 16] },
  { stride: 16, sides: [128, 64] },
  { stride: 32, sides: [512, 256] },
] as const;

/** Its priors stand in the middle of 16 pixels from a cell's corner, at all strides. */
const CELL_CENTRE = 7.5;

/** A box that overlaps the expected one by more is the face that was asked about. */
const MIN_OVERLAP = 0.25;

/** Gives a second detector's opinion on single faces: RetinaFace with MobileNet 0.25. */
export class FaceVerifier {
  readonly #session: InferenceSession;
  readonly #scale: ChannelScale;

  private constructor(session: InferenceSession, scale: ChannelScale) {
    this.#session = session;
    this.#scale = scale;
  }

  static async open(path: string, scale: ChannelScale): Promise<FaceVerifier> {
    return new FaceVerifier(await openSession(path), scale);
  }

  /** The confidence that each box holds an upright face, 0…1, in the order of the boxes. */
  async scores(pixels: Pixels, boxes: readonly Box[]): Promise<number[]> {
    if (boxes.length === 0) return [];
    const input = new Float32Array(boxes.length * INPUT_VALUES);
    for (const [i, box] of boxes.entries()) {
      const side = (Math.max(box.width, box.height) * INPUT_SIDE) / FACE_SIDE;
      resizeRegion(pixels, squareAround(box, side), {
        width: INPUT_SIDE,
        height: INPUT_SIDE,
        scale: this.#scale,
        out: input,
        offset: i * INPUT_VALUES,
      });
    }
    const output = await runSession(this.#session, input, [
      boxes.length,
      3,
      INPUT_SIDE,
      INPUT_SIDE,
    ]);
    return boxes.map((_, i) => bestScore(output, i));
  }
}

/** The best score of the i-th picture among the boxes that cover its middle. */
function bestScore(output: Record<string, Float32Array>, i: number): number {
  let best = 0;
  for (const { stride, sides } of PRIORS) {
    const scores = output[`scores_${stride}`]!;
    const boxes = output[`boxes_${stride}`]!;
    const columns = INPUT_SIDE / stride;
    const plane = columns * columns;
    for (const [prior, side] of sides.entries()) {
      for (let cell = 0; cell < plane; cell++) {
        const score = scores[(i * 4 + 2 + prior) * plane + cell]!;
        if (score <= best) continue;
        const offset = (k: number) => boxes[(i * 8 + prior * 4 + k) * plane + cell]!;
        const x = (cell % columns) * stride + CELL_CENTRE + offset(0) * side;
        const y = Math.floor(cell / columns) * stride + CELL_CENTRE + offset(1) * side;
        const width = Math.exp(offset(2)) * side;
        const height = Math.exp(offset(3)) * side;
        const box = { x: x - width / 2, y: y - height / 2, width, height };
        if (overlap(box, EXPECTED) > MIN_OVERLAP) best = score;
      }
    }
  }
  return best;
}

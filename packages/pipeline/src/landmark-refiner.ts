import type { InferenceSession } from 'onnxruntime-node';
import { resizeRegion } from './area-resize.js';
import type { Pixels } from './decode-photo.js';
import { type Box, type Landmarks, type Point, squareAround } from './geometry.js';
import type { LandmarkedFace } from './landmark-finder.js';
import type { ChannelScale } from './normalise.js';
import { openSession, runSession } from './session.js';

/** Side of the network's input, in pixels: grey. */
const INPUT_SIDE = 64;
const INPUT_VALUES = INPUT_SIDE * INPUT_SIDE;

/** The network sees a little more than the landmark finder's box. */
const BOX_SCALE = 1.1;

/** As with the landmark finder, the mean of several views is steadier; shifts are shares of the side. */
const VIEWS: readonly Point[] = [
  [0, 0],
  [0.05, 0],
  [-0.05, 0],
  [0, 0.05],
  [0, -0.05],
];

/**
 * Which of the 68 points of the iBUG mark-up (Sagonas et al., 2013), counted from 0, have each of the
 * five landmarks in their middle: the lids, the tip of the nose, the corners of the outer and the
 * inner lips.
 */
const POINTS_OF = [[37, 38, 40, 41], [43, 44, 46, 47], [30], [48, 60], [54, 64]] as const;
const POINTS = 68;

/** ITU-R BT.601's shares of red, green and blue in grey. */
const GREY = [0.299, 0.587, 0.114] as const;

/**
 * Places landmarks in the middle between those that are there and those of a network of another
 * origin, which knows 68 points of a face: the two err in different ways (see docs/decisions/0006).
 */
export class LandmarkRefiner {
  readonly #session: InferenceSession;
  readonly #scale: ChannelScale;

  private constructor(session: InferenceSession, scale: ChannelScale) {
    this.#session = session;
    this.#scale = scale;
  }

  static async open(path: string, scale: ChannelScale): Promise<LandmarkRefiner> {
    return new LandmarkRefiner(await openSession(path), scale);
  }

  /** The face with refined landmarks, in pixels of the decoded photo. */
  async refine(pixels: Pixels, face: LandmarkedFace): Promise<LandmarkedFace> {
    const found = await this.#find(pixels, face.box);
    const middle = (i: number): Point => [
      (face.landmarks[i]![0] + found[i]![0]) / 2,
      (face.landmarks[i]![1] + found[i]![1]) / 2,
    ];
    return { ...face, landmarks: [middle(0), middle(1), middle(2), middle(3), middle(4)] };
  }

  async #find(pixels: Pixels, box: Box): Promise<Landmarks> {
    const side = BOX_SCALE * Math.max(box.width, box.height);
    const squares = VIEWS.map(([x, y]) => {
      const square = squareAround(box, side);
      return { ...square, x: square.x + x * side, y: square.y + y * side };
    });
    const input = new Float32Array(squares.length * INPUT_VALUES);
    for (const [i, square] of squares.entries()) {
      this.#writeGrey(pixels, square, input.subarray(i * INPUT_VALUES, (i + 1) * INPUT_VALUES));
    }
    const { landmarks } = await runSession(this.#session, input, [
      squares.length,
      1,
      INPUT_SIDE,
      INPUT_SIDE,
    ]);
    const mean = (points: readonly number[]): Point => {
      let [x, y] = [0, 0];
      for (const [i, square] of squares.entries()) {
        for (const point of points) {
          const at = 2 * (i * POINTS + point);
          x += square.x + landmarks![at]! * side;
          y += square.y + landmarks![at + 1]! * side;
        }
      }
      const count = squares.length * points.length;
      return [x / count, y / count];
    };
    const [leftEye, rightEye, nose, leftMouth, rightMouth] = POINTS_OF;
    return [mean(leftEye), mean(rightEye), mean(nose), mean(leftMouth), mean(rightMouth)];
  }

  #writeGrey(pixels: Pixels, square: Box, grey: Float32Array): void {
    const planes = new Float32Array(3 * INPUT_VALUES);
    const target = { width: INPUT_SIDE, height: INPUT_SIDE, scale: this.#scale, out: planes };
    resizeRegion(pixels, square, target);
    for (let i = 0; i < INPUT_VALUES; i++) {
      grey[i] =
        GREY[0] * planes[i]! +
        GREY[1] * planes[INPUT_VALUES + i]! +
        GREY[2] * planes[2 * INPUT_VALUES + i]!;
    }
  }
}

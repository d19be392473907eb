import type { InferenceSession } from 'onnxruntime-node';
import { resizeRegion } from './area-resize.js';
import type { Pixels } from './decode-photo.js';
import { type Box, type Landmarks, type Point, squareAround } from './geometry.js';
import type { ChannelScale } from './normalise.js';
import { openSession, runSession } from './session.js';

/** What the landmark network says of a detected face, in pixels of the decoded photo. */
export interface LandmarkedFace {
  readonly box: Box;
  readonly landmarks: Landmarks;
  /** The network's own confidence that this is a face, 0…1. */
  readonly score: number;
}

/** Side of the network's input, in pixels. */
const INPUT_SIDE = 48;
const INPUT_VALUES = 3 * INPUT_SIDE * INPUT_SIDE;

/** The second pass looks at the box that the first one refined, and places landmarks better. */
const PASSES = 2;

/** Five landmarks, a refined box and a second opinion on each face: the last network of MTCNN. */
export class LandmarkFinder {
  readonly #session: InferenceSession;
  readonly #scale: ChannelScale;

  private constructor(session: InferenceSession, scale: ChannelScale) {
    this.#session = session;
    this.#scale = scale;
  }

  static async open(path: string, scale: ChannelScale): Promise<LandmarkFinder> {
    return new LandmarkFinder(await openSession(path), scale);
  }

  /** One result per box, in the order of the boxes. */
  async find(pixels: Pixels, boxes: readonly Box[]): Promise<LandmarkedFace[]> {
    let faces: LandmarkedFace[] = [];
    let regions = boxes;
    for (let pass = 0; pass < PASSES && regions.length > 0; pass++) {
      faces = await this.#pass(pixels, regions);
      regions = faces.map(({ box }) => box);
    }
    return faces;
  }

  async #pass(pixels: Pixels, boxes: readonly Box[]): Promise<LandmarkedFace[]> {
    const squares = boxes.map((box) => squareAround(box, Math.max(box.width, box.height)));
    const input = new Float32Array(squares.length * INPUT_VALUES);
    for (const [i, square] of squares.entries()) {
      resizeRegion(pixels, square, {
        width: INPUT_SIDE,
        height: INPUT_SIDE,
        scale: this.#scale,
        out: input,
        offset: i * INPUT_VALUES,
      });
    }
    const output = await runSession(this.#session, input, [
      squares.length,
      3,
      INPUT_SIDE,
      INPUT_SIDE,
    ]);
    return squares.map((square, i) => readFace(square, i, output));
  }
}

/** The network answers in fractions of its square: landmarks from its corner, box as offsets. */
function readFace(square: Box, i: number, output: Record<string, Float32Array>): LandmarkedFace {
  const { scores, boxes, landmarks } = output;
  const side = square.width;
  const point = (j: number): Point => [
    square.x + landmarks![i * 10 + j]! * side,
    square.y + landmarks![i * 10 + 5 + j]! * side,
  ];
  const left = square.x + boxes![i * 4]! * side;
  const top = square.y + boxes![i * 4 + 1]! * side;
  return {
    score: scores![i * 2 + 1]!,
    box: {
      x: left,
      y: top,
      width: square.x + side + boxes![i * 4 + 2]! * side - left,
      height: square.y + side + boxes![i * 4 + 3]! * side - top,
    },
    landmarks: [point(0), point(1), point(2), point(3), point(4)],
  };
}

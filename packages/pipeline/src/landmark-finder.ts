import type { InferenceSession } from 'onnxruntime-node';
import { resizeRegion } from './area-resize.js';
import type { Pixels } from './decode-photo.js';
import type { Effort } from './effort.js';
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

/**
 * How often a face is looked at (see docs/decisions/0004). Each pass looks at the box that the one
 * before refined, and places landmarks better. The last look is at one or more copies of the refined
 * box, shifted by a share of its side: the mean of their landmarks is steadier than those of any one.
 */
const QUICK: Looks = { passes: 1, views: [[0, 0]] };
const STEADY: Looks = {
  passes: 3,
  views: [
    [0, 0],
    [0.05, 0],
    [-0.05, 0],
    [0, 0.05],
    [0, -0.05],
  ],
};

interface Looks {
  readonly passes: number;
  readonly views: readonly Point[];
}

/** How the landmark network looks at faces. */
export interface LandmarkInput {
  readonly scale: ChannelScale;
  readonly effort: Effort;
}

/** Five landmarks, a refined box and a second opinion on each face: the last network of MTCNN. */
export class LandmarkFinder {
  readonly #session: InferenceSession;
  readonly #input: LandmarkInput;

  private constructor(session: InferenceSession, input: LandmarkInput) {
    this.#session = session;
    this.#input = input;
  }

  static async open(path: string, input: LandmarkInput): Promise<LandmarkFinder> {
    return new LandmarkFinder(await openSession(path), input);
  }

  /** One result per box, in the order of the boxes. */
  async find(pixels: Pixels, boxes: readonly Box[]): Promise<LandmarkedFace[]> {
    if (boxes.length === 0) return [];
    const { passes, views } = this.#input.effort === 'quick' ? QUICK : STEADY;
    let regions = boxes;
    for (let pass = 0; pass < passes; pass++) {
      const faces = await this.#pass(pixels, regions);
      regions = faces.map(({ box }) => box);
    }
    const looks = await this.#pass(
      pixels,
      regions.flatMap((box) => views.map((shift) => shifted(box, shift))),
    );
    return regions.map((_, i) => merge(looks.slice(i * views.length, (i + 1) * views.length)));
  }

  async #pass(pixels: Pixels, boxes: readonly Box[]): Promise<LandmarkedFace[]> {
    const squares = boxes.map((box) => squareAround(box, Math.max(box.width, box.height)));
    const input = new Float32Array(squares.length * INPUT_VALUES);
    for (const [i, square] of squares.entries()) {
      resizeRegion(pixels, square, {
        width: INPUT_SIDE,
        height: INPUT_SIDE,
        scale: this.#input.scale,
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

function shifted({ x, y, width, height }: Box, [dx, dy]: Point): Box {
  const side = Math.max(width, height);
  return { x: x + dx * side, y: y + dy * side, width, height };
}

/** Box and score of the first view, landmarks averaged over all. */
function merge(views: readonly LandmarkedFace[]): LandmarkedFace {
  const mean = (landmark: number): Point => [
    views.reduce((sum, view) => sum + view.landmarks[landmark]![0], 0) / views.length,
    views.reduce((sum, view) => sum + view.landmarks[landmark]![1], 0) / views.length,
  ];
  return { ...views[0]!, landmarks: [mean(0), mean(1), mean(2), mean(3), mean(4)] };
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

import type { InferenceSession } from 'onnxruntime-node';
import { resizeRegion } from './area-resize.js';
import type { Pixels } from './decode-photo.js';
import type { Box } from './geometry.js';
import type { ChannelScale } from './normalise.js';
import { openSession, runSession } from './session.js';

/** Side of the network's input, in pixels. */
const INPUT_SIDE = 128;
const PLANE = INPUT_SIDE * INPUT_SIDE;

/** The network sees this much around a face, as a multiple of its box: a screen's or paper's edges. */
const AROUND = 2.7;

/** The network's classes: live, and two that its package doesn't name. */
const CLASSES = 3;

/** Says whether a face is a person before the camera: the liveness network of the faceplugin package. */
export class LivenessJudge {
  readonly #session: InferenceSession;
  readonly #scale: ChannelScale;

  private constructor(session: InferenceSession, scale: ChannelScale) {
    this.#session = session;
    this.#scale = scale;
  }

  static async open(path: string, scale: ChannelScale): Promise<LivenessJudge> {
    return new LivenessJudge(await openSession(path), scale);
  }

  /** How likely the face is live, 0…1. */
  async score(pixels: Pixels, box: Box): Promise<number> {
    const input = new Float32Array(3 * PLANE);
    resizeRegion(pixels, surroundings(pixels, box), {
      width: INPUT_SIDE,
      height: INPUT_SIDE,
      scale: this.#scale,
      out: input,
    });
    // The network wants blue first.
    const red = input.slice(0, PLANE);
    input.copyWithin(0, 2 * PLANE);
    input.set(red, 2 * PLANE);
    const output = await runSession(this.#session, input, [1, 3, INPUT_SIDE, INPUT_SIDE]);
    const logits = output.scores!.subarray(0, CLASSES);
    const powers = logits.map(Math.exp);
    return powers[0]! / powers.reduce((a, b) => a + b);
  }
}

/** The box widened as far as the photo goes, and moved inside of it. */
function surroundings(photo: Pixels, { x, y, width, height }: Box): Box {
  const factor = Math.min(AROUND, photo.width / width, photo.height / height);
  const wide = width * factor;
  const tall = height * factor;
  return {
    x: Math.max(0, Math.min(x + (width - wide) / 2, photo.width - wide)),
    y: Math.max(0, Math.min(y + (height - tall) / 2, photo.height - tall)),
    width: wide,
    height: tall,
  };
}

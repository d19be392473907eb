import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnalysedPhoto, Pipeline, PipelineError } from '../src/index.js';
import { fetchOriginals } from './models/originals.js';

const SAMPLES = [1, 2, 3, 4, 5, 6].map((i) => `demo/sample${i}.jpg`);

let pipeline: Pipeline;
let photos: Uint8Array[];
beforeAll(async () => {
  const files = await fetchOriginals('dlib-resnet-128', SAMPLES);
  if (typeof files === 'string') throw new Error(files);
  photos = SAMPLES.map((file) => files.get(file)!);
  pipeline = await Pipeline.open({ workers: 2 });
});
afterAll(() => pipeline[Symbol.asyncDispose]());

describe('Pipeline.open refuses', () => {
  it('an unknown model, and a model of another kind', async () => {
    await expect(Pipeline.open({ model: 'none' })).rejects.toMatchObject({ code: 'UNKNOWN_MODEL' });
    await expect(Pipeline.open({ model: 'mtcnn-onet' })).rejects.toMatchObject({
      code: 'UNKNOWN_MODEL',
      message: expect.stringContaining('faceplugin-512'),
    });
  });

  it('models that have not been pulled, and says what to do', async () => {
    const cacheDirectory = await mkdtemp(join(tmpdir(), 'facedex-no-models-'));
    await expect(Pipeline.open({ cacheDirectory })).rejects.toMatchObject({
      code: 'MODEL_MISSING',
      message: expect.stringContaining('models pull'),
    });
  });
});

describe('Pipeline', () => {
  it('finds every face of a group photo, with landmarks inside and a unit-length embedding', async () => {
    const { width, height, faces } = await pipeline.analyse(photos[5]!);
    expect([width, height]).toEqual([1920, 1537]);
    expect(faces).toHaveLength(4);
    for (const { box, landmarks, score, embedding } of faces) {
      const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarks;
      expect(leftEye[0]).toBeLessThan(rightEye[0]);
      expect(leftMouth[0]).toBeLessThan(rightMouth[0]);
      expect(leftEye[1]).toBeLessThan(nose[1]);
      expect(nose[1]).toBeLessThan(leftMouth[1]);
      expect(box.x).toBeLessThan(leftEye[0]);
      expect(box.x + box.width).toBeGreaterThan(rightEye[0]);
      expect(score).toBeGreaterThan(0.9);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
    }
  });

  it('gives the same embedding whatever the batch, the order and the number of workers', async () => {
    const alone: AnalysedPhoto[] = [];
    for (const photo of photos) alone.push(await pipeline.analyse(photo));
    await using single = await Pipeline.open({ workers: 1 });
    const sourceOf = (photo: Uint8Array) => photo;
    for (const [other, order] of [
      [pipeline, photos.toReversed()],
      // The photos that a worker takes at a time are other ones than above.
      [single, [...photos.slice(3), ...photos.slice(0, 3)]],
    ] as const) {
      for await (const { item, result } of other.analyseAll(order, { sourceOf })) {
        const expected = alone[photos.indexOf(item)]!.faces;
        const { faces } = result as AnalysedPhoto;
        expect(faces).toHaveLength(expected.length);
        for (const [i, { embedding }] of faces.entries()) {
          const difference = embedding.map((value, d) =>
            Math.abs(value - expected[i]!.embedding[d]!),
          );
          expect(Math.max(...difference)).toBeLessThan(1e-5);
        }
      }
    }
  });

  it('finds the same faces in photos that EXIF turns upright', async () => {
    const { faces } = await pipeline.analyse(photos[5]!, { embed: false });
    for (const [orientation, turn] of [
      [3, 180],
      [6, 270],
      [8, 90],
    ] as const) {
      const turned = await sharp(photos[5]!).rotate(turn).withMetadata({ orientation }).toBuffer();
      const again = await pipeline.analyse(turned, { embed: false });
      expect(again.faces).toHaveLength(faces.length);
      for (const [i, { box }] of again.faces.entries()) {
        // The photo was compressed once more.
        expect(Math.abs(box.x - faces[i]!.box.x)).toBeLessThan(5);
        expect(Math.abs(box.y - faces[i]!.box.y)).toBeLessThan(5);
      }
    }
  });

  it('tells boxes in the pixels of the photo itself, also where it was scaled down to decode', async () => {
    const { faces } = await pipeline.analyse(photos[5]!, { embed: false });
    const large = await sharp(photos[5]!)
      .resize(1920 * 3)
      .jpeg()
      .toBuffer();
    const again = await pipeline.analyse(large, { embed: false });
    expect(again.width).toBe(1920 * 3);
    for (const [i, { box }] of again.faces.entries()) {
      expect(Math.abs(box.x / 3 - faces[i]!.box.x)).toBeLessThan(6);
      expect(Math.abs(box.width / 3 - faces[i]!.box.width)).toBeLessThan(12);
    }
  });

  it('puts the error of a bad photo in its place and goes on', async () => {
    const bad = join(await mkdtemp(join(tmpdir(), 'facedex-bad-')), 'bad.jpg');
    await writeFile(bad, 'no picture');
    const sources = [photos[0]!, bad, '/no/such/photo.jpg', photos[5]!];
    const results: (AnalysedPhoto | PipelineError)[] = [];
    const many = pipeline.analyseAll(sources, { find: 'subject', sourceOf: (source) => source });
    for await (const { result } of many) results.push(result);
    expect(results.map((result) => (result instanceof PipelineError ? result.code : 'ok'))).toEqual(
      ['ok', 'UNREADABLE_PHOTO', 'PHOTO_NOT_FOUND', 'ok'],
    );
  });

  it('finds no face in textures', async () => {
    for (const [seed, blur] of [
      [1, 0.5],
      [7, 4],
      [13, 20],
    ] as const) {
      const noise = Buffer.from(
        Array.from(
          { length: 480 * 360 * 3 },
          (_, i) => (Math.imul(i + seed, 2654435761) >>> 13) & 255,
        ),
      );
      const raw = { width: 480, height: 360, channels: 3 } as const;
      const picture = await sharp(noise, { raw }).blur(blur).png().toBuffer();
      expect((await pipeline.analyse(picture, { embed: false })).faces).toEqual([]);
    }
  });

  it('does not block the thread that calls it', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    await Promise.all(photos.map((photo) => pipeline.analyse(photo)));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(10);
  });
});

describe('a closed pipeline', () => {
  it('finishes what it is at, refuses more, and the process lives on', async () => {
    const index = join(import.meta.dirname, '../dist/index.js');
    const program = `
      import { Pipeline } from ${JSON.stringify(index)};
      for (let i = 0; i < 6; i++) {
        const pipeline = await Pipeline.open({ workers: 2 });
        const failing = pipeline.analyse('/no/such/photo.jpg').catch((error) => error.code);
        const closing = i % 2 === 0 ? pipeline[Symbol.asyncDispose]() : undefined;
        await closing;
        await pipeline[Symbol.asyncDispose]();
        console.log(await failing, await pipeline.analyse('x').catch((error) => error.code));
      }`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '--eval',
      program,
    ]);
    expect(stdout.trim().split('\n')).toEqual(Array(6).fill('PHOTO_NOT_FOUND INFERENCE_FAILED'));
  });
});

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

  it('less than one worker, and a part of one', async () => {
    for (const workers of [0, -1, 1.5, Number.NaN]) {
      await expect(Pipeline.open({ workers })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
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

  it('gives the same embedding whatever the batch, the number of workers and the order', async () => {
    const alone: AnalysedPhoto[] = [];
    for (const photo of photos) alone.push(await pipeline.analyse(photo));
    await using others = await Pipeline.open({ workers: 3 });
    const backwards: AnalysedPhoto[] = [];
    const many = others.analyseAll(photos.toReversed(), { sourceOf: (photo) => photo });
    for await (const { result } of many) backwards.push(result as AnalysedPhoto);
    for (const [i, photo] of backwards.reverse().entries()) {
      expect(photo.faces).toHaveLength(alone[i]!.faces.length);
      for (const [j, { embedding }] of photo.faces.entries()) {
        const other = alone[i]!.faces[j]!.embedding;
        const largest = Math.max(...embedding.map((value, d) => Math.abs(value - other[d]!)));
        expect(largest).toBeLessThan(1e-5);
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

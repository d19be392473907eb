// A contender: what can't be saved. Decodes with sharp alone, and runs the networks alone, as often
// and on the same inputs as the pipeline did when it saw the photos first.
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';
import type { Find } from '../../packages/pipeline/src/find-in-view.js';
import { analysePhotos } from '../../packages/pipeline/src/photo-analyser.js';
import { serve } from './contender.js';
import { openNetworks } from './networks.js';

/** As many as a worker of the pipeline takes. */
const PHOTOS_PER_TASK = 4;

type Run = { session: ort.InferenceSession; feeds: Record<string, ort.Tensor> };

sharp.concurrency(1);
sharp.cache(false);

await serve(async () => {
  const networks = await openNetworks();
  const find = process.argv[2] as Find;
  const recordings = new Map<string, Run[]>();
  return {
    async analyse(files, onPhoto) {
      const key = files.join();
      let runs = recordings.get(key);
      if (runs === undefined) {
        runs = await record(async () => {
          for (let from = 0; from < files.length; from += PHOTOS_PER_TASK) {
            await analysePhotos(files.slice(from, from + PHOTOS_PER_TASK), networks, {
              find,
            });
          }
        });
        recordings.set(key, runs);
      }
      for (const file of files) {
        await sharp(file).raw().toBuffer();
        onPhoto([]);
      }
      for (const { session, feeds } of runs) await session.run(feeds);
    },
  };
});

/** All runs of networks that happen in `work`, with copies of their inputs. */
async function record(work: () => Promise<void>): Promise<Run[]> {
  const { prototype } = ort.InferenceSession as unknown as { prototype: ort.InferenceSession };
  const { run } = prototype;
  const runs: Run[] = [];
  prototype.run = function (this: ort.InferenceSession, feeds: Record<string, ort.Tensor>) {
    const copies = Object.entries(feeds).map(([name, { data, dims }]) => [
      name,
      new ort.Tensor('float32', Float32Array.from(data as Float32Array), dims),
    ]);
    runs.push({ session: this, feeds: Object.fromEntries(copies) });
    return (run as (feeds: object) => unknown).call(this, feeds);
  } as typeof run;
  try {
    await work();
  } finally {
    prototype.run = run;
  }
  return runs;
}

// How long does each embedder take for one face, on one thread? The fastest of many runs, as other
// work on the machine only ever adds time: npx tsx bench/embedders.ts [runs]
import { statSync } from 'node:fs';
import { listModels, loadModel } from '@facedex/pipeline';
import * as ort from 'onnxruntime-node';

const runs = Number(process.argv[2] ?? 50);

for (const { card, state } of await listModels()) {
  if (card.kind !== 'embedder' || state !== 'ready') continue;
  const { path } = await loadModel(card.id);
  const session = await ort.InferenceSession.create(path, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const { size } = card.alignment;
  const face = Float32Array.from({ length: 3 * size * size }, (_, i) => Math.sin(i));
  const input = new ort.Tensor('float32', face, [1, 3, size, size]);
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const started = performance.now();
    await session.run({ [session.inputNames[0]!]: input });
    times.push(performance.now() - started);
  }
  await session.release();
  const megabytes = statSync(path).size / 1e6;
  console.log(`${card.id}: ${Math.min(...times).toFixed(1)} ms, ${megabytes.toFixed(1)} MB`);
}

import { DEFAULT_MODEL, DETECTOR, LANDMARKS } from '../../packages/pipeline/src/models/catalog.js';
import { loadModel } from '../../packages/pipeline/src/models/model-store.js';
import { openSession, runSession } from '../../packages/pipeline/src/session.js';
import { median } from '../faiss-binding/statistics.js';

const SIZES = [1, 2, 4, 8, 16, 32];
const NETWORKS = [
  { id: DETECTOR, side: 320 },
  { id: LANDMARKS, side: 48 },
  { id: DEFAULT_MODEL, side: 112 },
];

/** Milliseconds for each picture by how many go through a network in one call. */
export async function measureBatchSizes(
  rounds: number,
): Promise<{ id: string; perPicture: Record<string, number> }[]> {
  const rows: { id: string; perPicture: Record<string, number> }[] = [];
  for (const { id, side } of NETWORKS) {
    const session = await openSession((await loadModel(id)).path);
    const values = 3 * side * side;
    const input = Float32Array.from(
      { length: Math.max(...SIZES) * values },
      (_, i) => (((i * 7919) % 251) - 125) / 128,
    );
    const milliseconds = SIZES.map((): number[] => []);
    for (let round = 0; round <= rounds; round++) {
      for (const [i, size] of SIZES.entries()) {
        const started = performance.now();
        await runSession(session, input.subarray(0, size * values), [size, 3, side, side]);
        // The first round warms up.
        if (round > 0) milliseconds[i]!.push((performance.now() - started) / size);
      }
    }
    const medians = SIZES.map((size, i) => [size, median(milliseconds[i]!)]);
    rows.push({ id, perPicture: Object.fromEntries(medians) });
  }
  return rows;
}

// Makes every call on one kind, and prints what came of it, to look at one case of the sweep:
//   npx tsx test/stress/every-call-on.ts 'IVF8,Flat' 8 [l2]
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaissMetric } from '../../src/index.js';
import { everyCall } from './every-call.js';

const [factory = 'Flat', dimension = '8', metric = 'l2'] = process.argv.slice(2);
const path = join(tmpdir(), `every-call-${process.pid}`);
let step = '';
try {
  const outcome = await everyCall(
    { factory, dimension: Number(dimension), metric: metric as FaissMetric },
    {
      path,
      onStep: (next) => {
        step = next;
        if (process.env.STEPS) console.error(step);
      },
    },
  );
  console.log(outcome);
} finally {
  await rm(path, { force: true });
}

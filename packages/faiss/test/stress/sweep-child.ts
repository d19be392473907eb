// Makes every call on the kinds that scripts/sweep-factories.mjs sends, one after the other, in a
// process that may crash. Each message that goes back is a step that begins, or a case that is done.
import { join } from 'node:path';
import type { FaissIndexOptions } from '../../src/index.js';
import { everyCall } from './every-call.js';

const folder = process.argv[2] ?? '.';
const path = join(folder, `sweep-${process.pid}`);

process.on('message', (kind: FaissIndexOptions) => {
  everyCall(kind, {
    path,
    bulk: kind.dimension === 8,
    onStep: (step) => process.send?.({ step }),
  }).then(
    (outcome) => process.send?.({ outcome }),
    (error) => process.send?.({ outcome: { failures: [`BUG ${error.stack}`], wrong: [] } }),
  );
});
process.on('disconnect', () => process.exit(0));

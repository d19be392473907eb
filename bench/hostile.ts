// What do hostile pictures do to the pipeline? 1,000 mutations, all truncations, oddities and the
// largest pictures, in a child process: npx tsx bench/hostile.ts [mutations, default 1000]
import { analyseInChild, type ChildReport } from '../test-support/analyse-in-child.js';
import {
  type HostileFile,
  largest,
  mutations,
  oddities,
  truncations,
  validPictures,
} from '../test-support/hostile-pictures.js';

const LIMIT_MS = 60_000;

const valid = await validPictures();
await run('mutations', mutations(valid, Number(process.argv[2] ?? 1000)));
await run('cut off at every 5 %', truncations(valid));
await run('oddities', await oddities());
await run('largest', await largest());

async function run(what: string, files: Iterable<HostileFile>): Promise<void> {
  const all = [...files];
  print(what, all.length, await analyseInChild(all, { limitMs: LIMIT_MS }));
}

function print(what: string, expected: number, { outcomes, exit, peakMb }: ChildReport): void {
  const counts = new Map<string, number>();
  for (const { result } of outcomes) counts.set(result, (counts.get(result) ?? 0) + 1);
  const results = [...counts].map(([result, count]) => `${count} ${result}`).join(', ');
  const slowest = outcomes.reduce((a, b) => (b.ms > a.ms ? b : a));
  console.log(
    `${what}: ${outcomes.length} of ${expected} answered (${results}), exit ${exit}, slowest ` +
      `${slowest.ms.toFixed(0)} ms (${slowest.name}), peak ${peakMb.toFixed(0)} MB`,
  );
}

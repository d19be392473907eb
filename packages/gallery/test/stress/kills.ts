// Kills processes that change a gallery at random instants: npm run kills -w packages/gallery -- 200 [SEED]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeKills, killRounds } from './kill-rounds.js';

const [kills = '200', seed = '1'] = process.argv.slice(2);
const directory = await mkdtemp(join(tmpdir(), 'facedex-kills-'));
const summary = await killRounds(directory, {
  kills: Number(kills),
  seed: Number(seed),
  onKill: (done) => {
    if (done % 20 === 0) {
      process.stderr.write(`${done} of ${kills}\n`);
    }
  },
});
console.log(describeKills(summary));
for (const failure of summary.failures) {
  console.log(failure);
}
if (summary.failures.length > 0) {
  console.log(`the gallery is left in ${directory}`);
  process.exitCode = 1;
} else {
  await rm(directory, { recursive: true });
}

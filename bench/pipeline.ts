// How fast is the pipeline, from a photo's file to embeddings?
//
//   npx tsx bench/pipeline.ts [--parts speed,batch-sizes,cold-start,memory,accuracy]
//     [--photos 100] [--peer-photos 8] [--rounds 5] [--memory-photos 20000]
//
// On photos of LFW View 1 DevTest: against face-api and human (WebAssembly, the fastest that they
// have without a native TensorFlow), each in a process of its own; and against what can't be saved:
// decoding with sharp and running the networks, without anything in between (bench/pipeline/bare.ts).
// All take turns; ratios are medians over rounds. "1 core" pins a process to one core with taskset.
// The last two parts take some minutes and half an hour, so they must be asked for. Targets: 30 times
// face-api; at most 1.15 times the bare sum; memory as much after 20,000 photos as after 1,000.

import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from './faiss-binding/statistics.js';
import { photosOf, requireLfw } from './lfw.js';
import { measureAccuracy } from './pipeline/accuracy.js';
import { measureBatchSizes } from './pipeline/batch-sizes.js';
import { Contender } from './pipeline/contender.js';
import { installPeers } from './pipeline/peers.js';

const CONTENDERS = {
  'facedex, subject, 1 core': { script: 'facedex.ts', args: ['1', 'subject'], cores: '0' },
  'bare sum, subject, 1 core': { script: 'bare.ts', args: ['subject'], cores: '0' },
  'facedex, all, 1 core': { script: 'facedex.ts', args: ['1', 'all'], cores: '0' },
  'bare sum, all, 1 core': { script: 'bare.ts', args: ['all'], cores: '0' },
  'facedex, subject, 2 workers': { script: 'facedex.ts', args: ['2', 'subject'] },
  'facedex, all, 2 workers': { script: 'facedex.ts', args: ['2', 'all'] },
  'face-api': { script: 'face-api.ts' },
  human: { script: 'human.ts' },
} as const;
type Name = keyof typeof CONTENDERS;

const PEERS: readonly Name[] = ['face-api', 'human'];

/** Target: how many times as long as the bare sum a photo may take. */
const MOST_OF_BARE = 1.15;
const LEAST_OF_FACE_API = 30;

const COLD_STARTS = 5;
const COLD_START = `
  import { Pipeline } from '@facedex/pipeline';
  const pipeline = await Pipeline.open({ workers: 1 });
  const { faces } = await pipeline.analyse(process.argv[1], { find: 'subject' });
  if (faces.length !== 1) throw new Error('expected a face');
  await pipeline[Symbol.asyncDispose]();
`;

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: '100' },
    'peer-photos': { type: 'string', default: '8' },
    rounds: { type: 'string', default: '5' },
    'memory-photos': { type: 'string', default: '20000' },
    parts: { type: 'string', default: 'speed,batch-sizes,cold-start' },
  },
});
const rounds = Number(values.rounds);

requireLfw();
const files = photosOf('pairsDevTest.txt').map(({ path }) => path);
const [load = 0] = loadavg();
console.log(
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model}, Node ` +
    `${process.version}, load before: ${load.toFixed(1)}${load < 1 ? '' : ' (busy: preliminary figures)'}`,
);
const parts: Record<string, () => void | Promise<void>> = {
  speed: compareSpeed,
  'batch-sizes': printBatchSizes,
  'cold-start': printColdStart,
  memory: printMemory,
  accuracy: printAccuracy,
};
for (const part of values.parts.split(',')) {
  const run = parts[part];
  if (!run) throw new Error(`--parts: expected some of ${Object.keys(parts)}, received ${part}`);
  await run();
}

async function compareSpeed(): Promise<void> {
  installPeers();
  // The peers are slow: they get every so many of the photos that the others get.
  const own = files.slice(0, Number(values.photos));
  const step = Math.max(1, Math.floor(own.length / Number(values['peer-photos'])));
  const few = own.filter((_, i) => i % step === 0);
  const running = new Map<Name, { contender: Contender; wall: number[]; cpu: number[] }>();
  try {
    for (const [name, { script, ...options }] of Object.entries(CONTENDERS)) {
      const args = 'args' in options ? [...options.args] : [];
      const contender = new Contender(script, { ...options, args });
      running.set(name as Name, { contender, wall: [], cpu: [] });
      await contender.ready();
      await contender.ask({ files: PEERS.includes(name as Name) ? few.slice(0, 2) : own });
    }
    for (let round = 0; round < rounds; round++) {
      const turns = round % 2 === 0 ? [...running] : [...running].reverse();
      for (const [name, { contender, wall, cpu }] of turns) {
        const photos = PEERS.includes(name) ? few : own;
        const { seconds, cpuSeconds } = await contender.ask({ files: photos });
        wall.push((seconds / photos.length) * 1000);
        cpu.push((cpuSeconds / photos.length) * 1000);
      }
    }
  } finally {
    for (const { contender } of running.values()) await contender[Symbol.asyncDispose]();
  }
  console.log('\n| | photos a second | ms a photo | ms of processor time a photo |');
  console.log('| --- | --: | --: | --: |');
  for (const [name, { wall, cpu }] of running) {
    const ms = median(wall);
    console.log(
      `| ${name} | ${(1000 / ms).toFixed(1)} | ${ms.toFixed(2)} | ${median(cpu).toFixed(2)} |`,
    );
  }
  const ratio = (kind: 'wall' | 'cpu', slower: Name, faster: Name) =>
    median(running.get(slower)![kind].map((ms, round) => ms / running.get(faster)![kind][round]!));
  console.log('\nRatios of time (of processor time), medians over rounds:\n');
  for (const find of ['subject', 'all'] as const) {
    const [ours, bare] = [`facedex, ${find}, 1 core`, `bare sum, ${find}, 1 core`] as const;
    console.log(
      `- ${ours}, to the bare sum: ${ratio('wall', ours, bare).toFixed(2)} ` +
        `(${ratio('cpu', ours, bare).toFixed(2)}); target: at most ${MOST_OF_BARE}`,
    );
  }
  for (const peer of PEERS) {
    for (const ours of [
      'facedex, subject, 1 core',
      'facedex, all, 1 core',
      'facedex, subject, 2 workers',
      'facedex, all, 2 workers',
    ] as const) {
      console.log(
        `- ${peer} to ${ours}: ${ratio('wall', peer, ours).toFixed(1)} ` +
          `(${ratio('cpu', peer, ours).toFixed(1)})` +
          `${peer === 'face-api' ? `; target: at least ${LEAST_OF_FACE_API}` : ''}`,
      );
    }
  }
}

async function printBatchSizes(): Promise<void> {
  const rows = await measureBatchSizes(3 * rounds);
  const sizes = Object.keys(rows[0]!.perPicture);
  console.log('\nMilliseconds a picture, by pictures in a call of a network:\n');
  console.log(`| network | ${sizes.join(' | ')} |`);
  console.log(`| --- |${' --: |'.repeat(sizes.length)}`);
  for (const { id, perPicture } of rows) {
    console.log(`| ${id} | ${sizes.map((size) => perPicture[size]!.toFixed(2)).join(' | ')} |`);
  }
}

function printColdStart(): void {
  const seconds = Array.from({ length: COLD_STARTS }, () => {
    const started = performance.now();
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', COLD_START, files[0]!],
      { cwd: join(import.meta.dirname, '..'), encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(stderr);
    return (performance.now() - started) / 1000;
  });
  console.log(
    `\nCold start, from starting Node to its end after one embedding: ${median(seconds).toFixed(2)} s`,
  );
}

async function printMemory(): Promise<void> {
  const photos = Number(values['memory-photos']);
  await using contender = new Contender('facedex.ts', { args: ['2', 'subject'] });
  await contender.ready();
  const cycled = Array.from({ length: photos }, (_, i) => files[i % files.length]!);
  const { memory = [], missed } = await contender.ask({ files: cycled, memoryEvery: 10 });
  const perThousand = 1000 / 10;
  const thousand = (first: number) => {
    const part = memory.slice(first * perThousand, (first + 1) * perThousand);
    return (part.reduce((sum, mb) => sum + mb, 0) / part.length).toFixed(0);
  };
  const last = Math.floor(memory.length / perThousand) - 1;
  console.log(
    `\nMemory over ${photos.toLocaleString('en')} photos (${missed} without a face), 2 workers, mean ` +
      `resident MB: first thousand ${thousand(0)}, second ${thousand(1)}, ` +
      `middle ${thousand(Math.floor(last / 2))}, last ${thousand(last)}; most ` +
      `${Math.max(...memory).toFixed(0)}`,
  );
}

async function printAccuracy(): Promise<void> {
  installPeers();
  console.log('\n| LFW View 1 DevTest | accuracy | photos without a face |');
  console.log('| --- | --: | --: |');
  for (const name of ['facedex, subject, 2 workers', ...PEERS] as const) {
    const { script, ...options } = CONTENDERS[name];
    const args = 'args' in options ? [...options.args] : [];
    await using contender = new Contender(script, { args });
    await contender.ready();
    const { accuracy, missed, photos } = await measureAccuracy(contender);
    console.log(`| ${name} | ${(accuracy * 100).toFixed(1)} % | ${missed} of ${photos} |`);
  }
}

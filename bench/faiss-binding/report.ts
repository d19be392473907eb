import type { Measured } from './measure.js';
import { PEERS } from './peers.js';
import { median } from './statistics.js';

export interface Row extends Measured {
  kind: string;
  /** In relation to the first peer, Python where it is there; below 1 is better. */
  ratios: { single: number; batch: number; build: number; memory: number };
  /** How much longer a single query takes. */
  extraUs: number;
  /** The same of the processor's time, which tells more where other processes run. */
  cpu: { batchRatio: number; extraUs: number };
}

/** The first of the peers is what the others are compared with. */
export function toRows(kind: string, measured: Measured[]): Row[] {
  const [reference] = measured;
  if (reference === undefined) return [];
  return measured.map((own) => ({
    kind,
    ...own,
    ratios: {
      single: ofRounds(own.singleUs, reference.singleUs, (a, b) => a / b),
      batch: ofRounds(own.batchMs, reference.batchMs, (a, b) => a / b),
      build: buildSeconds(own) / buildSeconds(reference),
      memory: own.memoryMb / reference.memoryMb,
    },
    extraUs: ofRounds(own.singleUs, reference.singleUs, (a, b) => a - b),
    cpu: {
      batchRatio: ofRounds(own.batchCpuMs, reference.batchCpuMs, (a, b) => a / b),
      extraUs: ofRounds(own.singleCpuUs, reference.singleCpuUs, (a, b) => a - b),
    },
  }));
}

/** A table in Markdown. */
export function table(rows: Row[]): string {
  const head = [
    ...['kind', 'library', 'single', 'batch', 'build', 'memory'],
    ...['single, µs', 'more, µs', 'batch, ms', 'build, s', 'memory, MB', 'recall@10'],
  ];
  const lines = rows.map((row, i) => {
    const { ratios } = row;
    const isPart = row.recall === undefined;
    return [
      row.kind === rows[i - 1]?.kind ? '' : row.kind,
      PEERS[row.peer].title,
      times(ratios.single),
      times(ratios.batch),
      isPart ? '' : times(ratios.build),
      isPart ? '' : times(ratios.memory),
      number(median(row.singleUs)),
      `${row.extraUs < 0 ? '−' : '+'}${number(Math.abs(row.extraUs))}`,
      number(median(row.batchMs)),
      isPart ? '' : number(buildSeconds(row)),
      isPart ? '' : number(row.memoryMb),
      row.recall?.toFixed(3) ?? '',
    ];
  });
  return [head, head.map((_, i) => (i < 2 ? '---' : '--:')), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function ofRounds(
  own: number[],
  reference: number[],
  compare: (own: number, reference: number) => number,
): number {
  return median(own.map((value, round) => compare(value, reference[round]!)));
}

function buildSeconds({ trainSeconds, addSeconds }: Measured): number {
  return trainSeconds + addSeconds;
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)}×`;
}

/** With three digits that matter. */
function number(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

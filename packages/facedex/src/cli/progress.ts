import cliProgress from 'cli-progress';
import { printable } from './output.js';

/** Shows how far a long command is, on stderr. */
export interface Progress extends Disposable {
  /** `label` says what is being worked on, such as a person's name. */
  update(done: number, total: number, label: string): void;
}

/** Lines per run where stderr is not a terminal: enough to see that it moves. */
const LINES = 10;

/** On a terminal a bar with rate and time left, elsewhere a line for every tenth of the work. */
export function startProgress(unit: string): Progress {
  return process.stderr.isTTY ? progressBar(unit) : progressLines(unit);
}

function progressBar(unit: string): Progress {
  const bar = new cliProgress.SingleBar(
    {
      format: `{bar} {percentage}% | {value}/{total} ${unit} | {rate}/s | {eta_formatted} left | {label}`,
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      barsize: 24,
      etaBuffer: 200,
    },
    cliProgress.Presets.shades_classic,
  );
  const started = performance.now();
  return {
    update(done, total, label) {
      if (!bar.isActive) bar.start(total, 0, { rate: '0', label: '' });
      const rate = (done / (performance.now() - started)) * 1000;
      bar.update(done, { rate: rate.toFixed(0), label: printable(label) });
    },
    [Symbol.dispose]: () => bar.stop(),
  };
}

function progressLines(unit: string): Progress {
  let told = 0;
  return {
    update(done, total, label) {
      const part = Math.floor((done / total) * LINES);
      if (part === told) return;
      told = part;
      process.stderr.write(`${done}/${total} ${unit} | ${printable(label)}\n`);
    },
    [Symbol.dispose]: () => {},
  };
}

import { startChild } from './child-process.js';

/** What came of damaged files. The three lists are 'seed file', for `damage`. */
export interface FuzzResult {
  tried: number;
  /** By error code, or 'LOADED'. */
  outcomes: Record<string, number>;
  crashed: string[];
  hung: string[];
  overAllocated: string[];
  /** Errors that are none of those that an import should throw. */
  odd: string[];
}

export interface FuzzOptions {
  /** For the damaged copies. */
  folder: string;
  seeds: [first: number, end: number];
  /** 'blind' lets FAISS read without the walk, to see what that saves from. */
  mode?: 'checked' | 'blind';
}

/** Nothing done with such small files takes a second; the machine may be busy. */
const HANG_MS = 30_000;

/** Imports copies of the files, each damaged as the seeds say, in processes of their own. */
export async function fuzz(
  files: string[],
  { folder, seeds, mode = 'checked' }: FuzzOptions,
): Promise<FuzzResult> {
  const result: FuzzResult = {
    tried: 0,
    outcomes: {},
    crashed: [],
    hung: [],
    overAllocated: [],
    odd: [],
  };
  let [first, end] = seeds;
  let skipped = 0;
  while (first < end) {
    // After a crash at one file, its seed goes on with the next file.
    const [from, to, some] =
      skipped > 0 ? [first, first + 1, files.slice(skipped)] : [first, end, files];
    const last = await runChild([mode, folder, String(from), String(to), ...some], result);
    if (last === undefined) {
      first = to;
      skipped = 0;
    } else {
      first = last.seed;
      skipped = files.indexOf(last.file) + 1;
      if (skipped === files.length) {
        first++;
        skipped = 0;
      }
    }
  }
  return result;
}

/** Where the child ended before its end, if it did. */
async function runChild(
  args: string[],
  result: FuzzResult,
): Promise<{ seed: number; file: string } | undefined> {
  const child = startChild('fuzz-child.ts', args);
  let at = '';
  let rest = '';
  let summary = '';
  let errors = '';
  let isHung = false;
  let timer: NodeJS.Timeout | undefined;
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      isHung = true;
      child.kill('SIGKILL');
    }, HANG_MS);
  };
  watch();
  child.stderr?.on('data', (data) => {
    errors += data;
  });
  child.stdout?.on('data', (data) => {
    watch();
    const lines = (rest + data).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('@')) {
        at = line.slice(1);
        result.tried++;
      } else if (line.startsWith('=')) {
        const outcome = line.slice(1);
        result.outcomes[outcome] = (result.outcomes[outcome] ?? 0) + 1;
      } else {
        summary = line;
      }
    }
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (...how) => resolve(how));
  });
  clearTimeout(timer);
  if (summary !== '') {
    const { overAllocated, odd } = JSON.parse(summary) as FuzzResult;
    result.overAllocated.push(...overAllocated);
    result.odd.push(...odd);
    return undefined;
  }
  if (at === '') {
    throw new Error(`The child ended with ${code ?? signal} before it began: ${errors}`);
  }
  const list = isHung ? result.hung : result.crashed;
  list.push(`${at} (${signal ?? code}) ${errors.slice(0, 300)}`);
  const [seed = '', ...path] = at.split(' ');
  return { seed: Number(seed), file: path.join(' ') };
}

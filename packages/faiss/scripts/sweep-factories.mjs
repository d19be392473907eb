#!/usr/bin/env node
// Makes every call on every kind of index that FAISS's factory knows, in many dimensions and metrics,
// in child processes: each has to work or be refused with a code. Crashes, hangs and impossible
// answers are printed, and end this with 1.
//
//   node scripts/sweep-factories.mjs [--match <regex>] [--dimensions 3,8] [--metrics l2] [--verbose]
//
// All of it takes some 30 minutes on two cores.

import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FACTORIES, FACTORIES_FOR_ALL_METRICS } from './factories.mjs';

const CHILD = fileURLToPath(new URL('../test/stress/sweep-child.ts', import.meta.url));
const DIMENSIONS = [1, 2, 3, 7, 8, 16, 33, 64, 128];
const METRICS = ['l2', 'inner_product'];
const OTHER_METRICS = ['l1', 'linf', 'lp', 'canberra', 'bray_curtis', 'jensen_shannon'];
/** For one step; the slowest, training of LSQ in 128 dimensions, takes a tenth on an idle machine. */
const HANG_MS = 120_000;

const { values: options } = parseArgs({
  options: {
    match: { type: 'string', default: '' },
    dimensions: { type: 'string' },
    metrics: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'faiss-sweep-'));
const cases = allCases();
const counts = { worked: 0, refused: 0, crashed: 0, hung: 0, wrong: 0 };
const codes = {};
const refusals = new Map();
const bad = [];
let printed = 0;
const started = performance.now();
const waiting = [...cases];
try {
  await Promise.all(Array.from({ length: Number(options.jobs) }, work));
} finally {
  rmSync(folder, { recursive: true });
}
report();

function allCases() {
  const list = (text, all) => (text === undefined ? all : text.split(','));
  const dimensions = list(options.dimensions, DIMENSIONS).map(Number);
  const metrics = list(options.metrics, [...METRICS, ...OTHER_METRICS]);
  const chosen = (factory) => new RegExp(options.match).test(factory);
  const found = [];
  for (const factory of FACTORIES.filter(chosen)) {
    for (const dimension of dimensions) {
      for (const metric of metrics.filter((name) => METRICS.includes(name))) {
        found.push({ factory, dimension, metric });
      }
    }
  }
  for (const factory of FACTORIES_FOR_ALL_METRICS.filter(chosen)) {
    for (const dimension of dimensions) {
      for (const metric of metrics.filter((name) => OTHER_METRICS.includes(name))) {
        found.push({ factory, dimension, metric, ...(metric === 'lp' && { metricArg: 3 }) });
      }
    }
  }
  return found;
}

async function work() {
  let child;
  for (let kind = waiting.shift(); kind !== undefined; kind = waiting.shift()) {
    child ??= startChild();
    const { outcome, lost } = await tryCase(child, kind);
    if (lost) child = undefined;
    count(kind, outcome);
  }
  child?.disconnect();
}

function startChild() {
  return fork(CHILD, [folder], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
}

/** What came of a case; `lost` where the child is not there any more. */
function tryCase(child, kind) {
  return new Promise((resolve) => {
    let step = 'start';
    let hung = false;
    let errors = '';
    let timer;
    const onErrors = (chunk) => {
      errors = (errors + chunk).slice(-2000);
    };
    const rearm = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        hung = true;
        child.kill('SIGKILL');
      }, HANG_MS);
    };
    const onMessage = (message) => {
      rearm();
      if (message.step !== undefined) step = message.step;
      if (message.outcome !== undefined) done({ outcome: message.outcome, lost: false });
    };
    const onClose = (code, signal) => {
      const how = hung ? 'hung' : `ended with ${signal ?? code}: ${errors.trim().slice(-400)}`;
      done({ outcome: { [hung ? 'hung' : 'crashed']: `${step}: ${how}` }, lost: true });
    };
    const done = (answer) => {
      clearTimeout(timer);
      child.off('message', onMessage).off('close', onClose).stderr.off('data', onErrors);
      resolve(answer);
    };
    rearm();
    child.on('message', onMessage).on('close', onClose).stderr.on('data', onErrors);
    child.send(kind, () => {});
  });
}

function count(kind, { refused, crashed, hung, wrong = [], failures = [] }) {
  const name = `${kind.factory} · ${kind.dimension} · ${kind.metric}`;
  for (const failure of failures) {
    const [, code] = / ([A-Z]+_[A-Z_]+|UNSUPPORTED)/.exec(failure) ?? [];
    codes[code ?? failure] = (codes[code ?? failure] ?? 0) + 1;
    if (/FAISS_FAILED|OUT_OF_MEMORY|BUG/.test(failure)) bad.push(`failed  ${name}: ${failure}`);
    else if (options.verbose) console.log(`refused ${name}: ${failure}`);
  }
  if (crashed !== undefined) {
    counts.crashed++;
    bad.push(`CRASHED ${name}: ${crashed}`);
  } else if (hung !== undefined) {
    counts.hung++;
    bad.push(`HUNG    ${name}: ${hung}`);
  } else if (refused !== undefined) {
    counts.refused++;
    refusals.set(kind.factory, [...(refusals.get(kind.factory) ?? []), kind]);
  } else {
    counts.worked++;
  }
  if (wrong.length > 0) {
    counts.wrong++;
    bad.push(`WRONG   ${name}: ${wrong.slice(0, 3).join('; ')} (${wrong.length})`);
  }
  while (bad.length > printed) console.log(bad[printed++]);
}

function report() {
  if (options.verbose) {
    for (const [factory, kinds] of refusals) {
      console.log(
        `refused ${factory}: ${kinds.map((k) => `${k.dimension} ${k.metric}`).join(', ')}`,
      );
    }
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${cases.length} cases in ${seconds} s:`, counts);
  console.log('calls refused, by code:', codes);
  if (counts.crashed + counts.hung + counts.wrong > 0) process.exitCode = 1;
}

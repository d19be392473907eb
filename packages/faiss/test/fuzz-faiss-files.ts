// Tries damaged files in FAISS's format by the thousand and prints what came of them; ends with 1
// where any crashed, hung, or took memory that its size doesn't justify.
//
//   npm run fuzz -w packages/faiss -- [seeds, by default 200] [first seed, by default 0] [blind]
//
// 'blind' lets FAISS read them without the walk, to see what that saves from.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportKind, findPython, KINDS, runPython, WRITE_KINDS } from './faiss-files.js';
import { fuzz } from './fuzz.js';

const [seeds = '200', first = '0', mode] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'faiss-fuzz-'));
try {
  for (const kind of KINDS) {
    await exportKind(folder, kind);
  }
  const python = findPython();
  if (python === undefined) {
    console.log("Without files of Python's: no python3 with faiss here.");
  } else {
    runPython(python, WRITE_KINDS, { folder });
  }
  const files = readdirSync(folder).map((name) => join(folder, name));
  const range: [number, number] = [Number(first), Number(first) + Number(seeds)];
  const { tried, outcomes, odd, ...failures } = await fuzz(files, {
    folder,
    seeds: range,
    mode: mode === 'blind' ? mode : 'checked',
  });
  console.log(`${tried} damaged copies of ${files.length} files:`);
  for (const [outcome, count] of Object.entries(outcomes).sort(([, a], [, b]) => b - a)) {
    console.log(`  ${outcome.padEnd(16)} ${count}`);
  }
  for (const [name, list] of Object.entries({ ...failures, odd })) {
    console.log(`  ${name.padEnd(16)} ${list.length}`);
    for (const one of list.slice(0, 20)) console.log(`    ${one}`);
  }
  if (Object.values(failures).some((list) => list.length > 0)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

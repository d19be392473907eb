import { appendFile, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type AuditEntry, AuditLog } from './audit-log.js';

const log = { error: () => {} } as never;
const entryOf = (day: string, face: number): AuditEntry => ({
  time: `${day}T12:00:00.000Z`,
  key: null,
  address: '127.0.0.1',
  action: 'search',
  gallery: 'a',
  people: ['x'.repeat(face % 3 === 0 ? 70_000 : 10)],
  faces: [face],
});

it('reads backwards in pages, over days and long lines, and passes over half a line', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'facedex-audit-'));
  const audit = new AuditLog({ directory, keptDays: 10, log });
  for (let face = 1; face <= 20; face++) {
    audit.write(entryOf(face <= 12 ? '2026-01-01' : '2026-01-02', face));
    if (face === 12) await audit.flush();
  }
  await audit.flush();
  await appendFile(join(directory, '2026-01-02.jsonl'), '{"time": "20');
  const seen: number[] = [];
  let after: [number, number] | undefined;
  for (;;) {
    const page = await audit.read({ after, limit: 3, isWanted: ({ faces }) => faces[0] !== 5 });
    seen.push(...page.flatMap(({ faces }) => faces));
    after = page.at(-1)?.place;
    if (page.length < 3) break;
  }
  expect(seen).toEqual([20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 4, 3, 2, 1]);
});

it('loses no entry to half a line that a process which died has left', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'facedex-audit-'));
  const path = join(directory, '2026-01-01.jsonl');
  for (const face of [1, 2]) {
    const audit = new AuditLog({ directory, keptDays: 10, log });
    audit.write(entryOf('2026-01-01', face));
    await audit.flush();
    await appendFile(path, '{"time": "20');
  }
  const audit = new AuditLog({ directory, keptDays: 10, log });
  const entries = await audit.read({ after: undefined, limit: 9, isWanted: () => true });
  expect(entries.map(({ faces }) => faces[0])).toEqual([2, 1]);
});

it('forgets days as a whole', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'facedex-audit-'));
  const audit = new AuditLog({ directory, keptDays: 10, log });
  for (const day of ['2026-01-01', '2026-01-10', '2026-01-11']) {
    audit.write(entryOf(day, 1));
    await audit.flush();
  }
  await audit.expire(Date.parse('2026-01-20T12:00:00Z'));
  expect(await readdir(directory)).toEqual(['2026-01-10.jsonl', '2026-01-11.jsonl']);
});

import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ReadWriteQueue } from './read-write-queue.js';

/** Runs tasks named like 'r1' and 'w2' and tells which began and ended when. */
async function run(...names: string[]): Promise<string> {
  const queue = new ReadWriteQueue();
  const events: string[] = [];
  const task = (name: string) => async () => {
    events.push(`${name}(`);
    await setImmediate();
    events.push(`)${name}`);
  };
  await Promise.all(
    names.map((name) => (name.startsWith('r') ? queue.read(task(name)) : queue.write(task(name)))),
  );
  return events.join(' ');
}

test('reads run beside each other', async () => {
  expect(await run('r1', 'r2')).toBe('r1( r2( )r1 )r2');
});

test('a write runs alone', async () => {
  expect(await run('w1', 'w2')).toBe('w1( )w1 w2( )w2');
  expect(await run('r1', 'w1', 'r2')).toBe('r1( )r1 w1( )w1 r2( )r2');
});

test('a read does not overtake a waiting write', async () => {
  expect(await run('r1', 'w1', 'r2', 'r3', 'w2')).toBe('r1( )r1 w1( )w1 r2( r3( )r2 )r3 w2( )w2');
});

test('a failure is the caller’s, and the queue goes on', async () => {
  const queue = new ReadWriteQueue();
  const failing = queue.write(() => {
    throw new Error('no');
  });
  const following = queue.read(() => 'yes');
  await expect(failing).rejects.toThrow('no');
  expect(await following).toBe('yes');
});

test('an uncontended task begins at once', () => {
  let begun = false;
  void new ReadWriteQueue().read(() => {
    begun = true;
  });
  expect(begun).toBe(true);
});

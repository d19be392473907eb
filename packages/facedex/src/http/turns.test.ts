import { expect, it } from 'vitest';
import { Turns } from './turns.js';

/** Takes the thread, as a search does. */
function busy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

it('tasks come in order, a few in each round of the event loop', async () => {
  const turns = new Turns();
  const order: number[] = [];
  let rounds = 0;
  let isDone = false;
  const count = () => {
    rounds++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const tasks = Array.from({ length: 100 }, (_, i) =>
    turns.take(async () => {
      order.push(i);
      busy(1);
    }),
  );
  await Promise.all(tasks);
  isDone = true;
  expect(order).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(rounds).toBeGreaterThan(5);
});

it('a task that fails gives its turn to the next', async () => {
  const turns = new Turns();
  const failing = Array.from({ length: 8 }, () =>
    turns.take(() => Promise.reject(new Error('no'))),
  );
  for (const one of failing) await expect(one).rejects.toThrow('no');
  expect(await turns.take(async () => 'next')).toBe('next');
});

it('tasks get their share where rounds have much else to do', async () => {
  const turns = new Turns();
  let rounds = 0;
  let isDone = false;
  const turnOthersAway = () => {
    rounds++;
    busy(20);
    if (!isDone) setImmediate(turnOthersAway);
  };
  setImmediate(turnOthersAway);
  await Promise.all(Array.from({ length: 100 }, () => turns.take(async () => busy(1))));
  isDone = true;
  // Some 20 in each, not 4.
  expect(rounds).toBeLessThan(20);
});

import { expect, it } from 'vitest';
import { Turns } from './turns.js';

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
      await Promise.resolve();
    }),
  );
  await Promise.all(tasks);
  isDone = true;
  expect(order).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(rounds).toBeGreaterThanOrEqual(24);
});

it('a task that fails gives its turn to the next', async () => {
  const turns = new Turns();
  const failing = Array.from({ length: 8 }, () =>
    turns.take(() => Promise.reject(new Error('no'))),
  );
  for (const one of failing) await expect(one).rejects.toThrow('no');
  expect(await turns.take(async () => 'next')).toBe('next');
});

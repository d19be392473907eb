import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SharedPlaces } from './shared-places.js';

const takeAll = (places: SharedPlaces, who: string | null) => {
  let taken = 0;
  while (places.take(who)) taken++;
  return taken;
};

it('one alone takes three quarters; each of the others one of the rest', () => {
  const places = new SharedPlaces(16);
  expect(takeAll(places, 'a')).toBe(12);
  expect(['b', 'b', 'c', 'd', 'e', 'f'].map((who) => places.take(who))).toEqual([
    true,
    false,
    true,
    true,
    true,
    false,
  ]);
  places.leave('a');
  expect([places.take('a'), places.take('b'), places.take('f')]).toEqual([false, false, true]);
});

it('where there is nobody to share with, all are taken; few are not shared', () => {
  expect(takeAll(new SharedPlaces(16), null)).toBe(16);
  expect(takeAll(new SharedPlaces(3), 'a')).toBe(3);
});

it('no more are taken than there are, and all that are left are free again', () => {
  const who = fc.constantFrom('a', 'b', 'c', null);
  fc.assert(
    fc.property(fc.nat(20), fc.array(fc.tuple(fc.boolean(), who)), (count, steps) => {
      const places = new SharedPlaces(count);
      const inside: (string | null)[] = [];
      for (const [isCome, one] of steps) {
        const at = inside.indexOf(one);
        if (isCome && places.take(one)) inside.push(one);
        if (!isCome && at >= 0) {
          inside.splice(at, 1);
          places.leave(one);
        }
        expect(places.taken).toBe(inside.length);
        expect(places.taken).toBeLessThanOrEqual(count);
      }
      for (const one of inside) places.leave(one);
      expect(takeAll(places, null)).toBe(count);
    }),
  );
});

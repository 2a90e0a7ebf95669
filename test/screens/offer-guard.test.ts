import { expect, test } from 'vitest';
import { guardMs, OfferGuard, repeatMs } from '../../src/screens/offer-guard.ts';

test('an offer takes no answer until it could be seen', () => {
  const guard = new OfferGuard();
  guard.show(['milk'], 1000);
  expect(guard.isMeant('milk', 1000 + guardMs - 1)).toBe(false);
  expect(guard.isMeant('milk', 1000 + 2 * guardMs)).toBe(true);
});

test('an offer that stays takes an answer at once, whatever appears beside it', () => {
  const guard = new OfferGuard();
  guard.show(['milk', 'tea'], 0);
  guard.show(['bread', 'tea'], 5000);
  expect(guard.isMeant('bread', 5001)).toBe(false);
  expect(guard.isMeant('tea', 5001)).toBe(true);
});

test('presses that follow an early one at once count as little as that one, so that no hammering gets through', () => {
  const guard = new OfferGuard();
  guard.show(['milk'], 0);
  const pressedMs = [100, 300, 500, 700];
  expect(pressedMs.filter((atMs) => guard.isMeant('milk', atMs))).toEqual([]);
  expect(guard.isMeant('milk', 700 + guardMs)).toBe(true);
});

test('one early press costs no time beyond the guard of the offer', () => {
  for (let earlyMs = 0; earlyMs < guardMs; earlyMs++) {
    const guard = new OfferGuard();
    guard.show(['milk'], 0);
    expect(guard.isMeant('milk', earlyMs)).toBe(false);
    expect(guard.isMeant('milk', Math.max(guardMs, earlyMs + repeatMs))).toBe(true);
  }
});

test('an offer that comes back, and one that is not there, take none at once', () => {
  const guard = new OfferGuard();
  guard.show(['milk'], 0);
  guard.show([], 1000);
  expect(guard.isMeant('milk', 1500)).toBe(false);
  guard.show(['milk'], 2000);
  expect(guard.isMeant('milk', 2100)).toBe(false);
});

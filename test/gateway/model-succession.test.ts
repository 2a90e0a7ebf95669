import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { ModelSuccession } from '../../src/gateway/model-succession.ts';

const MINUTE_MS = 60_000;
let nowMs: number;
let versions: ModelSuccession<string>;

beforeEach(() => {
  nowMs = 0;
  versions = new ModelSuccession('a', () => nowMs);
});

describe('a basket', () => {
  test('that began before a change is answered to its end by the version it began with', () => {
    expect(versions.versionFor('old')).toBe('a');
    versions.succeed('b');
    expect(versions.versionFor('new')).toBe('b');
    expect(versions.versionFor('old')).toBe('a');
    expect(versions.current).toBe('b');
  });

  test('without a name is answered by the newest', () => {
    versions.versionFor(undefined);
    versions.succeed('b');
    expect(versions.versionFor(undefined)).toBe('b');
  });

  test('from two changes ago is answered by the newest version: no third one is kept', () => {
    versions.versionFor('old');
    versions.succeed('b');
    versions.versionFor('newer');
    versions.succeed('c');
    expect(versions.versionFor('old')).toBe('c');
    expect(versions.versionFor('newer')).toBe('b');
  });

  test('continues with its version after a roll-back, as a new basket would', () => {
    versions.versionFor('old');
    versions.succeed('b');
    versions.succeed('a');
    expect(versions.versionFor('old')).toBe('a');
  });
});

describe('the version before', () => {
  test('is dropped when none of its baskets has asked for five minutes', () => {
    versions.versionFor('old');
    versions.succeed('b');
    for (const minute of [4, 8, 12]) {
      nowMs = minute * MINUTE_MS;
      versions.letGo();
      expect(versions.versionFor('old')).toBe('a');
    }
    nowMs = 18 * MINUTE_MS;
    versions.letGo();
    expect(versions.versionFor('old')).toBe('b');
  });

  test('is dropped half an hour after the change, however often it is asked', () => {
    versions.versionFor('old');
    versions.succeed('b');
    for (let minute = 1; minute <= 30; minute++) {
      nowMs = minute * MINUTE_MS;
      versions.letGo();
      expect(versions.versionFor('old')).toBe('a');
    }
    nowMs += 1;
    versions.letGo();
    expect(versions.versionFor('old')).toBe('b');
  });
});

test('whatever happens, a basket never goes back to a version that it has left, and only two ever answer', () => {
  const step = fc.oneof(
    fc.record({ ask: fc.constantFrom('x', 'y', 'z') }),
    fc.constant({ change: true }),
    fc.record({ waitMs: fc.integer({ min: 0, max: 10 * MINUTE_MS }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let time = 0;
      let newest = 0;
      const numbered = new ModelSuccession(newest, () => time);
      const last = new Map<string, number>();
      for (const { ask, change, waitMs } of steps as { ask?: string; change?: true; waitMs?: number }[]) {
        time += waitMs ?? 0;
        numbered.letGo();
        if (change) numbered.succeed(++newest);
        if (ask === undefined) continue;
        const answered = numbered.versionFor(ask);
        expect(answered).toBeGreaterThanOrEqual(Math.max(last.get(ask) ?? newest, newest - 1));
        last.set(ask, answered);
      }
    }),
  );
});

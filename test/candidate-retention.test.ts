import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CandidateRetention } from '../src/candidate-retention.ts';
import { DAY_MS } from '../src/ledger/instant.ts';
import { recordingLog } from './support/recording-telemetry.ts';

const NOW_MS = Date.parse('2026-05-01T10:00:00Z');
const HOUR_MS = DAY_MS / 24;

beforeEach(() => void vi.useFakeTimers({ now: NOW_MS }));
afterEach(() => void vi.useRealTimers());

function openRetention(days: number | undefined, forget: () => Promise<number>) {
  const { log, lines } = recordingLog();
  const asked: number[] = [];
  let isWanted = () => true;
  const retention = {
    forgetCandidates(beforeMs: number, isStillWanted: () => boolean) {
      asked.push(beforeMs);
      isWanted = isStillWanted;
      return forget();
    },
  };
  const candidates = new CandidateRetention({ retention, days, nowMs: () => Date.now(), log });
  return { candidates, asked, lines, isWanted: () => isWanted() };
}

test('what is older than the days is forgotten soon after the start, and then every hour', async () => {
  const { candidates, asked, lines } = openRetention(30, async () => 7);
  candidates.start();
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS + 60_000);
  expect(asked).toHaveLength(3);
  expect(asked[0]).toBe(NOW_MS + 10_000 - 30 * DAY_MS);
  expect(asked[2]! - asked[1]!).toBe(HOUR_MS);
  expect(lines[0]).toMatchObject({ level: 'info', facts: { decisions: 7, days: 30 } });
  await candidates.stop();
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS);
  expect(asked).toHaveLength(3);
});

test('without days nothing is forgotten', async () => {
  const { candidates, asked } = openRetention(undefined, async () => 7);
  candidates.start();
  await vi.advanceTimersByTimeAsync(3 * HOUR_MS);
  expect(asked).toEqual([]);
  await candidates.stop();
});

test('a disk that refuses is told, and tried again an hour later', async () => {
  const { candidates, asked, lines } = openRetention(1, () => Promise.reject(new Error('full')));
  candidates.start();
  await vi.advanceTimersByTimeAsync(HOUR_MS + 20_000);
  expect(asked).toHaveLength(2);
  expect(lines[0]).toMatchObject({ level: 'warn', facts: { err: new Error('full') } });
  await candidates.stop();
});

test('stopping waits for the step under way and begins no other', async () => {
  let finish = (_: number) => {};
  const { candidates, isWanted } = openRetention(1, () => new Promise((resolve) => (finish = resolve)));
  candidates.start();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(isWanted()).toBe(true);
  let isStopped = false;
  const stopping = candidates.stop().then(() => (isStopped = true));
  await vi.advanceTimersByTimeAsync(10);
  expect(isStopped).toBe(false);
  expect(isWanted()).toBe(false);
  finish(3);
  await stopping;
});

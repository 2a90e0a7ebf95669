import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DAY_MS } from '../../src/ledger/instant.ts';
import { Retention } from '../../src/service/retention.ts';
import { recordingLog } from '../support/recording-telemetry.ts';

const NOW_MS = Date.parse('2026-05-01T10:00:00Z');
const HOUR_MS = DAY_MS / 24;

beforeEach(() => void vi.useFakeTimers({ now: NOW_MS }));
afterEach(() => void vi.useRealTimers());

/** What both chores forget, when they are asked to. */
interface Forgotten {
  readonly candidates?: () => Promise<number>;
  readonly customers?: () => Promise<{ customers: number; decisions: number }>;
}

function openRetention(
  days: { readonly candidatesDays?: number; readonly customersDays?: number },
  { candidates = async () => 7, customers = async () => ({ customers: 2, decisions: 5 }) }: Forgotten = {},
) {
  const { log, lines } = recordingLog();
  const asked = { candidates: [] as number[], customers: [] as number[] };
  let isWanted = () => true;
  const retention = {
    forgetCandidates(beforeMs: number, isStillWanted: () => boolean) {
      asked.candidates.push(beforeMs);
      isWanted = isStillWanted;
      return candidates();
    },
  };
  const lapses = {
    lapse(beforeMs: number, nowMs: number, isStillWanted: () => boolean) {
      expect(nowMs).toBe(Date.now());
      asked.customers.push(beforeMs);
      isWanted = isStillWanted;
      return customers();
    },
  };
  const { candidatesDays, customersDays } = days;
  const nowMs = () => Date.now();
  const kept = new Retention({ folder: { retention, lapses }, candidatesDays, customersDays, nowMs, log });
  return { kept, asked, lines, isWanted: () => isWanted() };
}

test('candidates older than their days are forgotten soon after the start, and then every hour', async () => {
  const { kept, asked, lines } = openRetention({ candidatesDays: 30 });
  kept.start();
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS + 60_000);
  expect(asked.candidates).toHaveLength(3);
  expect(asked.candidates[0]).toBe(NOW_MS + 10_000 - 30 * DAY_MS);
  expect(asked.candidates[2]! - asked.candidates[1]!).toBe(HOUR_MS);
  expect(lines[0]).toMatchObject({ level: 'info', facts: { decisions: 7, days: 30 } });
  expect(asked.customers).toEqual([]);
  await kept.stop();
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS);
  expect(asked.candidates).toHaveLength(3);
});

test('customers not named within the limit are forgotten a minute after the start, and then once a day', async () => {
  const { kept, asked, lines } = openRetention({ customersDays: 400 });
  kept.start();
  await vi.advanceTimersByTimeAsync(2 * DAY_MS + HOUR_MS);
  expect(asked.customers).toHaveLength(3);
  expect(asked.customers[0]).toBe(NOW_MS + 60_000 - 400 * DAY_MS);
  expect(asked.customers[2]! - asked.customers[1]!).toBe(DAY_MS);
  expect(lines[0]).toMatchObject({ level: 'info', facts: { customers: 2, decisions: 5, days: 400 } });
  expect(asked.candidates).toEqual([]);
  await kept.stop();
  await vi.advanceTimersByTimeAsync(2 * DAY_MS);
  expect(asked.customers).toHaveLength(3);
});

test('nothing is logged if nothing was old enough', async () => {
  const nothing = { customers: 0, decisions: 0 };
  const { kept, asked, lines } = openRetention(
    { candidatesDays: 1, customersDays: 1 },
    { candidates: async () => 0, customers: async () => nothing },
  );
  kept.start();
  await vi.advanceTimersByTimeAsync(120_000);
  expect([asked.candidates.length, asked.customers.length]).toEqual([1, 1]);
  expect(lines).toEqual([]);
  await kept.stop();
});

test('without days nothing is forgotten', async () => {
  const { kept, asked } = openRetention({});
  kept.start();
  await vi.advanceTimersByTimeAsync(3 * DAY_MS);
  expect(asked).toEqual({ candidates: [], customers: [] });
  await kept.stop();
});

test('a refusing disk is logged, and tried again when the next look is due', async () => {
  const refuse = () => Promise.reject(new Error('full'));
  const { kept, asked, lines } = openRetention(
    { candidatesDays: 1, customersDays: 1 },
    { candidates: refuse, customers: refuse },
  );
  kept.start();
  await vi.advanceTimersByTimeAsync(HOUR_MS + 20_000);
  expect(asked.candidates).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(DAY_MS);
  expect(asked.customers).toHaveLength(2);
  expect(lines[0]).toMatchObject({ level: 'warn', facts: { err: new Error('full') } });
  expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(['warn']));
  await kept.stop();
});

test.each(['candidates', 'customers'] as const)(
  'stopping waits for the current step of %s and begins no other',
  async (chore) => {
    let finish = () => {};
    const until = <Result>(result: Result) =>
      new Promise<Result>((resolve) => {
        finish = () => resolve(result);
      });
    const { kept, isWanted } = openRetention(
      { [`${chore}Days`]: 1 },
      { candidates: () => until(3), customers: () => until({ customers: 1, decisions: 3 }) },
    );
    kept.start();
    await vi.advanceTimersByTimeAsync(70_000);
    expect(isWanted()).toBe(true);
    let isStopped = false;
    const stopping = kept.stop().then(() => (isStopped = true));
    await vi.advanceTimersByTimeAsync(10);
    expect(isStopped).toBe(false);
    expect(isWanted()).toBe(false);
    finish();
    await stopping;
  },
);

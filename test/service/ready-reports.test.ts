import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { Problem } from '../../src/gateway/problem.ts';
import type { ReportSource } from '../../src/gateway/report-source.ts';
import { type Reporter, reportHere } from '../../src/gateway/reporter.ts';
import { keepReportsReady } from '../../src/service/ready-reports.ts';
import { decisionRecord } from '../support/ledger-events.ts';
import { recordingLog } from '../support/recording-telemetry.ts';

const HOUR_MS = 3_600_000;
const FIRST_MS_MAX = 90_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A reporter that does this when it is asked. */
function openReady(make: (source: ReportSource) => Promise<void>) {
  const { log, lines } = recordingLog();
  const asked: string[] = [];
  const reporter = {
    make: (name: string, _: unknown, source: ReportSource) => {
      asked.push(name);
      return make(source);
    },
  } as unknown as Reporter;
  return { stop: keepReportsReady({ reporter, nowMs: Date.now, log }), asked, lines };
}

test('new data is added soon after the start and then every hour, until the end', async () => {
  const { stop, asked, lines } = openReady(async () => {});
  await vi.advanceTimersByTimeAsync(29_000);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(FIRST_MS_MAX - 29_000);
  expect(asked).toEqual(['ready']);
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS);
  expect(asked).toHaveLength(3);
  stop();
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS);
  expect(asked).toHaveLength(3);
  expect(lines).toEqual([]);
});

test('it rests as long as it works, a second at most, and a long run is logged', async () => {
  const rests: number[] = [];
  const { lines } = openReady(async ({ pause }) => {
    for (const workMs of [200, 700, 30_000]) {
      await new Promise((resolve) => setTimeout(resolve, workMs));
      const fromMs = Date.now();
      await pause();
      rests.push(Date.now() - fromMs);
    }
  });
  await vi.advanceTimersByTimeAsync(FIRST_MS_MAX + 60_000);
  expect(rests).toEqual([200, 700, 1_000]);
  expect(lines).toMatchObject([{ level: 'info', facts: { ms: 32_800 } }]);
});

test('a failure is logged and does not end it; one caused by the end is not logged', async () => {
  let fail = (_: Error) => {};
  const { stop, asked, lines } = openReady(() => new Promise((_, reject) => (fail = reject)));
  await vi.advanceTimersByTimeAsync(FIRST_MS_MAX);
  fail(new Error('the disk is gone'));
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(asked).toHaveLength(2);
  expect(lines).toMatchObject([{ level: 'warn', facts: { err: { message: 'the disk is gone' } } }]);
  stop();
  fail(new Problem('stopping', 'The gateway stopped.'));
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect(lines).toHaveLength(1);
});

test('a reporter adds everything in the ledger, of every tenant', async () => {
  vi.useRealTimers();
  const path = mkdtempSync(join(tmpdir(), 'basketlift-ready-'));
  const folder = openDataFolder(path);
  onTestFinished(async () => {
    await folder.close();
    rmSync(path, { recursive: true });
  });
  for (const tenant of ['default', 'other'])
    for (let i = 0; i < 5; i++) folder.events.record(decisionRecord(`${tenant}-${i}`, { tenant }));
  await folder.events.flush();
  const about = { tenant: 'default', nowMs: 0, categories: new Map(), pause: async () => {} };
  expect(folder.outcomes().progress()).toEqual({ taken: 0, total: 10 });
  await reportHere(folder).make('ready', undefined, about);
  expect(folder.outcomes().progress()).toEqual({ taken: 10, total: 10 });
});

import { DEFAULT_TENANT } from '../gateway/access.ts';
import { NO_CATEGORIES } from '../gateway/report-source.ts';
import type { Reporter } from '../gateway/reporter.ts';
import type { Log } from '../gateway/telemetry-port.ts';
import { HOUR_MS } from '../ledger/instant.ts';
import { repeat } from './repeat.ts';

export interface ReadyReportsOptions {
  readonly reporter: Pick<Reporter, 'make'>;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** The first look after the start waits until tills have connected again; of several processes on one data folder some look later. */
const FIRST_MS = 30_000;
const FIRST_SPREAD_MS = 60_000;
const EVERY_MS = HOUR_MS;
/** The longest rest after a step of work. */
const REST_MS_MAX = 1_000;
/** What takes longer than this is worth a line in the log. */
const LONG_MS = 10_000;

/**
 * Keeps what reports are made from up to date, soon after the start and then every hour, so that nobody who asks for a report waits for a
 * month of events, or for all of them after an update. It rests as long as it works: half a processor at most.
 *
 * @returns a function that ends it: nothing more is begun; what is under way ends with the reporter
 */
export function keepReportsReady({ reporter, nowMs, log }: ReadyReportsOptions): () => void {
  let isEnded = false;
  const takeIn = async () => {
    const startedMs = nowMs();
    const source = { tenant: DEFAULT_TENANT, nowMs: startedMs, categories: NO_CATEGORIES };
    try {
      await reporter.make('ready', undefined, { ...source, pause: restAsLong(nowMs) });
      const ms = nowMs() - startedMs;
      if (ms > LONG_MS) log.info({ ms }, 'the stored data of reports is up to date');
    } catch (err) {
      if (!isEnded) log.warn({ err }, 'the stored data of reports could not be brought up to date yet');
    }
  };
  const end = repeat(takeIn, { firstMs: FIRST_MS + Math.random() * FIRST_SPREAD_MS, everyMs: EVERY_MS });
  return () => {
    isEnded = true;
    end();
  };
}

/** Rests as long as there was work since the last rest. */
function restAsLong(nowMs: () => number): () => Promise<void> {
  let sinceMs = nowMs();
  return async () => {
    const workedMs = Math.max(0, nowMs() - sinceMs);
    await new Promise<void>((resolve) => {
      setTimeout(resolve, Math.min(workedMs, REST_MS_MAX)).unref();
    });
    sinceMs = nowMs();
  };
}

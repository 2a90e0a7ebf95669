import type { GatewayParts } from './gateway-parts.ts';
import { Problem } from './problem.ts';
import { type Categories, NO_CATEGORIES, type ReportSource } from './report-source.ts';
import type { ReportName, Reports } from './reporter.ts';

/** How long a report may take in the thread that answers tills, and until the reporter has answered. */
const FOLD_MS_MAX = 30_000;
const REPORT_MS_MAX = 60_000;

/** What a report is about, and the means to ask the reporter for it. */
export interface AskedSource extends ReportSource {
  /** @param categories of the products, where the report asks for them */
  ask<Name extends ReportName>(
    name: Name,
    question: Reports[Name]['question'],
    categories?: Categories,
  ): Promise<Reports[Name]['answer']>;
}

/** A tenant's reports, each made in limited time. @param signal ends it with the request that asked for it */
export function askedSource(
  { events, reporter, nowMs, ticks }: Pick<GatewayParts, 'events' | 'reporter' | 'nowMs' | 'ticks'>,
  tenant: string,
  signal?: AbortSignal,
): AskedSource {
  const startedAt = ticks();
  let askedMs = 0;
  const pauseUntil =
    (msMax: number, spentMs: () => number, advice = '') =>
    async () => {
      await new Promise(setImmediate);
      requireSomebodyWaits(signal);
      if (spentMs() <= msMax) return;
      const detail = `The report took longer than ${msMax / 1000} s. ${advice}'basketlift report' has no such limit.`;
      throw new Problem('too-much', detail);
    };
  const about = { tenant, nowMs: nowMs(), categories: NO_CATEGORIES };
  return {
    ...about,
    pause: pauseUntil(FOLD_MS_MAX, () => ticks() - startedAt - askedMs),
    async ask(name, question, categories = NO_CATEGORIES) {
      const askedAt = ticks();
      const advice =
        'Ask again, because most reports continue from what has already been read of the ledger; ';
      const pause = pauseUntil(REPORT_MS_MAX, () => ticks() - startedAt, advice);
      await events.flush();
      const answer = await reporter.make(name, question, { ...about, categories, pause });
      askedMs += ticks() - askedAt;
      return answer;
    },
  };
}

/** @throws Problem 'incomplete' */
export function requireSomebodyWaits(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Problem('incomplete', 'The connection ended before the report was made.');
}

import type { Context } from 'hono';
import type { GatewayEnv } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { Problem } from './problem.ts';
import { type Categories, type LedgerSource, NO_CATEGORIES } from './report-source.ts';
import { csvText, type ReportFormat, type ReportTable } from './report-table.ts';
import type { ReportName, Reports } from './reporter.ts';
import { takingTurns } from './turns.ts';

const REPORT_TURNS = { what: 'reports', atOnce: 2, waitingMax: 20, waitMsMax: 30_000 };
/** How long one may take in the thread that answers tills, and until the reporter has answered. */
const FOLD_MS_MAX = 30_000;
const REPORT_MS_MAX = 60_000;

/** A tenant's ledger, and the means to ask the reporter for reports on it. */
export interface AskedSource extends LedgerSource {
  /** @param categories of the products, where the report asks for them */
  ask<Name extends ReportName>(
    name: Name,
    question: Reports[Name]['question'],
    categories?: Categories,
  ): Promise<Reports[Name]['answer']>;
}

/** Makes a report when its turn has come. @throws as TakeTurn */
export type TakeReport = <Report>(
  context: Context<GatewayEnv>,
  run: (source: AskedSource) => Promise<Report>,
) => Promise<Report>;

export function reportSlots(parts: GatewayParts): TakeReport {
  const takeTurn = takingTurns(REPORT_TURNS);
  return (context, run) =>
    takeTurn(async () => {
      const { signal } = context.req.raw;
      requireSomebodyWaits(signal);
      return run(reportSource(parts, context.get('access').tenant, signal));
    });
}

/** The report as JSON, or its table as CSV where that is asked for. */
export function answerReport<Report extends object>(
  context: Context<GatewayEnv>,
  report: Report,
  table: (report: Report) => ReportTable,
): Response {
  const format = formatWanted(context);
  return answerText(context, format === 'csv' ? csvText(table(report)) : JSON.stringify(report), format);
}

export function formatWanted(context: Context<GatewayEnv>): ReportFormat {
  return (context.req.header('accept') ?? '').includes('text/csv') ? 'csv' : 'json';
}

/** A report that is text already. */
export function answerText(
  context: Context<GatewayEnv>,
  text: string | Uint8Array<ArrayBuffer>,
  format: ReportFormat,
): Response {
  return context.body(text, 200, { 'Content-Type': CONTENT_TYPES[format], Vary: 'Accept' });
}

const CONTENT_TYPES: Readonly<Record<ReportFormat, string>> = {
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
};

/** The ledger of a tenant, for a fold of limited time. @param signal ends it with the request that asked for it */
export function reportSource(
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
    events,
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
function requireSomebodyWaits(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Problem('incomplete', 'The connection ended before the report was made.');
}

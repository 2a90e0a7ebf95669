import type { Context } from 'hono';
import type { GatewayEnv } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { Problem } from './problem.ts';
import { csvText, type ReportTable } from './report-table.ts';
import type { LedgerSource } from './run-report.ts';

/** Reports folded at once, and how long one may take: they share the thread with the tills. */
const REPORTS_MAX = 2;
const REPORT_MS_MAX = 30_000;

/** Folds a report from the ledger when there is room for one more. */
export type TakeReport = <Report>(
  context: Context<GatewayEnv>,
  run: (source: LedgerSource) => Promise<Report>,
) => Promise<Report>;

export function reportSlots(parts: GatewayParts): TakeReport {
  let running = 0;
  return async (context, run) => {
    if (running >= REPORTS_MAX) {
      const detail = `Wanted at most ${REPORTS_MAX} reports at once; ask again in a moment.`;
      throw new Problem('busy', detail, { retryAfterS: 5 });
    }
    running++;
    try {
      return await run(reportSource(parts, context.get('access').tenant, context.req.raw.signal));
    } finally {
      running--;
    }
  };
}

/** The report as JSON, or its table as CSV where that is asked for. */
export function answerReport<Report extends object>(
  context: Context<GatewayEnv>,
  report: Report,
  table: (report: Report) => ReportTable,
): Response {
  const wantsCsv = (context.req.header('accept') ?? '').includes('text/csv');
  context.header('Vary', 'Accept');
  if (!wantsCsv) return context.json(report);
  return context.body(csvText(table(report)), 200, { 'Content-Type': 'text/csv; charset=utf-8' });
}

/** The ledger of a tenant, for a fold of limited time. @param signal ends it with the request that asked for it */
export function reportSource(
  { events, nowMs, ticks }: Pick<GatewayParts, 'events' | 'nowMs' | 'ticks'>,
  tenant: string,
  signal?: AbortSignal,
): LedgerSource {
  const startedAt = ticks();
  return {
    ...{ events, tenant, nowMs: nowMs() },
    async pause() {
      await new Promise(setImmediate);
      if (signal?.aborted)
        throw new Problem('incomplete', 'The connection ended before the report was made.');
      if (ticks() - startedAt <= REPORT_MS_MAX) return;
      const detail =
        `The report took longer than ${REPORT_MS_MAX / 1000} s. Ask again, as sales and uplift (but for categories) go on from what was ` +
        "read, or use 'basketlift report', which has no such limit.";
      throw new Problem('too-much', detail);
    },
  };
}

import type { Context } from 'hono';
import { requireEveryStore, requireStore } from './access.ts';
import type { GatewayApp, GatewayEnv } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { Problem, parseInput } from './problem.ts';
import { salesQuerySchema, upliftQuerySchema } from './report-query.ts';
import { csvText, type ReportTable, salesTable, upliftTable } from './report-table.ts';
import { type ReportSource, runSalesReport, runUpliftReport } from './run-report.ts';

/** Reports folded at once, and how long one may take: they share the thread with the tills. */
const REPORTS_MAX = 2;
const REPORT_MS_MAX = 30_000;

export function addReportRoutes(app: GatewayApp, parts: GatewayParts): void {
  let running = 0;
  const take = async <Report>(
    context: Context<GatewayEnv>,
    storeId: string | undefined,
    run: (source: ReportSource) => Promise<Report>,
  ): Promise<Report> => {
    const access = context.get('access');
    if (storeId === undefined) requireEveryStore(access, 'report on all of them');
    else requireStore(access, storeId);
    if (running >= REPORTS_MAX) {
      const detail = `Wanted at most ${REPORTS_MAX} reports at once; ask again in a moment.`;
      throw new Problem('busy', detail, { retryAfterS: 5 });
    }
    running++;
    try {
      return await run(sourceOf(parts, context));
    } finally {
      running--;
    }
  };

  app.get('/v1/reports/sales', async (context) => {
    const query = parseInput(salesQuerySchema, context.req.query());
    return answer(
      context,
      await take(context, query.storeId, (source) => runSalesReport(source, query)),
      salesTable,
    );
  });

  app.get('/v1/reports/uplift', async (context) => {
    const query = parseInput(upliftQuerySchema, context.req.query());
    return answer(
      context,
      await take(context, query.storeId, (source) => runUpliftReport(source, query)),
      upliftTable,
    );
  });
}

function sourceOf(
  { events, rollUp, nowMs, ticks }: GatewayParts,
  context: Context<GatewayEnv>,
): ReportSource {
  const startedAt = ticks();
  const { signal } = context.req.raw;
  return {
    ...{ events, rollUp, tenant: context.get('access').tenant, nowMs: nowMs() },
    async pause() {
      await new Promise(setImmediate);
      if (signal.aborted) throw new Problem('incomplete', 'The connection ended before the report was made.');
      if (ticks() - startedAt <= REPORT_MS_MAX) return;
      const detail = `The report took longer than ${REPORT_MS_MAX / 1000} s; 'basketlift report' has no such limit.`;
      throw new Problem('too-much', detail);
    },
  };
}

function answer<Report extends object>(
  context: Context<GatewayEnv>,
  report: Report,
  table: (report: Report) => ReportTable,
): Response {
  const wantsCsv = (context.req.header('accept') ?? '').includes('text/csv');
  context.header('Vary', 'Accept');
  if (!wantsCsv) return context.json(report);
  return context.body(csvText(table(report)), 200, { 'Content-Type': 'text/csv; charset=utf-8' });
}

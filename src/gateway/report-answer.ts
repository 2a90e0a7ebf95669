import type { Context } from 'hono';
import type { GatewayEnv } from './gateway-app.ts';
import { csvText, type ReportFormat, type ReportTable } from './report-table.ts';

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

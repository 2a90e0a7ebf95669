import type { AbsoluteStockRow, StockRow } from '../recommender/stock.ts';
import type { StockBook } from '../recommender/stock-book.ts';
import type { GatewayApp } from './app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { readJson } from './json-body.ts';
import { inputErrors, parseInput } from './problem.ts';
import { stockRequestSchema, stockRowSchema } from './wire.ts';

/** A row that was not applied, by its place in the request. */
interface RejectedRow {
  readonly row: number;
  readonly reason: string;
}

/** How far ahead of our clock a statement may be: one from next year would silence all that follow. */
const AHEAD_MS_MAX = 24 * 3600 * 1000;

export function addStockRoutes(app: GatewayApp, { stock, keepStock, telemetry, nowMs }: GatewayParts): void {
  app.post('/v1/stock', async (context) => {
    const { rows } = parseInput(stockRequestSchema, await readJson(context));
    const rejected: RejectedRow[] = [];
    const applied: AbsoluteStockRow[] = [];
    let stale = 0;
    rows.forEach((input, row) => {
      const parsed = parseRow(input, nowMs());
      const verdict = typeof parsed === 'string' ? parsed : stock.apply(parsed);
      if (typeof parsed === 'string') rejected.push({ row, reason: parsed });
      else if (verdict === 'no-base')
        rejected.push({ row, reason: 'onHandDelta needs an onHand stated before it.' });
      else if (verdict === 'stale') stale++;
      else applied.push(absolute(stock, parsed));
    });
    keepStock(applied);
    telemetry.stock('applied', applied.length);
    telemetry.stock('stale', stale);
    telemetry.stock('rejected', rejected.length);
    return context.json({ applied: applied.length, stale, rejected, stockEpoch: stock.epoch });
  });
}

function parseRow(input: unknown, nowMs: number): StockRow | string {
  const parsed = stockRowSchema.safeParse(input);
  if (!parsed.success) {
    const { path, wanted, got } = inputErrors(parsed.error, input)[0]!;
    return `At ${path || 'the row'}: wanted ${wanted}; got ${got}.`;
  }
  const { asOf, expiresAt, ...figures } = parsed.data;
  const asOfMs = Date.parse(asOf);
  if (asOfMs > nowMs + AHEAD_MS_MAX) return `At asOf: wanted a time not after tomorrow; got ${asOf}.`;
  return { ...figures, asOfMs, ...(expiresAt !== undefined && { expiresAtMs: Date.parse(expiresAt) }) };
}

/** The row as it now stands, so that what is kept needs no history. */
function absolute(stock: StockBook, { storeId, productId }: StockRow): AbsoluteStockRow {
  return stock.row(storeId, productId)!;
}

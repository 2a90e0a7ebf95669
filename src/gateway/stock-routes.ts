import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Model } from '../recommender/model.ts';
import type { AbsoluteStockRow, StockRow } from '../recommender/stock.ts';
import type { StockBook } from '../recommender/stock-book.ts';
import { type Access, requireStore } from './access.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts, TenantParts } from './gateway-parts.ts';
import { readJson } from './json-body.ts';
import { inputErrors, parseInput } from './problem.ts';
import { overloadProblem } from './refuse-overload.ts';
import { stockRequestSchema, stockRowSchema } from './wire.ts';
import { WorkQueue } from './work-queue.ts';

/** A row that was not applied, by its place in the request. */
interface RejectedRow {
  readonly row: number;
  readonly reason: string;
}

/** What a tenant's stock is stated through. */
interface StockDesk {
  /** A count that is still being read may not be overtaken by a sale that came after it. */
  readonly queue: WorkQueue;
  readonly unknown: UnknownNames;
}

/** Names a tenant's stock holds beside those of the model. */
interface UnknownNames {
  readonly stores: Set<string>;
  readonly products: Set<string>;
}

/** How far ahead of our clock a statement may be: one from next year would silence all that follow. */
const AHEAD_MS_MAX = 24 * 3600 * 1000;

/** Stores and products that the model does not know, kept for the one that will: their rows cost memory. */
const UNKNOWN_STORES_MAX = 100;
const UNKNOWN_PRODUCTS_MAX = 10_000;

/** Rows worked on before others get their turn: about a millisecond. */
const SLICE_ROWS = 100;
/** Requests of a tenant that wait for the one before them. */
const WAITING_MAX = 100;

export function addStockRoutes(
  app: GatewayApp,
  { tenant, telemetry, nowMs }: Pick<GatewayParts, 'tenant' | 'telemetry' | 'nowMs'>,
): void {
  const desks = new WeakMap<StockBook, StockDesk>();
  app.post('/v1/stock', async (context) => {
    const { rows } = parseInput(stockRequestSchema, await readJson(context));
    const access = context.get('access');
    const parts = tenant(access.tenant);
    const desk = desks.get(parts.stock) ?? openDesk();
    desks.set(parts.stock, desk);
    const done = desk.queue.run(() => stateRows(parts, access, rows, desk.unknown, nowMs));
    if (!done) throw overloadProblem();
    const result = await done;
    telemetry.stock('applied', result.applied);
    telemetry.stock('stale', result.stale);
    telemetry.stock('rejected', result.rejected.length);
    return context.json({ ...result, stockEpoch: parts.stock.epoch });
  });
}

function openDesk(): StockDesk {
  return { queue: new WorkQueue(WAITING_MAX), unknown: { stores: new Set(), products: new Set() } };
}

/** @throws Problem 'forbidden' when a row names a store that the key may not; none is applied then */
async function stateRows(
  parts: Pick<TenantParts, 'serving' | 'stock' | 'keepStock'>,
  access: Access,
  rows: readonly unknown[],
  unknown: UnknownNames,
  nowMs: () => number,
): Promise<StockResult> {
  const judged: (StockRow | string)[] = [];
  for await (const slice of slicesOf(rows)) for (const row of slice) judged.push(parseRow(row, nowMs()));
  for (const row of judged) if (typeof row !== 'string') requireStore(access, row.storeId);
  const result = { applied: 0, stale: 0, rejected: [] };
  const refusalOf = unknownRefusal(parts.serving.model, unknown);
  for await (const slice of slicesOf(judged)) applyRows(parts, slice, refusalOf, result);
  return result;
}

/** What became of the rows of a request so far. */
interface StockResult {
  applied: number;
  stale: number;
  readonly rejected: RejectedRow[];
}

/** Applies rows, of which those that could not be read are their reasons, and adds them to the result. */
function applyRows(
  { stock, keepStock }: Pick<TenantParts, 'stock' | 'keepStock'>,
  rows: readonly (StockRow | string)[],
  refusalOf: (row: StockRow) => string | undefined,
  result: StockResult,
): void {
  const applied: AbsoluteStockRow[] = [];
  const stated: StockRow[] = [];
  const before = result.applied + result.stale + result.rejected.length;
  const reject = (at: number, reason: string) => result.rejected.push({ row: before + at, reason });
  rows.forEach((row, at) => {
    const refusal = typeof row === 'string' ? row : refusalOf(row);
    if (typeof row === 'string' || refusal !== undefined) {
      reject(at, String(refusal));
      return;
    }
    const verdict = stock.apply(row);
    if (verdict === 'no-base') reject(at, 'onHandDelta needs an onHand stated before it.');
    else if (verdict === 'stale') result.stale++;
    else {
      stated.push(row);
      applied.push(absolute(stock, row));
    }
  });
  result.applied += applied.length;
  keepStock(applied, stated);
}

/** The list in slices, with a turn of the event loop between two. */
async function* slicesOf<Row>(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
  for (let at = 0; at < rows.length; at += SLICE_ROWS) {
    if (at > 0) await nextTurn();
    yield rows.slice(at, at + SLICE_ROWS);
  }
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

/** Why a row is not taken; `unknown` takes note of what the model does not know. */
function unknownRefusal(
  { itemOf, stores }: Model,
  unknown: UnknownNames,
): (row: StockRow) => string | undefined {
  const storeIds = new Set(stores.map(({ id }) => id));
  return ({ storeId, productId }) =>
    refuseUnknown(unknown.stores, storeIds, storeId, 'storeId', UNKNOWN_STORES_MAX) ??
    refuseUnknown(unknown.products, itemOf, productId, 'productId', UNKNOWN_PRODUCTS_MAX);
}

function refuseUnknown(
  unknown: Set<string>,
  known: { has(id: string): boolean },
  id: string,
  path: string,
  max: number,
): string | undefined {
  if (known.has(id) || unknown.has(id)) return undefined;
  if (unknown.size >= max) return `At ${path}: wanted one the model knows, or of ${max} others; got '${id}'.`;
  unknown.add(id);
  return undefined;
}

/** The row as it now stands, so that what is kept needs no history. */
function absolute(stock: StockBook, { storeId, productId }: StockRow): AbsoluteStockRow {
  return stock.row(storeId, productId)!;
}

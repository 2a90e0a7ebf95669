import { DAY_MS } from '../ledger/instant.ts';
import type { Model } from '../recommender/model.ts';
import type { StockRow } from '../recommender/stock.ts';
import type { StockBook } from '../recommender/stock-book.ts';
import { requireStore } from './access.ts';
import type { GatewayApp } from './gateway-app.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { readJson } from './json-body.ts';
import { inputErrors, parseInput } from './problem.ts';
import { stockRequestSchema, stockRowSchema } from './wire.ts';

/** A row that was not applied, by its place in the request. */
interface RejectedRow {
  readonly row: number;
  readonly reason: string;
}

/** Names that a tenant's stock holds besides those of the model. */
interface UnknownNames {
  readonly stores: Set<string>;
  readonly products: Set<string>;
}

/** How far ahead of our clock a statement may be: one from next year would silence all that follow. */
const AHEAD_MS_MAX = DAY_MS;

/** Most stores and products that the model does not know, kept for a model that will: their rows cost memory. */
const UNKNOWN_STORES_MAX = 100;
const UNKNOWN_PRODUCTS_MAX = 10_000;

const NO_BASE = 'onHandDelta needs an onHand stated before it.';

export function addStockRoutes(
  app: GatewayApp,
  { tenant, telemetry, nowMs }: Pick<GatewayParts, 'tenant' | 'telemetry' | 'nowMs'>,
): void {
  const unknownOf = new WeakMap<StockBook, UnknownNames>();
  app.post('/v1/stock', async (context) => {
    const { rows } = parseInput(stockRequestSchema, await readJson(context));
    const access = context.get('access');
    const { stock, serving, stateStock } = tenant(access.tenant);
    const unknown = unknownOf.get(stock) ?? { stores: new Set<string>(), products: new Set<string>() };
    unknownOf.set(stock, unknown);
    const judged = rows.map((input) => parseRow(input, nowMs()));
    for (const row of judged) if (typeof row !== 'string') requireStore(access, row.storeId);
    const refusalOf = refusals(serving.model, unknown);
    const rejected: RejectedRow[] = [];
    const taken: { readonly row: number; readonly said: StockRow }[] = [];
    for (const [row, said] of judged.entries()) {
      const reason = typeof said === 'string' ? said : refusalOf(said);
      if (typeof said === 'string' || reason !== undefined) rejected.push({ row, reason: String(reason) });
      else taken.push({ row, said });
    }
    const stated = await stateStock(taken.map(({ said }) => said));
    const counts = { applied: 0, stale: 0, repeated: 0 };
    for (const [at, { verdict }] of stated.entries()) {
      if (verdict === 'no-base') rejected.push({ row: taken[at]!.row, reason: NO_BASE });
      else counts[verdict]++;
    }
    rejected.sort((one, other) => one.row - other.row);
    telemetry.stock('applied', counts.applied);
    telemetry.stock('stale', counts.stale);
    telemetry.stock('repeated', counts.repeated);
    telemetry.stock('rejected', rejected.length);
    return context.json({ ...counts, rejected, stockEpoch: stock.epoch });
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

/** Says why a row is not taken; `unknown` takes note of what the model does not know. */
function refusals({ itemOf, stores }: Model, unknown: UnknownNames): (row: StockRow) => string | undefined {
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
  if (unknown.size >= max)
    return `At ${path}: wanted one that the model knows, or one of at most ${max} others; got '${id}'.`;
  unknown.add(id);
  return undefined;
}

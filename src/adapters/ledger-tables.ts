import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBTimestampTZValue,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  LIST,
  listValue,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';
import type { DecisionCandidate, DecisionRecord } from '../ledger/decision.ts';
import type {
  OutcomeEvent,
  RecordedLine,
  RefundEvent,
  SaleEvent,
  SaleShare,
  ShownEvent,
  StoredEvent,
} from '../ledger/events.ts';
import { instantMs, offsetMinutes } from '../ledger/instant.ts';
import { fromMinorUnits } from '../ledger/money.ts';
import type { ParquetColumn } from './parquet-files.ts';

/** A line of a receipt, or of a refund. */
export interface LineRow {
  readonly event: SaleEvent<RecordedLine> | RefundEvent<RecordedLine>;
  readonly receivedAtMs: number;
  readonly line: RecordedLine;
  /** Place on the receipt, from 1. */
  readonly place: number;
}

/** What became of a suggestion: it was shown, or somebody answered it. */
export interface ResponseRow {
  readonly event: ShownEvent | OutcomeEvent;
  readonly receivedAtMs: number;
}

export interface SplitRow {
  readonly event: SaleEvent<RecordedLine>;
  readonly share: SaleShare;
  /** In the order stated, from 1: of equal remainders the first gets the odd cent. */
  readonly place: number;
}

/** A product in the slate of a decision, from place 1; in the holdout, one that would have been suggested. */
export interface SuggestionRow {
  readonly decision: DecisionRecord;
  readonly productId: string;
  readonly place: number;
  readonly candidate: DecisionCandidate | undefined;
}

function column<Row>(
  name: string,
  type: DuckDBType,
  cell: (row: Row) => DuckDBValue | undefined,
): ParquetColumn<Row> {
  return { name, type, cell: (row) => cell(row) ?? null };
}

/**
 * The columns of receipts that `train` reads, then what else the ledger knows: amounts in whole minor units, except the holding cost that a
 * unit saved, which is an estimate.
 */
export const RECEIPT_COLUMNS: readonly ParquetColumn<LineRow>[] = [
  column('basket_id', VARCHAR, ({ event }) => event.basketId),
  column('product_id', VARCHAR, ({ line }) => line.productId),
  column('sold_at', TIMESTAMPTZ, ({ event }) => moment(instantMs(event.at))),
  column('quantity', DOUBLE, ({ line }) => line.quantity),
  column('unit_price', DOUBLE, ({ event, line }) => decimal(line.unitPriceMinor, event.currency)),
  column('discount', DOUBLE, ({ event, line }) => decimal(line.discountMinor, event.currency)),
  column('unit_cost', DOUBLE, ({ event, line }) => decimal(line.unitCostMinor, event.currency)),
  column('store_id', VARCHAR, ({ event }) => event.storeId),
  column('channel', VARCHAR, ({ event }) => event.channel),
  column('agent_id', VARCHAR, ({ event }) => event.agentId),
  column('currency', VARCHAR, ({ event }) => event.currency),
  column('unit_price_minor', BIGINT, ({ line }) => whole(line.unitPriceMinor)),
  column('discount_minor', BIGINT, ({ line }) => whole(line.discountMinor)),
  column('unit_cost_minor', BIGINT, ({ line }) => whole(line.unitCostMinor)),
  column('unit_holding_saved_minor', DOUBLE, ({ line }) => line.holdingSavedMinor),
  column('utc_offset_minutes', INTEGER, ({ event }) => offsetMinutes(event.at)),
  column('event_id', VARCHAR, ({ event }) => event.id),
  column('line', INTEGER, ({ place }) => place),
  column('received_at', TIMESTAMPTZ, ({ receivedAtMs }) => moment(receivedAtMs)),
];

/** Like those of receipts; the time is the refund's. */
export const REFUND_COLUMNS: readonly ParquetColumn<LineRow>[] = RECEIPT_COLUMNS.filter(
  ({ name }) => name !== 'unit_holding_saved_minor',
).map((one) => (one.name === 'sold_at' ? { ...one, name: 'refunded_at' } : one));

export const SPLIT_COLUMNS: readonly ParquetColumn<SplitRow>[] = [
  column('event_id', VARCHAR, ({ event }) => event.id),
  column('basket_id', VARCHAR, ({ event }) => event.basketId),
  column('place', INTEGER, ({ place }) => place),
  column('agent_id', VARCHAR, ({ share }) => share.agentId),
  column('percent', DOUBLE, ({ share }) => share.percent),
];

export const RESPONSE_COLUMNS: readonly ParquetColumn<ResponseRow>[] = [
  column('event_id', VARCHAR, ({ event }) => event.id),
  column('type', VARCHAR, ({ event }) => event.type),
  column('result', VARCHAR, ({ event }) => (event.type === 'outcome' ? event.result : undefined)),
  column('decision_id', VARCHAR, ({ event }) => event.decisionId),
  column('product_id', VARCHAR, ({ event }) => event.productId),
  column('said_at', TIMESTAMPTZ, ({ event }) => moment(instantMs(event.at))),
  column('utc_offset_minutes', INTEGER, ({ event }) => offsetMinutes(event.at)),
  column('basket_id', VARCHAR, ({ event }) => event.basketId),
  column('store_id', VARCHAR, ({ event }) => event.storeId),
  column('channel', VARCHAR, ({ event }) => event.channel),
  column('agent_id', VARCHAR, ({ event }) => event.agentId),
  column('received_at', TIMESTAMPTZ, ({ receivedAtMs }) => moment(receivedAtMs)),
];

export const DECISION_COLUMNS: readonly ParquetColumn<DecisionRecord>[] = [
  column('decision_id', VARCHAR, ({ decisionId }) => decisionId),
  column('basket_id', VARCHAR, ({ basketId }) => basketId),
  column('decided_at', TIMESTAMPTZ, ({ atMs }) => moment(atMs)),
  column('store_id', VARCHAR, ({ storeId }) => storeId),
  column('channel', VARCHAR, ({ channel }) => channel),
  column('agent_id', VARCHAR, ({ agentId }) => agentId),
  column('customer', VARCHAR, ({ customer }) => customer),
  column('arm', VARCHAR, ({ arm }) => arm),
  column('holdout_share', DOUBLE, ({ holdoutShare = 0 }) => holdoutShare),
  column('is_drawn_for_customer', BOOLEAN, ({ isDrawnForCustomer = false }) => isDrawnForCustomer),
  column('objective', VARCHAR, ({ objective }) => objective),
  column('model_version', VARCHAR, ({ modelVersion }) => modelVersion),
  column('rules_version', INTEGER, ({ rulesVersion }) => rulesVersion),
  column('language', VARCHAR, ({ language }) => language),
  column('products', LIST(VARCHAR), ({ basket }) => listValue(basket.map(({ productId }) => productId))),
  column('quantities', LIST(DOUBLE), ({ basket }) => listValue(basket.map(({ quantity }) => quantity))),
  column('unit_prices', LIST(DOUBLE), ({ basket }) =>
    listValue(basket.map(({ unitPrice }) => unitPrice ?? null)),
  ),
  column('degraded', LIST(VARCHAR), ({ degraded }) => listValue(degraded)),
];

export const SUGGESTION_COLUMNS: readonly ParquetColumn<SuggestionRow>[] = [
  column('decision_id', VARCHAR, ({ decision }) => decision.decisionId),
  column('place', INTEGER, ({ place }) => place),
  column('product_id', VARCHAR, ({ productId }) => productId),
  column('probability', DOUBLE, ({ candidate }) => candidate?.probability),
  column('expected_value', DOUBLE, ({ candidate }) => candidate?.expectedValue),
  column('chance', DOUBLE, ({ candidate }) => candidate?.inclusion ?? 1),
  column(
    'is_explored',
    BOOLEAN,
    ({ decision, productId }) => decision.slate?.exploration?.explored === productId,
  ),
];

export function lineRows({ event, receivedAtMs }: StoredEvent): readonly LineRow[] {
  if (event.type !== 'sale' && event.type !== 'refund') return [];
  return event.lines.map((line, at) => ({ event, receivedAtMs, line, place: at + 1 }));
}

export function suggestionRows(decision: DecisionRecord): readonly SuggestionRow[] {
  const candidates = new Map(decision.candidates.map((candidate) => [candidate.productId, candidate]));
  return decision.suggestions.map((productId, at) => ({
    decision,
    productId,
    place: at + 1,
    candidate: candidates.get(productId),
  }));
}

function moment(ms: number): DuckDBTimestampTZValue {
  return new DuckDBTimestampTZValue(BigInt(ms) * 1000n);
}

function decimal(minor: number | undefined, currency: string): number | undefined {
  return minor === undefined ? undefined : fromMinorUnits(minor, currency);
}

function whole(minor: number | undefined): bigint | undefined {
  return minor === undefined ? undefined : BigInt(minor);
}

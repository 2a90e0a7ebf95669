import type {
  OutcomeEvent,
  RecordedEvent,
  RecordedLine,
  RefundEvent,
  SaleEvent,
  SaleShare,
  ShownEvent,
  StoredEvent,
} from '../ledger/events.ts';
import type { Writable } from '../ledger/writable.ts';

/**
 * An event on disk: values by place, without field names, which are two fifths of an event and most of the time it takes to read one.
 * Places never change; new ones are added at the end.
 *
 * `[schemaVersion, receivedAtMs, tenant, type, id, at, basketId, agentId, storeId, channel, …]`, null where absent; then for a suggestion
 * `decisionId, productId, result`, for money `currency, lines, split`. A line has LINE_FIELDS values, an agent's share two.
 */
export type EventRow = readonly unknown[];

const TYPES = ['shown', 'outcome', 'sale', 'refund'] as const;
const COMMON_FIELDS = 10;
const LINE_FIELDS = 6;
const SHARE_FIELDS = 2;

export function toEventRow({ event, receivedAtMs, tenant, schemaVersion }: StoredEvent): EventRow {
  const { type, id, at, basketId = null, agentId = null, storeId = null, channel = null } = event;
  const row: unknown[] = [schemaVersion, receivedAtMs, tenant, TYPES.indexOf(type), id, at];
  row.push(basketId, agentId, storeId, channel);
  if (event.type === 'shown') row.push(event.decisionId, event.productId);
  else if (event.type === 'outcome') row.push(event.decisionId, event.productId, event.result);
  else {
    row.push(event.currency, event.lines.flatMap(lineValues));
    if (event.type === 'sale' && event.split)
      row.push(event.split.flatMap(({ agentId: of, percent }) => [of, percent]));
  }
  return row;
}

/** @param row or an event as written until format 2, which is returned as it is */
export function fromEventRow(row: EventRow | StoredEvent): StoredEvent {
  if (!isRow(row)) return row;
  const [schemaVersion, receivedAtMs, tenant] = row as [number, number, string];
  return { event: eventOf(row), receivedAtMs, tenant, schemaVersion };
}

function isRow(row: EventRow | StoredEvent): row is EventRow {
  return Array.isArray(row);
}

/** Absent fields are absent, not undefined. */
function eventOf(row: EventRow): RecordedEvent {
  const [, , , type, id, at, basketId, agentId, storeId, channel] = row as [
    ...[number, number, string, number, string, string],
    ...(string | null)[],
  ];
  const event = { type: TYPES[type]!, id, at } as Writable<RecordedEvent>;
  if (basketId != null) event.basketId = basketId;
  if (agentId != null) event.agentId = agentId;
  if (storeId != null) event.storeId = storeId;
  if (channel != null) event.channel = channel;
  if (event.type === 'sale' || event.type === 'refund') readMoney(event, row);
  else readSuggestion(event, row);
  return event;
}

function readSuggestion(event: Writable<ShownEvent> | Writable<OutcomeEvent>, row: EventRow): void {
  event.decisionId = row[COMMON_FIELDS] as string;
  event.productId = row[COMMON_FIELDS + 1] as string;
  if (event.type === 'outcome') event.result = row[COMMON_FIELDS + 2] as OutcomeEvent['result'];
}

function readMoney(
  event: Writable<SaleEvent<RecordedLine>> | Writable<RefundEvent<RecordedLine>>,
  row: EventRow,
): void {
  event.currency = row[COMMON_FIELDS] as string;
  event.lines = linesOf(row[COMMON_FIELDS + 1] as (string | number | null)[]);
  const shares = row[COMMON_FIELDS + 2] as (string | number)[] | undefined;
  if (event.type === 'sale' && shares) event.split = sharesOf(shares);
}

function lineValues(line: RecordedLine): (string | number | null)[] {
  const { productId, quantity, unitPriceMinor } = line;
  const { discountMinor = null, unitCostMinor = null, holdingSavedMinor = null } = line;
  return [productId, quantity, unitPriceMinor, discountMinor, unitCostMinor, holdingSavedMinor];
}

function linesOf(values: readonly (string | number | null)[]): RecordedLine[] {
  const lines: RecordedLine[] = [];
  for (let at = 0; at < values.length; at += LINE_FIELDS) {
    const line = {
      productId: values[at] as string,
      quantity: values[at + 1] as number,
      unitPriceMinor: values[at + 2] as number,
    } as Writable<RecordedLine>;
    const discount = values[at + 3] as number | null;
    const cost = values[at + 4] as number | null;
    const saved = values[at + 5] as number | null;
    if (discount != null) line.discountMinor = discount;
    if (cost != null) line.unitCostMinor = cost;
    if (saved != null) line.holdingSavedMinor = saved;
    lines.push(line);
  }
  return lines;
}

function sharesOf(values: readonly (string | number)[]): SaleShare[] {
  const shares: SaleShare[] = [];
  for (let at = 0; at < values.length; at += SHARE_FIELDS)
    shares.push({ agentId: values[at] as string, percent: values[at + 1] as number });
  return shares;
}

import type { LedgerEvent, ReceiptLine, RecordedEvent, RecordedLine } from './events.ts';
import { lineMinor } from './line-money.ts';
import { fromMinorUnits, type MoneyRefusal, toMinorUnits } from './money.ts';

/** Why an event cannot be kept, with the path of the value at fault. */
export interface EventRefusal {
  readonly refused: string;
}

/** The event as the ledger keeps it, or why it cannot: an amount is not valid in its currency. */
export function recordEvent(event: LedgerEvent): RecordedEvent | EventRefusal {
  if (event.type !== 'sale' && event.type !== 'refund') return event;
  const lines: RecordedLine[] = [];
  for (const [i, line] of event.lines.entries()) {
    const recorded = recordLine(line, event.currency, `lines/${i}`);
    if ('refused' in recorded) return recorded;
    lines.push(recorded);
  }
  return { ...event, lines };
}

/** Why an event cannot be added to the ledger, where an earlier release may have kept one like it: a line is worth less than nothing, or too much. */
export function refuseWorth(event: RecordedEvent): EventRefusal | undefined {
  if (event.type !== 'sale' && event.type !== 'refund') return undefined;
  const { currency, lines } = event;
  for (const [i, line] of lines.entries()) {
    const minor = lineMinor(line);
    if (minor < -ROUNDING_MINOR) {
      const discount = fromMinorUnits(line.discountMinor!, currency);
      return { refused: `lines/${i}/discount: wanted at most what the line costs, got ${discount}` };
    }
    if (minor > LINE_MINOR_MAX) {
      const most = `${fromMinorUnits(LINE_MINOR_MAX, currency)} ${currency}`;
      return { refused: `lines/${i}/quantity: wanted a line of at most ${most}` };
    }
  }
  return undefined;
}

/**
 * One text for all ways to write the same event: keys in order, absent and undefined alike. Two events are the same
 * exactly when their texts are.
 */
export function canonicalText(event: RecordedEvent): string {
  return canonicalJson(event);
}

function recordLine(line: ReceiptLine, currency: string, path: string): RecordedLine | EventRefusal {
  const amounts: { unitPrice?: number; discount?: number; unitCost?: number } = {};
  for (const field of ['unitPrice', 'discount', 'unitCost'] as const) {
    const amount = line[field];
    if (amount === undefined) continue;
    const minor: number | MoneyRefusal = toMinorUnits(amount, currency);
    if (typeof minor !== 'number') return { refused: `${path}/${field}: ${minor.refused}` };
    amounts[field] = minor;
  }
  const { unitPrice, discount, unitCost } = amounts;
  if (unitPrice === undefined) return { refused: `${path}/unitPrice: wanted an amount, got nothing` };
  return {
    productId: line.productId,
    quantity: line.quantity,
    unitPriceMinor: unitPrice,
    ...(discount === undefined ? {} : { discountMinor: discount }),
    ...(unitCost === undefined ? {} : { unitCostMinor: unitCost }),
  };
}

/** A till that rounds the line another way may give it away for this much more than it costs here. */
const ROUNDING_MINOR = 1;
/** Thousands of such lines still add up exactly. */
const LINE_MINOR_MAX = 1e12;

/** JSON with the keys of every object in order and without what is undefined: one text for equal values. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join()}}`;
}

import type { LedgerEvent, RecordedEvent } from '../ledger/events.ts';
import { DAY_MS, instantMs } from '../ledger/instant.ts';
import { currencyDigits } from '../ledger/money.ts';
import { holdingSaved, type ValuePolicy } from '../recommender/value.ts';
import type { TenantParts } from './gateway-parts.ts';

/** A receipt older than this was not sold from the stock as it stands now. */
const AGE_MS_MAX = DAY_MS;
/** Of a minor unit: fractions that are kept of an estimate. */
const FRACTIONS = 1e4;

/** Of a receipt, what each unit of each line saved, in minor units; undefined where that is not known. */
export type SavedByLine = readonly (number | undefined)[];

/**
 * What the units of a receipt saved in holding cost, by the stock of its store as it stands now and by the formula that values
 * offers, at the cost on the receipt, else at that of the catalogue, which is in the receipt's currency unless the model states another:
 * margins alone do not show that stock turns faster.
 */
export function savedByLine(
  event: LedgerEvent,
  tenant: () => Pick<TenantParts, 'serving' | 'stock'>,
  policy: ValuePolicy,
  nowMs: number,
): SavedByLine | undefined {
  if (event.type !== 'sale' || Math.abs(nowMs - instantMs(event.at)) > AGE_MS_MAX) return undefined;
  const { stock: book, serving } = tenant();
  const stock = book.store(event.storeId);
  const { products, itemOf, currency = event.currency } = serving.model;
  if (!stock || currency !== event.currency) return undefined;
  const slots = book.slotsFor(products);
  const demand = serving.demand(event.storeId);
  const fractions = FRACTIONS * 10 ** currencyDigits(currency);
  return event.lines.map(({ productId, quantity, unitCost }) => {
    const item = itemOf.get(productId);
    if (item === undefined) return undefined;
    const sold = {
      product: products[item]!,
      stock,
      slot: slots[item]!,
      demandPerDay: demand[item]!,
      quantity,
      unitCost,
    };
    const saved = holdingSaved(sold, policy, nowMs);
    return Number.isNaN(saved) ? undefined : Math.round(saved * fractions) / FRACTIONS;
  });
}

/** The receipt with what its lines saved. */
export function withSaved(event: RecordedEvent, saved: SavedByLine | undefined): RecordedEvent {
  if (event.type !== 'sale' || !saved) return event;
  const lines = event.lines.map((line, at) => {
    const holdingSavedMinor = saved[at];
    return holdingSavedMinor === undefined ? line : { ...line, holdingSavedMinor };
  });
  return { ...event, lines };
}

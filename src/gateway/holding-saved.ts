import type { LedgerEvent, RecordedEvent } from '../ledger/events.ts';
import { DAY_MS, instantMs } from '../ledger/instant.ts';
import { currencyDigits } from '../ledger/money.ts';
import { holdingSaved, type ValuePolicy } from '../recommender/value.ts';
import type { TenantParts } from './gateway-parts.ts';

/** A receipt older than this was not sold from the stock as it stands now. */
const AGE_MS_MAX = DAY_MS;
/** Estimates are rounded to this fraction (1 / FRACTIONS) of a minor unit. */
const FRACTIONS = 1e4;

/** For each line of a receipt: what each of its units saved, in minor units; undefined where not known. */
export type SavedByLine = readonly (number | undefined)[];

/**
 * What the units of a receipt saved in holding cost: margins alone do not show that stock turns faster. Computed from the store's
 * stock as it stands now by the formula that values offers, at the cost on the receipt, else at the catalogue's. The catalogue is taken to
 * be in the receipt's currency unless the model states one.
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

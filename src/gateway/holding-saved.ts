import type { RecordedEvent } from '../ledger/events.ts';
import { DAY_MS, instantMs } from '../ledger/instant.ts';
import { currencyDigits } from '../ledger/money.ts';
import type { Product } from '../recommender/catalogue.ts';
import { emptyTerms, isHoldingKnown, type ValuePolicy, valueUnit } from '../recommender/value.ts';
import type { TenantParts } from './gateway-parts.ts';

/** A receipt older than this was not sold from the stock as it stands now. */
const AGE_MS_MAX = DAY_MS;
/** Of a minor unit: fractions that are kept of an estimate. */
const FRACTIONS = 1e4;

const terms = emptyTerms();

/**
 * A receipt with what each of its units saved in holding cost, by the stock of its store as it stands now and by the formula that
 * values offers: margins alone do not show that stock turns faster. Other events, and lines of which that is not known, as they are.
 */
export function withHoldingSaved(
  event: RecordedEvent,
  { serving, stock }: Pick<TenantParts, 'serving' | 'stock'>,
  policy: ValuePolicy,
  nowMs: number,
): RecordedEvent {
  if (event.type !== 'sale' || event.currency !== serving.model.currency) return event;
  const held = stock.store(event.storeId);
  if (!held || Math.abs(nowMs - instantMs(event.at)) > AGE_MS_MAX) return event;
  const { products, itemOf } = serving.model;
  const slots = stock.slotsFor(products);
  const demand = serving.demand(event.storeId);
  const minor = 10 ** currencyDigits(event.currency);
  const savedOf = (item: number, product: Product): number | undefined => {
    valueUnit(product, held, slots[item]!, demand[item]!, policy, nowMs, terms);
    return isHoldingKnown(terms) ? Math.round(terms.holding * minor * FRACTIONS) / FRACTIONS : undefined;
  };
  return {
    ...event,
    lines: event.lines.map((line) => {
      const item = itemOf.get(line.productId);
      const saved = item === undefined ? undefined : savedOf(item, products[item]!);
      return saved === undefined ? line : { ...line, holdingSavedMinor: saved };
    }),
  };
}

import type { SparseRows } from '../recommender/sparse-rows.ts';
import { DAY_MS } from '../recommender/time-of-day.ts';
import type { KnownItems } from './basket-matrix.ts';
import type { Receipts } from './receipts.ts';

/** What each store sold: sales rows by store and the demand of each of their edges. */
export interface StoreSales {
  /** Row = store, target = item, weight = baskets of the store that hold it. */
  readonly sales: SparseRows;
  /** [edges] units a day, smoothed */
  readonly demand: Float32Array;
  /** [stores] */
  readonly baskets: Int32Array;
}

/** Days the demand is taken from, counted back from the newest receipt. */
const WINDOW_DAYS = 56;
/** Strength of the prior: as if the chain's mean of the product had been observed for this long. */
const PRIOR_DAYS = 14;

/**
 * Sales and demand per store. Demand is the posterior mean of a gamma-Poisson model, (units + mean · 14) / (days + 14), with the product's
 * mean over the stores that sell it as prior; over the last 56 days, or all when there are fewer. Counts the baskets [0, to).
 */
export function countStoreSales(
  receipts: Receipts,
  known: KnownItems,
  to = receipts.soldAtMs.length,
): StoreSales {
  const stores = receipts.storeIds.length;
  const baskets = new Int32Array(stores);
  const newest = receipts.soldAtMs[to - 1] ?? 0;
  const days = Math.min(WINDOW_DAYS, Math.max(1, (newest - (receipts.soldAtMs[0] ?? 0)) / DAY_MS));
  const counts = Array.from({ length: stores }, () => new Map<number, { baskets: number; units: number }>());
  for (let basket = 0; basket < to; basket++) {
    const store = receipts.store[basket]!;
    if (store < 0) continue;
    baskets[store]!++;
    const isRecent = receipts.hasTime && newest - receipts.soldAtMs[basket]! <= WINDOW_DAYS * DAY_MS;
    for (let line = receipts.basketStart[basket]!; line < receipts.basketStart[basket + 1]!; line++) {
      const item = known.itemOf[receipts.items[line]!]!;
      if (item < 0) continue;
      const sold = counts[store]!.get(item) ?? { baskets: 0, units: 0 };
      sold.baskets++;
      if (isRecent) sold.units += receipts.quantity[line]!;
      counts[store]!.set(item, sold);
    }
  }
  return { ...toRows(counts, known.productOf.length, days, receipts.hasTime), baskets };
}

function toRows(
  counts: readonly Map<number, { baskets: number; units: number }>[],
  items: number,
  days: number,
  hasTime: boolean,
): { sales: SparseRows; demand: Float32Array } {
  const units = new Float64Array(items);
  const sellers = new Int32Array(items);
  for (const sold of counts) {
    for (const [item, count] of sold) {
      units[item]! += count.units;
      sellers[item]!++;
    }
  }
  const start = Int32Array.of(0, ...counts.map((sold) => sold.size));
  for (let store = 0; store < counts.length; store++) start[store + 1]! += start[store]!;
  const edges = counts.flatMap((sold) => [...sold].sort(([a], [b]) => a - b));
  const prior = (item: number) => (units[item]! / sellers[item]! / days) * PRIOR_DAYS;
  return {
    sales: {
      start,
      target: Int32Array.from(edges, ([item]) => item),
      weight: Float32Array.from(edges, ([, count]) => count.baskets),
    },
    demand: Float32Array.from(edges, ([item, count]) =>
      hasTime ? (count.units + prior(item)) / (days + PRIOR_DAYS) : Number.NaN,
    ),
  };
}

import type { StoredEvent } from '../ledger/events.ts';
import type { Model } from '../recommender/model.ts';
import type { SoldBaskets } from '../recommender/remember-sales.ts';

/** Baskets remembered beside what a version was learned from, the newest; who sells more in between trains again. */
export const NEWER_SALES_MAX = 50_000;

/**
 * What was paid after a time: baskets of at least two products that the model has learned, as receipts came in. What came back later
 * was bought together none the less.
 *
 * @param newestEvents the ledger's, the newest first
 */
export function newerSales(
  newestEvents: Iterable<StoredEvent>,
  { itemOf, knownCount }: Pick<Model, 'itemOf' | 'knownCount'>,
  afterMs: number,
  max = NEWER_SALES_MAX,
): SoldBaskets {
  const sold: { atMs: number; items: number[] }[] = [];
  for (const { event, receivedAtMs } of newestEvents) {
    // Whatever came in by then had happened by then.
    if (receivedAtMs <= afterMs || sold.length === max) break;
    if (event.type !== 'sale') continue;
    const atMs = Math.min(receivedAtMs, Date.parse(event.at));
    const found = event.lines.map(({ productId }) => itemOf.get(productId) ?? knownCount);
    const items = [...new Set(found.filter((item) => item < knownCount))].sort((a, b) => a - b);
    if (atMs > afterMs && items.length > 1) sold.push({ atMs, items });
  }
  sold.sort((a, b) => a.atMs - b.atMs);
  return { atMs: sold.map(({ atMs }) => atMs), items: sold.map(({ items }) => items) };
}

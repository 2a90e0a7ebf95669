import type { StoredEvent } from '../ledger/events.ts';
import { DAY_MS } from '../ledger/instant.ts';
import type { Model } from '../recommender/model.ts';
import type { LearnedTime, SoldBaskets } from '../recommender/remember-sales.ts';
import type { ModelManifest } from './model-manifest.ts';

/** Events looked at, a few seconds of a thread; those that are no receipt or unknown to the model count too. */
const EVENTS_MAX = 1_000_000;
/** After this many earlier events in a row, all others are taken to be earlier too; a single one may come from a wrong clock. */
const EARLIER_MAX = 1_000;
/** The newest baskets remembered besides those a version was learned from; whoever sells more in between should train again. */
export const NEWER_SALES_MAX = 50_000;

/**
 * Baskets that were paid after a time, with at least two products that the model has learned. Refunds do not count: what came back later
 * was still bought together.
 *
 * @param newestEvents the ledger's, the newest first
 */
export function newerSales(
  newestEvents: Iterable<StoredEvent>,
  { itemOf, knownCount }: Pick<Model, 'itemOf' | 'knownCount'>,
  afterMs: number,
  max = NEWER_SALES_MAX,
  eventsMax = EVENTS_MAX,
): SoldBaskets {
  const sold: { atMs: number; items: number[] }[] = [];
  let looked = 0;
  let earlier = 0;
  for (const { event, receivedAtMs } of newestEvents) {
    earlier = receivedAtMs <= afterMs ? earlier + 1 : 0;
    if (sold.length === max || looked++ === eventsMax || earlier > EARLIER_MAX) break;
    if (event.type !== 'sale') continue;
    const atMs = Math.min(receivedAtMs, Date.parse(event.at));
    const found = event.lines.map(({ productId }) => itemOf.get(productId) ?? knownCount);
    const items = [...new Set(found.filter((item) => item < knownCount))].sort((a, b) => a - b);
    if (atMs > afterMs && items.length > 1) sold.push({ atMs, items });
  }
  sold.sort((a, b) => a.atMs - b.atMs);
  return { atMs: sold.map(({ atMs }) => atMs), items: sold.map(({ items }) => items) };
}

/**
 * The time span that a version was learned from; undefined where its receipts state no time. Receipts that state only days end with the end
 * of their last day; no span ends after the training.
 */
export function learnedTime({
  createdAt,
  data: { from, to },
}: Pick<ModelManifest, 'createdAt' | 'data'>): LearnedTime | undefined {
  if (from === null || to === null) return undefined;
  const lastMs = Date.parse(to);
  const endMs = lastMs % DAY_MS === 0 ? lastMs + DAY_MS : lastMs;
  return { fromMs: Date.parse(from), toMs: Math.min(endMs, Date.parse(createdAt)) };
}

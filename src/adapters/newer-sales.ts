import type { StoredEvent } from '../ledger/events.ts';
import { DAY_MS } from '../ledger/instant.ts';
import type { Model } from '../recommender/model.ts';
import type { LearnedTime, SoldBaskets } from '../recommender/remember-sales.ts';
import type { ModelManifest } from './model-manifest.ts';

/** Events looked at, a few seconds of a thread: what is unknown to the model, or no receipt, counts here too. */
const EVENTS_MAX = 1_000_000;
/** So many events in a row from before the time, and all are: one alone may have come in under a clock that was wrong. */
const EARLIER_MAX = 1_000;
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
  eventsMax = EVENTS_MAX,
): SoldBaskets {
  const sold: { atMs: number; items: number[] }[] = [];
  let [looked, earlier] = [0, 0];
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
 * The time a version was learned from; undefined where its receipts state none. Those that state days alone end with their last day, and none
 * ends after the training.
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

import { LRUCache } from 'lru-cache';
import type { Changes } from './change.ts';
import type { LiveBasketMessage, LiveMessage, SuggestionRequest } from './wire.ts';
import { BASKET_LINES_MAX } from './wire.ts';

type ChangeMessage = Extract<LiveMessage, { type: 'change' }>;
type Line = SuggestionRequest['basket'][number];

/** Anything less is a rounding error, left when all of a line is taken off in parts. */
const QUANTITY_MIN = 1e-9;

/** A basket as the live channel keeps it between messages. */
export interface LiveBasket {
  readonly seq: number;
  readonly request: SuggestionRequest;
}

/** About what V8 takes for a basket, a line or a refused product beside their texts. */
const BASKET_BYTES = 1_000;
const PRODUCT_BYTES = 64;

/** About what a basket takes in memory. */
export function bytesOf({ request }: LiveBasket): number {
  let bytes = BASKET_BYTES + PRODUCT_BYTES * (request.basket.length + request.declined.length);
  for (const { productId } of request.basket) bytes += 2 * productId.length;
  for (const productId of request.declined) bytes += 2 * productId.length;
  return bytes;
}

export function fromWhole({ type: _, seq, ...request }: LiveBasketMessage): LiveBasket {
  return { seq, request };
}

/**
 * The basket after a change: added lines join the line of their product, removed ones take their quantity off it.
 * `undefined` when a message was missed, or the basket would grow past its limit, and the whole basket is needed.
 */
export function withChange(basket: LiveBasket, change: ChangeMessage): LiveBasket | undefined {
  if (change.seq !== basket.seq + 1) return undefined;
  const lines = new Map<string, Line>();
  const add = (line: Line, sign: 1 | -1) => {
    const quantity = (lines.get(line.productId)?.quantity ?? 0) + sign * line.quantity;
    if (quantity > QUANTITY_MIN)
      lines.set(line.productId, { ...lines.get(line.productId), ...line, quantity });
    else lines.delete(line.productId);
  };
  for (const line of basket.request.basket) add(line, 1);
  for (const line of change.add) add(line, 1);
  for (const line of change.remove) if (lines.has(line.productId)) add(line, -1);
  if (lines.size > BASKET_LINES_MAX) return undefined;
  const declined = [...new Set([...basket.request.declined, ...change.declined])].slice(-BASKET_LINES_MAX);
  return { seq: change.seq, request: { ...basket.request, basket: [...lines.values()], declined } };
}

/** Baskets whose socket has closed, kept for a while so that a reconnect to any process can continue them. */
export interface OrphanedBaskets {
  keep(key: string, basket: LiveBasket): void;
  /** The basket, which is then no longer kept here; undefined, and left for its owner, where it is not for the one who asks. */
  take(key: string, isFor: (basket: LiveBasket) => boolean): LiveBasket | undefined;
  /** Tells the other processes of all that are kept here: those that started later have not heard of them. */
  handOver(): void;
}

const ORPHANS_MAX = 10_000;
const ORPHAN_BYTES_MAX = 64 * 1024 * 1024;
const ORPHAN_TTL_MS = 10 * 60 * 1000;

export function createOrphanedBaskets(changes: Changes, bytesMax = ORPHAN_BYTES_MAX): OrphanedBaskets {
  const orphans = new LRUCache<string, LiveBasket>({
    max: ORPHANS_MAX,
    ttl: ORPHAN_TTL_MS,
    maxSize: bytesMax,
    sizeCalculation: bytesOf,
  });
  // Another process may still hold the basket as it was before, and let go of that later.
  const keepNewest = (key: string, basket: LiveBasket) => {
    if ((orphans.get(key)?.seq ?? 0) <= basket.seq) orphans.set(key, basket);
  };
  changes.subscribe((change) => {
    if (change.kind === 'orphan') keepNewest(change.key, change.basket);
  });
  return {
    keep(key, basket) {
      keepNewest(key, basket);
      changes.publish({ kind: 'orphan', key, basket });
    },
    take(key, isFor) {
      const basket = orphans.get(key);
      if (!basket || !isFor(basket)) return undefined;
      orphans.delete(key);
      return basket;
    },
    handOver() {
      for (const [key, basket] of orphans.entries()) changes.publish({ kind: 'orphan', key, basket });
    },
  };
}

import { LRUCache } from 'lru-cache';

/** Baskets and decisions remembered at most; the oldest are forgotten first. */
const BASKETS_MAX = 50_000;
const DECISIONS_MAX = 100_000;

/** What this process remembers of open baskets, so that what was refused does not come back. */
export interface BasketMemory {
  remember(tenant: string, decisionId: string, basketId: string): void;
  /** Notes a refusal; of the decision's basket when the event does not name one. */
  decline(tenant: string, refused: { decisionId: string; basketId?: string; productId: string }): void;
  declinedIn(tenant: string, basketId: string): ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

export function createBasketMemory(): BasketMemory {
  const declined = new LRUCache<string, Set<string>>({ max: BASKETS_MAX });
  const baskets = new LRUCache<string, string>({ max: DECISIONS_MAX });
  const key = (tenant: string, id: string) => `${tenant}\n${id}`;
  return {
    remember: (tenant, decisionId, basketId) => {
      baskets.set(key(tenant, decisionId), basketId);
    },
    decline(tenant, { decisionId, basketId, productId }) {
      const basket = basketId ?? baskets.get(key(tenant, decisionId));
      if (basket === undefined) return;
      const refused = declined.get(key(tenant, basket)) ?? new Set();
      declined.set(key(tenant, basket), refused.add(productId));
    },
    declinedIn: (tenant, basketId) => declined.get(key(tenant, basketId)) ?? NONE,
  };
}

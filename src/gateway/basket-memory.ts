import { LRUCache } from 'lru-cache';
import type { Changes, RefusedInBasket } from './change.ts';

/** Most baskets and decisions remembered; the least recently used are forgotten first. */
const BASKETS_MAX = 50_000;
const DECISIONS_MAX = 100_000;
/** Most refusals in one message. */
const HANDED_AT_ONCE = 1_000;

/** Remembers refusals in open baskets, so that what was refused is not suggested again. */
export interface BasketMemory {
  remember(tenant: string, decisionId: string, basketId: string): void;
  /** Notes a refusal, in the decision's basket when the event does not name one. */
  decline(tenant: string, refused: Refusal): void;
  declinedIn(tenant: string, basketId: string): ReadonlySet<string>;
  /** Tells the other processes of all that was refused, because this one is about to be replaced. */
  handOver(): void;
}

interface Refusal {
  readonly decisionId: string;
  readonly basketId?: string;
  readonly productId: string;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * A memory that tells the other processes of refusals and hears of theirs. A refusal of a decision made elsewhere is passed on as it is:
 * the process that made the decision knows the basket and tells all.
 */
export function createBasketMemory(changes: Changes): BasketMemory {
  const declined = new LRUCache<string, Set<string>>({ max: BASKETS_MAX });
  const baskets = new LRUCache<string, string>({ max: DECISIONS_MAX });
  const key = (tenant: string, id: string) => `${tenant}\n${id}`;
  const note = (tenant: string, basketId: string, productId: string) => {
    const refused = declined.get(key(tenant, basketId)) ?? new Set();
    declined.set(key(tenant, basketId), refused.add(productId));
  };
  const decline = (tenant: string, { decisionId, basketId: named, productId }: Refusal) => {
    const basketId = named ?? baskets.get(key(tenant, decisionId));
    if (basketId !== undefined) note(tenant, basketId, productId);
    const basket = basketId === undefined ? {} : { basketId };
    changes.publish({ kind: 'refusal', tenant, decisionId, productId, ...basket });
  };
  changes.subscribe((change) => {
    if (change.kind === 'refusals')
      for (const { tenant, basketId, productId } of change.refused) note(tenant, basketId, productId);
    if (change.kind !== 'refusal') return;
    if (change.basketId !== undefined) note(change.tenant, change.basketId, change.productId);
    else if (baskets.has(key(change.tenant, change.decisionId))) decline(change.tenant, change);
  });
  return {
    decline,
    remember: (tenant, decisionId, basketId) => {
      baskets.set(key(tenant, decisionId), basketId);
    },
    declinedIn: (tenant, basketId) => declined.get(key(tenant, basketId)) ?? NONE,
    handOver() {
      const refused: RefusedInBasket[] = [];
      for (const [id, products] of declined.entries()) {
        const tenant = id.slice(0, id.indexOf('\n'));
        const basketId = id.slice(id.indexOf('\n') + 1);
        for (const productId of products) refused.push({ tenant, basketId, productId });
      }
      for (let from = 0; from < refused.length; from += HANDED_AT_ONCE)
        changes.publish({ kind: 'refusals', refused: refused.slice(from, from + HANDED_AT_ONCE) });
    },
  };
}

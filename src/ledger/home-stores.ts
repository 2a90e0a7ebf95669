import type { BasketOutcome } from './basket-outcome.ts';
import { placeOf } from './basket-place.ts';
import { getOrMake } from './get-or-make.ts';

/** Where each agent works: by period, the store with the most of the agent's paid baskets. */
export class HomeStores {
  readonly #periodOf: (atMs: number) => string;
  /** Period → agent → store → paid baskets. */
  readonly #baskets = new Map<string, Map<string, Map<string, number>>>();

  constructor(periodOf: (atMs: number) => string) {
    this.#periodOf = periodOf;
  }

  add(outcome: BasketOutcome): void {
    const { sold } = outcome;
    const { agentId } = placeOf(outcome);
    if (!sold || agentId === undefined) return;
    const agents = getOrMake(this.#baskets, this.#periodOf(sold.atMs), () => new Map());
    const stores = getOrMake(agents, agentId, () => new Map<string, number>());
    stores.set(sold.storeId, (stores.get(sold.storeId) ?? 0) + 1);
  }

  /** Of stores with as many baskets the first by name; null for an agent without a paid basket. */
  of(agentId: string, period: string): string | null {
    const stores = [...(this.#baskets.get(period)?.get(agentId) ?? [])];
    stores.sort(([a, few], [b, many]) => many - few || (a < b ? -1 : 1));
    return stores[0]?.[0] ?? null;
  }
}

import type { BasketOutcome } from './basket-outcome.ts';

/** Where each agent works: by period, the store with the most of the agent's paid baskets. */
export class HomeStores {
  readonly #periodOf: (atMs: number) => string;
  /** Period → agent → store → paid baskets. */
  readonly #baskets = new Map<string, Map<string, Map<string, number>>>();

  constructor(periodOf: (atMs: number) => string) {
    this.#periodOf = periodOf;
  }

  add({ sold, decided }: BasketOutcome): void {
    const agentId = sold?.agentId ?? decided?.agentId;
    if (!sold || agentId === undefined) return;
    const agents = within(this.#baskets, this.#periodOf(sold.atMs));
    const stores = agents.get(agentId) ?? new Map<string, number>();
    agents.set(agentId, stores);
    stores.set(sold.storeId, (stores.get(sold.storeId) ?? 0) + 1);
  }

  /** Of stores with as many baskets the first by name; null for an agent without a paid basket. */
  of(agentId: string, period: string): string | null {
    const stores = [...(this.#baskets.get(period)?.get(agentId) ?? [])];
    stores.sort(([a, few], [b, many]) => many - few || (a < b ? -1 : 1));
    return stores[0]?.[0] ?? null;
  }
}

function within<Value>(maps: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const known = maps.get(key) ?? new Map<string, Value>();
  maps.set(key, known);
  return known;
}

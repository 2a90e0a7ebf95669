import { WHOLE_BASIS_POINTS } from './apportion.ts';
import type { Place } from './basket-place.ts';
import { getOrMake } from './get-or-make.ts';

/** Where each agent works: by period, the store with the most of the agent's paid baskets. */
export class HomeStores {
  /** Period → agent → store → paid baskets, in basis points of one. */
  readonly #baskets = new Map<string, Map<string, Map<string, number>>>();

  /** @param place where they were sold @param baskets paid there, and parts of them */
  add(period: string, { agentId, storeId }: Pick<Place, 'agentId' | 'storeId'>, baskets: number): void {
    if (baskets === 0 || agentId === undefined || storeId === undefined) return;
    const agents = getOrMake(this.#baskets, period, () => new Map());
    const stores = getOrMake(agents, agentId, () => new Map<string, number>());
    stores.set(storeId, (stores.get(storeId) ?? 0) + Math.round(baskets * WHOLE_BASIS_POINTS));
  }

  /** On a tie the first store by name; null for an agent without a paid basket. */
  of(agentId: string, period: string): string | null {
    const stores = [...(this.#baskets.get(period)?.get(agentId) ?? [])];
    stores.sort(([a, few], [b, many]) => many - few || (a < b ? -1 : 1));
    return stores[0]?.[0] ?? null;
  }
}

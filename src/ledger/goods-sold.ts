import type { DaySums } from './day-sums.ts';
import { getOrMake } from './get-or-make.ts';
import type { OutcomeNames } from './outcome-names.ts';
import type { Writable } from './writable.ts';

/** What was sold, net of returns; minor units. */
export interface SoldSums {
  readonly revenueMinor: number;
  /** Revenue of the products whose cost is known, and that cost. */
  readonly costedRevenueMinor: number;
  readonly costMinor: number;
}

/** The same of one store, business day and currency. */
export interface GoodsSold extends SoldSums {
  readonly storeId: string;
  readonly day: number;
  readonly currency: string;
}

const AMOUNTS = ['revenueMinor', 'costedRevenueMinor', 'costMinor'] as const;

export function nothingSold(): Writable<SoldSums> {
  return { revenueMinor: 0, costedRevenueMinor: 0, costMinor: 0 };
}

/** Turns sums by day and place into sums by day and store. */
export class GoodsSoldTally {
  /** Currency → store → day. */
  readonly #sums = new Map<string, Map<string, Map<number, Writable<SoldSums>>>>();

  /** @param isWanted of a store's business day */
  add(
    { groups, money }: DaySums,
    { places, currencies }: OutcomeNames,
    isWanted: (day: number, storeId: string) => boolean,
  ): void {
    const { columns } = money;
    for (let at = 0; at < money.count; at++) {
      const group = columns.group[at]!;
      const day = groups.columns.day[group]!;
      const { storeId } = places[groups.columns.place[group]!]!;
      if (storeId === undefined || !isWanted(day, storeId)) continue;
      const stores = getOrMake(this.#sums, currencies[columns.currency[at]!]!, () => new Map());
      const days = getOrMake(stores, storeId, () => new Map<number, Writable<SoldSums>>());
      const sums = getOrMake(days, day, nothingSold);
      for (const amount of AMOUNTS) sums[amount] += columns[amount][at]!;
    }
  }

  *rows(): Generator<GoodsSold> {
    for (const [currency, stores] of this.#sums)
      for (const [storeId, days] of stores)
        for (const [day, sums] of days) yield { storeId, day, currency, ...sums };
  }
}

import type { BasketMoney, BasketOutcome } from './basket-outcome.ts';

/** What is counted of baskets. */
export const COUNTS = [
  ...(['baskets', 'transactions', 'items', 'transactionsShown', 'transactionsAttached'] as const),
  ...(['shown', 'accepted', 'declined', 'notOffered'] as const),
] as const;

/** What is added up of their money by currency, in minor units but for the first. */
export const AMOUNTS = [
  ...(['transactions', 'revenueMinor', 'refundedMinor', 'costedRevenueMinor', 'costMinor'] as const),
  ...(['upsellRevenueMinor', 'upsellCostedRevenueMinor', 'upsellCostMinor'] as const),
] as const;

/**
 * Sums over some baskets, from which any of them can be taken away again. Lists without names, so that they can be kept as
 * they are: they are read by the hundred thousand.
 */
export interface SalesSums {
  /** In the order of COUNTS. */
  readonly counts: number[];
  /** Known customers, and how many of the baskets are theirs: a customer is gone with the last of them. */
  readonly customers: [customer: string, baskets: number][];
  /** By currency, amounts in the order of AMOUNTS. */
  readonly money: [currency: string, amounts: number[]][];
}

export function emptySums(): SalesSums {
  return { counts: COUNTS.map(() => 0), customers: [], money: [] };
}

/** The sums of one basket. */
export function sumsOf({ sold, customer, items, suggestions, money }: BasketOutcome): SalesSums {
  const { shown, accepted, declined, notOffered, bought } = suggestions;
  const isPaid = Number(sold !== undefined);
  const isShown = Number(isPaid && shown > 0);
  const isAttached = Number(isPaid && bought > 0);
  return {
    counts: [...[1, isPaid, isPaid * items, isShown, isAttached], ...[shown, accepted, declined, notOffered]],
    customers: customer === undefined ? [] : [[customer, 1]],
    money: isPaid ? money.map((amounts) => [amounts.currency, amountsOf(amounts)]) : [],
  };
}

/** Adds the sums of a basket, or takes them away. @param times 1 or -1 */
export function addSums(sums: SalesSums, basket: SalesSums, times: 1 | -1): void {
  addNumbers(sums.counts, basket.counts, times);
  for (const [customer, baskets] of basket.customers) {
    const known = placeOfName(sums.customers, customer, 0);
    sums.customers[known]![1] += times * baskets;
    if (sums.customers[known]![1] === 0) sums.customers.splice(known, 1);
  }
  for (const [currency, amounts] of basket.money) {
    const known = placeOfName(
      sums.money,
      currency,
      AMOUNTS.map(() => 0),
    );
    addNumbers(sums.money[known]![1], amounts, times);
    if (sums.money[known]![1][0] === 0) sums.money.splice(known, 1);
  }
}

export function addNumbers(sums: number[], more: readonly number[], times = 1): void {
  for (let i = 0; i < more.length; i++) sums[i]! += times * more[i]!;
}

/** Where a name is in a short list, to the end of which it is put when it is new. */
function placeOfName<Value>(list: [string, Value][], name: string, fresh: Value): number {
  const known = list.findIndex(([other]) => other === name);
  return known >= 0 ? known : list.push([name, fresh]) - 1;
}

function amountsOf({ upsell, ...sums }: BasketMoney): number[] {
  return [
    ...[1, sums.revenueMinor, sums.refundedMinor, sums.costedRevenueMinor, sums.costMinor],
    ...[upsell.revenueMinor, upsell.costedRevenueMinor, upsell.costMinor],
  ];
}

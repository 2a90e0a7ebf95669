import { CodeSet } from './code-set.ts';
import { fromMinorUnits } from './money.ts';
import { IS_SOLD, type SalesColumns } from './outcome-columns.ts';

/** Figures of one period, or of all; a rate is null where nothing can be divided by. */
export interface SalesRow {
  /** undefined in the total. */
  readonly period?: string;
  /** Store, agent or channel where split; null for baskets that name none. */
  readonly part?: string | null;
  /** Baskets decided on or sold. */
  readonly baskets: number;
  /** Different customers among them that are known with their consent. */
  readonly knownCustomers: number;
  /** Baskets that were paid. */
  readonly transactions: number;
  readonly items: number;
  readonly itemsPerTransaction: number | null;
  /** Paid baskets with a suggestion on the screen, and those of them with an accepted one on the receipt. */
  readonly transactionsShown: number;
  readonly transactionsAttached: number;
  readonly attachRate: number | null;
  readonly shown: number;
  readonly accepted: number;
  readonly declined: number;
  readonly notOffered: number;
  /** accepted / (accepted + declined) */
  readonly acceptance: number | null;
  /** not offered / (accepted + declined + not offered) */
  readonly notOfferedShare: number | null;
  /** By currency; different ones are never added up. */
  readonly money: readonly SalesMoney[];
}

/** Major units, less refunds; margins over the products whose cost is on the receipt, null where none is. */
export interface SalesMoney {
  readonly currency: string;
  readonly transactions: number;
  readonly revenue: number;
  readonly refunded: number;
  readonly averageTransactionValue: number;
  readonly margin: number | null;
  /** Share of the revenue whose cost is known. */
  readonly costKnownShare: number;
  readonly upsellRevenue: number;
  readonly upsellMargin: number | null;
}

/** Sums of one row of the report. */
export interface SalesSums {
  period?: string;
  part?: string | null;
  baskets: number;
  readonly customers: CodeSet;
  transactions: number;
  items: number;
  transactionsShown: number;
  transactionsAttached: number;
  shown: number;
  accepted: number;
  declined: number;
  notOffered: number;
  /** By the code of the currency. */
  readonly money: Map<number, MoneySums>;
}

const MONEY_SUMS = [
  ...(['revenueMinor', 'refundedMinor', 'costedRevenueMinor', 'costMinor'] as const),
  ...(['upsellRevenueMinor', 'upsellCostedRevenueMinor', 'upsellCostMinor'] as const),
] as const;
type MoneySums = Record<'transactions' | (typeof MONEY_SUMS)[number], number>;
const COUNTS = [
  ...(['baskets', 'transactions', 'items', 'transactionsShown', 'transactionsAttached'] as const),
  ...(['shown', 'accepted', 'declined', 'notOffered'] as const),
] as const;

export function emptySums(): SalesSums {
  return {
    ...{ baskets: 0, customers: new CodeSet(), transactions: 0, items: 0 },
    ...{ transactionsShown: 0, transactionsAttached: 0, shown: 0, accepted: 0, declined: 0, notOffered: 0 },
    money: new Map<number, MoneySums>(),
  };
}

export function addBasket(sums: SalesSums, baskets: SalesColumns['baskets'], at: number): void {
  sums.baskets++;
  const customer = baskets.customer[at]!;
  if (customer !== 0) sums.customers.add(customer);
  const shown = baskets.shown[at]!;
  sums.shown += shown;
  sums.accepted += baskets.accepted[at]!;
  sums.declined += baskets.declined[at]!;
  sums.notOffered += baskets.notOffered[at]!;
  if ((baskets.state[at]! & IS_SOLD) === 0) return;
  sums.transactions++;
  sums.items += baskets.items[at]!;
  if (shown > 0) sums.transactionsShown++;
  if (baskets.bought[at]! > 0) sums.transactionsAttached++;
}

export function addMoney(sums: Map<number, MoneySums>, money: SalesColumns['money'], at: number): void {
  const sum = moneyIn(sums, money.currency[at]!);
  sum.transactions++;
  sum.revenueMinor += money.revenueMinor[at]!;
  sum.refundedMinor += money.refundedMinor[at]!;
  sum.costedRevenueMinor += money.costedRevenueMinor[at]!;
  sum.costMinor += money.costMinor[at]!;
  sum.upsellRevenueMinor += money.upsellRevenueMinor[at]!;
  sum.upsellCostedRevenueMinor += money.upsellCostedRevenueMinor[at]!;
  sum.upsellCostMinor += money.upsellCostMinor[at]!;
}

function moneyIn(sums: Map<number, MoneySums>, currency: number): MoneySums {
  const known = sums.get(currency);
  if (known) return known;
  const sum = {
    ...{ transactions: 0, revenueMinor: 0, refundedMinor: 0, costedRevenueMinor: 0, costMinor: 0 },
    ...{ upsellRevenueMinor: 0, upsellCostedRevenueMinor: 0, upsellCostMinor: 0 },
  };
  sums.set(currency, sum);
  return sum;
}

export function addSums(total: SalesSums, sums: SalesSums): void {
  for (const count of COUNTS) total[count] += sums[count];
  total.customers.addAll(sums.customers);
  for (const [currency, amounts] of sums.money) {
    const sum = moneyIn(total.money, currency);
    sum.transactions += amounts.transactions;
    for (const amount of MONEY_SUMS) sum[amount] += amounts[amount];
  }
}

/** The row's figures; a rate is null where nothing can be divided by. */
export function salesRow(sums: SalesSums, currencies: readonly string[]): SalesRow {
  const { customers, money, ...counts } = sums;
  const said = counts.accepted + counts.declined;
  return {
    ...counts,
    knownCustomers: customers.size,
    itemsPerTransaction: ratio(counts.items, counts.transactions),
    attachRate: ratio(counts.transactionsAttached, counts.transactionsShown),
    acceptance: ratio(counts.accepted, said),
    notOfferedShare: ratio(counts.notOffered, said + counts.notOffered),
    money: [...money]
      .map(([currency, amounts]) => moneyRow(currencies[currency]!, amounts))
      .sort((a, b) => (a.currency < b.currency ? -1 : 1)),
  };
}

function moneyRow(currency: string, sums: MoneySums): SalesMoney {
  const { transactions, revenueMinor, costedRevenueMinor, upsellCostedRevenueMinor } = sums;
  const major = (minor: number) => fromMinorUnits(minor, currency);
  return {
    currency,
    transactions,
    revenue: major(revenueMinor),
    refunded: major(sums.refundedMinor),
    averageTransactionValue: major(Math.round(revenueMinor / transactions)),
    margin: costedRevenueMinor === 0 ? null : major(costedRevenueMinor - sums.costMinor),
    costKnownShare: revenueMinor === 0 ? 0 : costedRevenueMinor / revenueMinor,
    upsellRevenue: major(sums.upsellRevenueMinor),
    upsellMargin:
      upsellCostedRevenueMinor === 0 ? null : major(upsellCostedRevenueMinor - sums.upsellCostMinor),
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

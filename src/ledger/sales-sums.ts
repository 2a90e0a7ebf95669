import { CodeSet } from './code-set.ts';
import { AMOUNTS, COUNTS, type DaySums } from './day-sums.ts';
import { fromMinorUnits } from './money.ts';

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

type MoneySums = Record<'transactions' | (typeof AMOUNTS)[number], number>;

export function emptySums(): SalesSums {
  return {
    ...{ baskets: 0, customers: new CodeSet(), transactions: 0, items: 0 },
    ...{ transactionsShown: 0, transactionsAttached: 0, shown: 0, accepted: 0, declined: 0, notOffered: 0 },
    money: new Map<number, MoneySums>(),
  };
}

export function addGroup(sums: SalesSums, { columns }: DaySums['groups'], at: number): void {
  for (const count of COUNTS) sums[count] += columns[count][at]!;
}

export function addMoney(sums: SalesSums, { columns }: DaySums['money'], at: number): void {
  const sum = moneyIn(sums.money, columns.currency[at]!);
  sum.transactions += columns.transactions[at]!;
  for (const amount of AMOUNTS) sum[amount] += columns[amount][at]!;
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
    for (const amount of AMOUNTS) sum[amount] += amounts[amount];
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

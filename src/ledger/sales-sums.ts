import { wholeParts } from './apportion.ts';
import { CodeSet } from './code-set.ts';
import { COUNTS, type DaySums } from './day-sums.ts';
import { getOrMake } from './get-or-make.ts';
import { fromMinorUnits } from './money.ts';
import { AMOUNTS } from './outcome-columns.ts';

/** Figures of one period, or of all; a rate is null where its divisor is 0. */
export interface SalesRow {
  /** undefined in the total. */
  readonly period?: string;
  /** Store, agent or channel where split; null for baskets that name none. */
  readonly part?: string | null;
  /** Baskets decided on or sold. This and all other counts are fractions where agents share baskets, but for customers. */
  readonly baskets: number;
  /** Different customers among them that are known with their consent. */
  readonly knownCustomers: number;
  /** Baskets that were paid, also those of which everything came back. */
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
  /** Share of the revenue whose cost is known; without any revenue 1 where a cost is known, else 0. */
  readonly costKnownShare: number;
  readonly upsellRevenue: number;
  readonly upsellMargin: number | null;
}

/** Sums of one row of the report. */
export interface SalesSums {
  readonly period?: string;
  readonly part?: string | null;
  /** In the order of COUNTS. */
  readonly counts: Float64Array;
  readonly customers: CodeSet;
  /** By the code of the currency: in the order of MONEY_SUMS. */
  readonly money: Map<number, Float64Array>;
}

const MONEY_SUMS = ['transactions', ...AMOUNTS] as const;
const COUNT_AT = placesOf(COUNTS);
const MONEY_AT = placesOf(MONEY_SUMS);

function placesOf<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name, place) => [name, place])) as Record<Name, number>;
}

export function emptySums(): SalesSums {
  return { counts: new Float64Array(COUNTS.length), customers: new CodeSet(), money: new Map() };
}

/** @param rows of each group; undefined for a group that is in no row */
export function addDaySums(
  rows: readonly (SalesSums | undefined)[],
  { groups, money, customers }: DaySums,
): void {
  const counts = COUNTS.map((name) => groups.columns[name]);
  for (let at = 0; at < groups.count; at++) {
    const row = rows[at];
    if (row) addRow(row.counts, counts, at);
  }
  const amounts = MONEY_SUMS.map((name) => money.columns[name]);
  for (let at = 0; at < money.count; at++) {
    const row = rows[money.columns.group[at]!];
    if (row) addRow(moneyIn(row.money, money.columns.currency[at]!), amounts, at);
  }
  for (let at = 0; at < customers.count; at++)
    rows[customers.columns.group[at]!]?.customers.add(customers.columns.customer[at]!);
}

export function addSums(total: SalesSums, sums: SalesSums): void {
  addAll(total.counts, sums.counts);
  total.customers.addAll(sums.customers);
  for (const [currency, amounts] of sums.money) addAll(moneyIn(total.money, currency), amounts);
}

function addRow(sums: Float64Array, columns: readonly Float64Array[], at: number): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += columns[i]![at]!;
}

function addAll(sums: Float64Array, others: Float64Array): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += others[i]!;
}

function moneyIn(sums: Map<number, Float64Array>, currency: number): Float64Array {
  return getOrMake(sums, currency, () => new Float64Array(MONEY_SUMS.length));
}

/** The row's figures; a rate is null where its divisor is 0. Read by position, because a split report has thousands of rows. */
export function salesRow(
  { period, part, counts, customers, money }: SalesSums,
  currencies: readonly string[],
): SalesRow {
  const count = (name: keyof typeof COUNT_AT) => wholeParts(counts[COUNT_AT[name]]!);
  const transactions = count('transactions');
  const items = count('items');
  const transactionsShown = count('transactionsShown');
  const transactionsAttached = count('transactionsAttached');
  const accepted = count('accepted');
  const declined = count('declined');
  const notOffered = count('notOffered');
  const said = accepted + declined;
  const figures = {
    baskets: count('baskets'),
    transactions,
    items,
    transactionsShown,
    transactionsAttached,
    shown: count('shown'),
    accepted,
    declined,
    notOffered,
    knownCustomers: customers.size,
    itemsPerTransaction: ratio(items, transactions),
    attachRate: ratio(transactionsAttached, transactionsShown),
    acceptance: ratio(accepted, said),
    notOfferedShare: ratio(notOffered, said + notOffered),
    money: moneyRows(money, currencies),
  };
  if (period === undefined) return figures;
  return part === undefined ? { period, ...figures } : { period, part, ...figures };
}

function moneyRows(money: SalesSums['money'], currencies: readonly string[]): SalesMoney[] {
  const rows: SalesMoney[] = [];
  for (const [currency, amounts] of money) rows.push(moneyRow(currencies[currency]!, amounts));
  return rows.sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

function moneyRow(currency: string, amounts: Float64Array): SalesMoney {
  const transactions = wholeParts(amounts[MONEY_AT.transactions]!);
  const revenueMinor = amounts[MONEY_AT.revenueMinor]!;
  const costedMinor = amounts[MONEY_AT.costedRevenueMinor]!;
  const marginMinor = marginOf(costedMinor, amounts[MONEY_AT.costMinor]!);
  const upsellMarginMinor = marginOf(
    amounts[MONEY_AT.upsellCostedRevenueMinor]!,
    amounts[MONEY_AT.upsellCostMinor]!,
  );
  const major = (minor: number) => fromMinorUnits(minor, currency);
  return {
    currency,
    transactions,
    revenue: major(revenueMinor),
    refunded: major(amounts[MONEY_AT.refundedMinor]!),
    averageTransactionValue: major(Math.round(revenueMinor / transactions)),
    margin: marginMinor === null ? null : major(marginMinor),
    costKnownShare: revenueMinor === 0 ? Number(marginMinor !== null) : costedMinor / revenueMinor,
    upsellRevenue: major(amounts[MONEY_AT.upsellRevenueMinor]!),
    upsellMargin: upsellMarginMinor === null ? null : major(upsellMarginMinor),
  };
}

/** null where no cost is known; what was given away has a cost and no revenue. */
function marginOf(costedMinor: number, costMinor: number): number | null {
  return costedMinor === 0 && costMinor === 0 ? null : costedMinor - costMinor;
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

import type { BasketOutcome } from './basket-outcome.ts';
import { type BusinessCalendar, businessDay, type PeriodLength, periodName } from './business-calendar.ts';
import { DAY_MS } from './instant.ts';
import { fromMinorUnits } from './money.ts';
import { type Place, type PlaceDay, QUARTER_MS } from './roll-up.ts';
import { AMOUNTS, addNumbers, COUNTS, type SalesSums, sumsOf } from './sales-sums.ts';

/** Part of the trade that a report is about; an absent field means all. */
export interface ReportSelection {
  /** First and last business day, in days since 1970-01-01. */
  readonly fromDay: number;
  readonly toDay: number;
  readonly storeId?: string;
  readonly agentId?: string;
  readonly channel?: string;
}

/** Rows beside the periods: one for each store, agent or channel. */
export type SplitBy = 'store' | 'agent' | 'channel';

export interface SalesReportOptions {
  readonly selection: ReportSelection;
  readonly calendar: BusinessCalendar;
  readonly by: PeriodLength;
  readonly split?: SplitBy;
}

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

export interface SalesReport {
  readonly rows: readonly SalesRow[];
  readonly total: SalesRow;
}

/**
 * Adds up outcomes, or sums of them. A basket belongs to the business day of its first receipt, else to that of its first
 * decision, and to the store, channel and agent of its receipt, else to those of its decision. Refunds count where the sale
 * counts.
 */
export class SalesTally {
  readonly #options: SalesReportOptions;
  readonly #rows = new Map<string, RowSums>();
  readonly #periods = new Map<number, string>();

  constructor(options: SalesReportOptions) {
    this.#options = options;
  }

  add(outcome: BasketOutcome): void {
    this.#add(businessDay(this.#options.calendar, momentOf(outcome)), placeOf(outcome), sumsOf(outcome));
  }

  addPlaceDay({ day, place, quarters }: PlaceDay): void {
    const dayOf = (quarter: number) =>
      businessDay(this.#options.calendar, day * DAY_MS + quarter * QUARTER_MS);
    const [first, last] = [dayOf(quarters[0]![0]), dayOf(quarters.at(-1)![0])];
    // A question to the zone costs more than the sums: the day of both ends is that of all between.
    for (const [quarter, sums] of quarters) this.#add(first === last ? first : dayOf(quarter), place, sums);
  }

  report(): SalesReport {
    const total = emptyRow();
    for (const row of this.#rows.values()) addRow(total, row);
    const rows = [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sums]) => rowOf(sums));
    return { rows, total: rowOf(total) };
  }

  #add(day: number, place: Place, sums: SalesSums): void {
    const { selection, by, split } = this.#options;
    if (day < selection.fromDay || day > selection.toDay) return;
    for (const field of ['storeId', 'agentId', 'channel'] as const) {
      if (selection[field] !== undefined && place[field] !== selection[field]) return;
    }
    const part = split && (place[SPLIT_FIELDS[split]] ?? null);
    const period = this.#periodName(day, by);
    const key = `${period} ${part === null ? '' : `:${part}`}`;
    const row = this.#rows.get(key) ?? { ...emptyRow(), period, ...(part !== undefined && { part }) };
    this.#rows.set(key, row);
    addNumbers(row.counts, sums.counts);
    for (const [customer] of sums.customers) row.customers.add(customer);
    for (const [currency, amounts] of sums.money) addMoney(row, currency, amounts);
  }

  #periodName(day: number, by: PeriodLength): string {
    const known = this.#periods.get(day) ?? periodName(day, by);
    this.#periods.set(day, known);
    return known;
  }
}

/** When a basket counts, epoch ms. */
export function momentOf({ sold, decided }: BasketOutcome): number {
  return (sold ?? decided)!.atMs;
}

/** Where a basket counts. */
export function placeOf({ sold, decided }: BasketOutcome): Place {
  return {
    storeId: sold?.storeId ?? decided?.storeId,
    agentId: sold?.agentId ?? decided?.agentId,
    channel: sold?.channel ?? decided?.channel,
  };
}

const SPLIT_FIELDS = { store: 'storeId', agent: 'agentId', channel: 'channel' } as const;

interface RowSums {
  readonly period?: string;
  readonly part?: string | null;
  readonly counts: number[];
  readonly customers: Set<string>;
  readonly money: Map<string, number[]>;
}

function emptyRow(): RowSums {
  return { counts: COUNTS.map(() => 0), customers: new Set(), money: new Map() };
}

function addRow(sums: RowSums, row: RowSums): void {
  addNumbers(sums.counts, row.counts);
  for (const customer of row.customers) sums.customers.add(customer);
  for (const [currency, amounts] of row.money) addMoney(sums, currency, amounts);
}

function addMoney({ money }: RowSums, currency: string, amounts: readonly number[]): void {
  const sums = money.get(currency);
  if (sums) addNumbers(sums, amounts);
  else money.set(currency, [...amounts]);
}

function rowOf({ counts: numbers, customers, money, ...names }: RowSums): SalesRow {
  const counts = named(COUNTS, numbers);
  const said = counts.accepted + counts.declined;
  return {
    ...names,
    ...counts,
    knownCustomers: customers.size,
    itemsPerTransaction: ratio(counts.items, counts.transactions),
    attachRate: ratio(counts.transactionsAttached, counts.transactionsShown),
    acceptance: ratio(counts.accepted, said),
    notOfferedShare: ratio(counts.notOffered, said + counts.notOffered),
    money: [...money]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, amounts]) => moneyRow(currency, amounts)),
  };
}

function moneyRow(currency: string, amounts: readonly number[]): SalesMoney {
  const sums = named(AMOUNTS, amounts);
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

function named<Name extends string>(
  names: readonly Name[],
  numbers: readonly number[],
): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, at) => [name, numbers[at]!])) as Record<Name, number>;
}

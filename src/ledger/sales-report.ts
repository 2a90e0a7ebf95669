import type { BasketMoney, BasketOutcome } from './basket-outcome.ts';
import { isPlaceSelected, placeOf } from './basket-place.ts';
import { type BusinessCalendar, businessDay, type PeriodLength, periodName } from './business-calendar.ts';
import { fromMinorUnits } from './money.ts';

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
 * Adds up outcomes. A basket belongs to the business day of its first receipt, else to that of its first decision, and
 * to the store, channel and agent of its receipt, else to those of its decision. Refunds count where the sale counts.
 */
export class SalesTally {
  readonly #options: SalesReportOptions;
  readonly #rows = new Map<string, Sums>();
  readonly #total = emptySums();

  constructor(options: SalesReportOptions) {
    this.#options = options;
  }

  add(outcome: BasketOutcome): void {
    const { selection, calendar, by, split } = this.#options;
    const day = businessDay(calendar, (outcome.sold ?? outcome.decided)!.atMs);
    if (day < selection.fromDay || day > selection.toDay) return;
    const place = placeOf(outcome);
    if (!isPlaceSelected(selection, place)) return;
    const period = periodName(day, by);
    const part = split && (place[SPLIT_FIELDS[split]] ?? null);
    const key = `${period} ${part === null ? '' : `:${part}`}`;
    const sums = this.#rows.get(key) ?? { ...emptySums(), period, ...(part !== undefined && { part }) };
    this.#rows.set(key, sums);
    addTo(sums, outcome);
    addTo(this.#total, outcome);
  }

  report(): SalesReport {
    const rows = [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sums]) => rowOf(sums));
    return { rows, total: rowOf(this.#total) };
  }
}

const SPLIT_FIELDS = { store: 'storeId', agent: 'agentId', channel: 'channel' } as const;

interface Sums {
  period?: string;
  part?: string | null;
  baskets: number;
  readonly customers: Set<string>;
  transactions: number;
  items: number;
  transactionsShown: number;
  transactionsAttached: number;
  shown: number;
  accepted: number;
  declined: number;
  notOffered: number;
  readonly money: Map<string, MoneySums>;
}

interface MoneySums {
  transactions: number;
  revenueMinor: number;
  refundedMinor: number;
  costedRevenueMinor: number;
  costMinor: number;
  upsellRevenueMinor: number;
  upsellCostedRevenueMinor: number;
  upsellCostMinor: number;
}

function emptySums(): Sums {
  return {
    ...{ baskets: 0, customers: new Set<string>(), transactions: 0, items: 0 },
    ...{ transactionsShown: 0, transactionsAttached: 0, shown: 0, accepted: 0, declined: 0, notOffered: 0 },
    money: new Map<string, MoneySums>(),
  };
}

function addTo(sums: Sums, { sold, customer, items, suggestions, money }: BasketOutcome): void {
  sums.baskets++;
  if (customer !== undefined) sums.customers.add(customer);
  sums.shown += suggestions.shown;
  sums.accepted += suggestions.accepted;
  sums.declined += suggestions.declined;
  sums.notOffered += suggestions.notOffered;
  if (!sold) return;
  sums.transactions++;
  sums.items += items;
  if (suggestions.shown > 0) sums.transactionsShown++;
  if (suggestions.bought > 0) sums.transactionsAttached++;
  for (const amounts of money) addMoney(sums.money, amounts);
}

function addMoney(sums: Map<string, MoneySums>, amounts: BasketMoney): void {
  const { currency, upsell } = amounts;
  const sum = sums.get(currency) ?? {
    ...{ transactions: 0, revenueMinor: 0, refundedMinor: 0, costedRevenueMinor: 0, costMinor: 0 },
    ...{ upsellRevenueMinor: 0, upsellCostedRevenueMinor: 0, upsellCostMinor: 0 },
  };
  sums.set(currency, sum);
  sum.transactions++;
  sum.revenueMinor += amounts.revenueMinor;
  sum.refundedMinor += amounts.refundedMinor;
  sum.costedRevenueMinor += amounts.costedRevenueMinor;
  sum.costMinor += amounts.costMinor;
  sum.upsellRevenueMinor += upsell.revenueMinor;
  sum.upsellCostedRevenueMinor += upsell.costedRevenueMinor;
  sum.upsellCostMinor += upsell.costMinor;
}

function rowOf(sums: Sums): SalesRow {
  const { customers, money, ...counts } = sums;
  const said = counts.accepted + counts.declined;
  return {
    ...counts,
    knownCustomers: customers.size,
    itemsPerTransaction: ratio(counts.items, counts.transactions),
    attachRate: ratio(counts.transactionsAttached, counts.transactionsShown),
    acceptance: ratio(counts.accepted, said),
    notOfferedShare: ratio(counts.notOffered, said + counts.notOffered),
    money: [...money].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, sum]) => moneyRow(currency, sum)),
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

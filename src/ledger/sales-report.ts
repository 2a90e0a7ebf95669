import type { BasketOutcome } from './basket-outcome.ts';
import { type BusinessCalendar, businessDay, type PeriodLength, periodName } from './business-calendar.ts';
import { fromMinorUnits } from './money.ts';
import { IS_SOLD, OutcomeTable, type SalesColumns } from './outcome-columns.ts';
import type { OutcomeNames } from './outcome-names.ts';

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

/** Outcomes that are added up at once. */
const PENDING_MAX = 4096;

/**
 * Adds up outcomes. A basket belongs to the business day of its first receipt, else to that of its first decision, and
 * to the store, channel and agent of its receipt, else to those of its decision. Refunds count where the sale counts.
 */
export class SalesTally {
  readonly #options: SalesReportOptions;
  readonly #pending = new OutcomeTable();
  readonly #rows: Sums[] = [];
  /** Period, then part → place in #rows. */
  readonly #rowOf = new Map<string, Map<number, number>>();
  readonly #partCodes = new Map<string | null | undefined, number>();
  /** Of `#names`, by the code of a place: the code of its part, or NOT_SELECTED. */
  #placeParts: number[] = [];
  #names: OutcomeNames | undefined;
  #target = new Int32Array(0);

  constructor(options: SalesReportOptions) {
    this.#options = options;
  }

  add(outcome: BasketOutcome): void {
    this.#pending.add(outcome);
    if (this.#pending.count === PENDING_MAX) this.#addPending();
  }

  /** All of one tally have the same names. */
  addColumns(columns: SalesColumns): void {
    const { count, baskets, moneyCount, money } = columns;
    this.#readPlaces(columns.names);
    if (this.#target.length < count) this.#target = new Int32Array(count);
    const target = this.#target;
    this.#findRows(columns, target);
    for (let at = 0; at < count; at++) {
      const row = target[at]!;
      if (row !== NOT_SELECTED) addBasket(this.#rows[row]!, baskets, at);
    }
    for (let at = 0; at < moneyCount; at++) {
      const row = target[money.basket[at]!]!;
      if (row !== NOT_SELECTED) addMoney(this.#rows[row]!.money, money, at);
    }
  }

  report(): SalesReport {
    this.#addPending();
    const total = emptySums();
    for (const sums of this.#rows) addSums(total, sums);
    const currencies = this.#names?.currencies ?? [];
    const sorted = this.#rows
      .map((sums) => ({ sums, key: `${sums.period} ${sums.part === null ? '' : `:${sums.part}`}` }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    return { rows: sorted.map(({ sums }) => rowOf(sums, currencies)), total: rowOf(total, currencies) };
  }

  #addPending(): void {
    if (this.#pending.count === 0) return;
    this.addColumns(this.#pending);
    this.#pending.empty();
  }

  /** The row of each basket, NOT_SELECTED where it is not in the report. */
  #findRows({ count, baskets }: SalesColumns, target: Int32Array): void {
    const { selection, calendar, by } = this.#options;
    let known: { day: number; rows: Map<number, number> | undefined } | undefined;
    for (let at = 0; at < count; at++) {
      target[at] = NOT_SELECTED;
      const part = this.#placeParts[baskets.place[at]!]!;
      if (baskets.state[at] === 0 || part === NOT_SELECTED) continue;
      const day = businessDay(calendar, baskets.atMs[at]!);
      if (known?.day !== day) {
        const isInside = day >= selection.fromDay && day <= selection.toDay;
        known = { day, rows: isInside ? this.#rowsOf(periodName(day, by)) : undefined };
      }
      if (!known.rows) continue;
      target[at] = known.rows.get(part) ?? this.#newRow(known.rows, periodName(day, by), part);
    }
  }

  #rowsOf(period: string): Map<number, number> {
    const rows = this.#rowOf.get(period) ?? new Map<number, number>();
    this.#rowOf.set(period, rows);
    return rows;
  }

  #newRow(rows: Map<number, number>, period: string, partCode: number): number {
    const part = [...this.#partCodes.keys()][partCode];
    const row = this.#rows.push({ ...emptySums(), period, ...(part !== undefined && { part }) }) - 1;
    rows.set(partCode, row);
    return row;
  }

  #readPlaces(names: OutcomeNames): void {
    if (this.#names !== names) this.#placeParts = [];
    this.#names = names;
    const { selection, split } = this.#options;
    for (const place of names.places.slice(this.#placeParts.length)) {
      const isSelected = (['storeId', 'agentId', 'channel'] as const).every(
        (field) => selection[field] === undefined || place[field] === selection[field],
      );
      const part = split && (place[SPLIT_FIELDS[split]] ?? null);
      if (isSelected && !this.#partCodes.has(part)) this.#partCodes.set(part, this.#partCodes.size);
      this.#placeParts.push(isSelected ? this.#partCodes.get(part)! : NOT_SELECTED);
    }
  }
}

const NOT_SELECTED = -1;
const SPLIT_FIELDS = { store: 'storeId', agent: 'agentId', channel: 'channel' } as const;

interface Sums {
  period?: string;
  part?: string | null;
  baskets: number;
  readonly customers: Set<number>;
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

function emptySums(): Sums {
  return {
    ...{ baskets: 0, customers: new Set<number>(), transactions: 0, items: 0 },
    ...{ transactionsShown: 0, transactionsAttached: 0, shown: 0, accepted: 0, declined: 0, notOffered: 0 },
    money: new Map<number, MoneySums>(),
  };
}

function addBasket(sums: Sums, baskets: SalesColumns['baskets'], at: number): void {
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

function addMoney(sums: Map<number, MoneySums>, money: SalesColumns['money'], at: number): void {
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

function addSums(total: Sums, sums: Sums): void {
  for (const count of COUNTS) total[count] += sums[count];
  for (const customer of sums.customers) total.customers.add(customer);
  for (const [currency, amounts] of sums.money) {
    const sum = moneyIn(total.money, currency);
    sum.transactions += amounts.transactions;
    for (const amount of MONEY_SUMS) sum[amount] += amounts[amount];
  }
}

function rowOf(sums: Sums, currencies: readonly string[]): SalesRow {
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

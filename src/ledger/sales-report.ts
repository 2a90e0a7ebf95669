import type { BasketOutcome } from './basket-outcome.ts';
import { isPlaceSelected } from './basket-place.ts';
import { type BusinessCalendar, businessDay, type PeriodLength, periodName } from './business-calendar.ts';
import type { DaySpan } from './compared-spans.ts';
import { getOrMake } from './get-or-make.ts';
import { OutcomeTable, type SalesColumns } from './outcome-columns.ts';
import type { OutcomeNames } from './outcome-names.ts';
import {
  addBasket,
  addMoney,
  addSums,
  emptySums,
  type SalesRow,
  type SalesSums,
  salesRow,
} from './sales-sums.ts';

/** Part of the trade that a report is about; an absent field means all. */
export interface ReportSelection extends DaySpan {
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
  readonly #rows: SalesSums[] = [];
  /** Period, then part → place in #rows. */
  readonly #rowOf = new Map<string, Map<number, number>>();
  readonly #partCodes = new Map<string | null | undefined, number>();
  /** Parts by their codes. */
  readonly #parts: (string | null | undefined)[] = [];
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
    return { rows: sorted.map(({ sums }) => salesRow(sums, currencies)), total: salesRow(total, currencies) };
  }

  /** Rows of the periods alone, where those of the report are split; in no order. */
  periodRows(): SalesRow[] {
    this.#addPending();
    const periods = new Map<string | undefined, SalesSums>();
    for (const sums of this.#rows) {
      addSums(
        getOrMake(periods, sums.period, () => ({ ...emptySums(), period: sums.period! })),
        sums,
      );
    }
    return [...periods.values()].map((sums) => salesRow(sums, this.#names?.currencies ?? []));
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
        known = {
          day,
          rows: isInside
            ? getOrMake(this.#rowOf, periodName(day, by), () => new Map<number, number>())
            : undefined,
        };
      }
      if (!known.rows) continue;
      target[at] = known.rows.get(part) ?? this.#newRow(known.rows, periodName(day, by), part);
    }
  }

  #newRow(rows: Map<number, number>, period: string, partCode: number): number {
    const part = this.#parts[partCode];
    const row = this.#rows.push({ ...emptySums(), period, ...(part !== undefined && { part }) }) - 1;
    rows.set(partCode, row);
    return row;
  }

  #readPlaces(names: OutcomeNames): void {
    if (this.#names !== names) this.#placeParts = [];
    this.#names = names;
    const { selection, split } = this.#options;
    for (const place of names.places.slice(this.#placeParts.length)) {
      const isSelected = isPlaceSelected(selection, place);
      const part = split && (place[SPLIT_FIELDS[split]] ?? null);
      const codeOf = () => getOrMake(this.#partCodes, part, () => this.#parts.push(part) - 1);
      this.#placeParts.push(isSelected ? codeOf() : NOT_SELECTED);
    }
  }
}

const NOT_SELECTED = -1;
const SPLIT_FIELDS = { store: 'storeId', agent: 'agentId', channel: 'channel' } as const;

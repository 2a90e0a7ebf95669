import type { BasketOutcome } from './basket-outcome.ts';
import { isPlaceSelected } from './basket-place.ts';
import { type BusinessCalendar, type PeriodLength, periodName } from './business-calendar.ts';
import type { DaySpan } from './compared-spans.ts';
import { type DaySums, sumByDay } from './day-sums.ts';
import { getOrMake } from './get-or-make.ts';
import { OutcomeTable } from './outcome-columns.ts';
import type { OutcomeNames } from './outcome-names.ts';
import { addDaySums, addSums, emptySums, type SalesRow, type SalesSums, salesRow } from './sales-sums.ts';

/** Part of the trade that a report is about; an absent field means all. */
export interface ReportSelection extends DaySpan {
  readonly storeId?: string;
  readonly agentId?: string;
  readonly channel?: string;
}

/** Splits each period into rows, one for each store, agent or channel. */
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

/** The rows of one period by the code of their part. */
interface PeriodRows {
  readonly period: string;
  readonly byPart: Map<number, SalesSums>;
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
  /** The periods of #rows. */
  readonly #periods = new Map<string, PeriodRows>();
  readonly #partCodes = new Map<string | null | undefined, number>();
  /** Parts by their codes. */
  readonly #parts: (string | null | undefined)[] = [];
  /** Of `#names`, by the code of a place: the code of its part, or NOT_SELECTED. */
  #placeParts: number[] = [];
  #names: OutcomeNames | undefined;

  constructor(options: SalesReportOptions) {
    this.#options = options;
  }

  add(outcome: BasketOutcome): void {
    this.#pending.add(outcome);
    if (this.#pending.count === PENDING_MAX) this.#addPending();
  }

  /** @param sums by the calendar of the report @param names what their codes stand for; all sums of one tally have the same */
  addDays(sums: DaySums, names: OutcomeNames): void {
    this.#readPlaces(names);
    addDaySums(this.#rowsOf(sums.groups), sums);
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

  /** Rows by period alone, for a report that is split; in no particular order. */
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
    this.addDays(sumByDay(this.#pending, this.#options.calendar), this.#pending.names);
    this.#pending.empty();
  }

  /** The row of each group, undefined where it is not in the report. */
  #rowsOf({ count, columns }: DaySums['groups']): (SalesSums | undefined)[] {
    const { selection, by } = this.#options;
    const rows: (SalesSums | undefined)[] = [];
    let known: { day: number; ofPeriod: PeriodRows } | undefined;
    for (let at = 0; at < count; at++) {
      const part = this.#placeParts[columns.place[at]!]!;
      const day = columns.day[at]!;
      const isInside = part !== NOT_SELECTED && day >= selection.fromDay && day <= selection.toDay;
      if (isInside && known?.day !== day) known = { day, ofPeriod: this.#ofPeriod(periodName(day, by)) };
      rows.push(isInside ? this.#row(known!.ofPeriod, part) : undefined);
    }
    return rows;
  }

  #ofPeriod(period: string): PeriodRows {
    return getOrMake(this.#periods, period, () => ({ period, byPart: new Map<number, SalesSums>() }));
  }

  #row({ period, byPart }: PeriodRows, partCode: number): SalesSums {
    // Called for each group of each segment: getOrMake would need a new closure each time.
    const known = byPart.get(partCode);
    if (known) return known;
    const part = this.#parts[partCode];
    const row = part === undefined ? { period, ...emptySums() } : { period, part, ...emptySums() };
    byPart.set(partCode, row);
    this.#rows.push(row);
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

import type { ReceiptProduct } from './basket-book.ts';
import type { BasketOutcome, FirstDecision } from './basket-outcome.ts';
import { isPlaceSelected, type Place } from './basket-place.ts';
import { type BusinessCalendar, businessDay, wallHour } from './business-calendar.ts';
import type { CategoryMetrics, CategorySums } from './category-sums.ts';
import { ClusterNumbers } from './cluster-numbers.ts';
import { frequentLevels } from './frequent-levels.ts';
import { getOrMake } from './get-or-make.ts';
import {
  IS_DECIDED,
  IS_SOLD,
  IS_TREATED,
  OutcomeTable,
  type SalesColumns,
  type UpliftColumns,
} from './outcome-columns.ts';
import type { OutcomeNames } from './outcome-names.ts';
import type { ReportSelection } from './sales-report.ts';

/** The metrics whose increase is measured, per basket; money in minor units of the experiment's one currency. */
export const METRICS = ['margin', 'revenue', 'items', 'upsellMargin'] as const;

/** Parts that are looked at apart: by the first decision's place, or by whether the customer had paid a basket before it. */
export const BASKET_SPLITS = ['store', 'agent', 'channel', 'customer'] as const;
export type BasketSplit = (typeof BASKET_SPLITS)[number];

/** Baskets of the experiment as columns, in the order of their first decisions. */
export interface Experiment {
  readonly count: number;
  /** [count] 1 for treatment, 0 for holdout */
  readonly isTreated: Uint8Array;
  /** [count] chance of `holdout` that the basket had */
  readonly holdoutShare: Float64Array;
  /** [count] number of the customer, or of the basket alone where the customer is not known */
  readonly cluster: Int32Array;
  readonly clusterCount: number;
  readonly covariateCount: number;
  /** [count × covariateCount] what was known before the first offer, row by row */
  readonly covariates: Float32Array;
  /** [METRICS][count] */
  readonly metrics: readonly Float64Array[];
  /** [count] number of the basket's part; 0 for all without a split */
  readonly part: Int32Array;
  /** Names of the parts; null for baskets whose part is not known, and without a split */
  readonly parts: readonly (string | null)[];
  /** The metrics of each category apart, to be read once; absent where they were not asked for */
  readonly categories?: Iterable<CategoryMetrics>;
  /** Currencies of the receipts; with more than one, money cannot be compared. */
  readonly currencies: readonly string[];
  /** Share of the revenue whose cost is known; 0 without revenue. */
  readonly costKnownShare: number;
}

const PLAIN_COVARIATES = 4;
/** Baskets written between two yields: about a millisecond. */
const SLICE = 2000;

/**
 * Collects the baskets of the experiment: decided on with an offer in view and a chance of either arm, by the business
 * day, store, channel and agent of their **first decision**, because what came after may be an effect of the offer. A basket
 * that was never paid counts with zero; one that was sold without a decision is not in it.
 *
 * Covariates: basket value and lines at the first decision, the whole hour as sine and cosine, stores and channels with enough
 * baskets. The columns are the same to the last digit in whatever order the baskets were added.
 */
export class ExperimentBuilder {
  readonly #selection: ReportSelection;
  readonly #calendar: BusinessCalendar;
  readonly #split: BasketSplit | undefined;
  readonly #categories: CategorySums | undefined;
  /** When a customer first paid, by the customer's number; kept for that split only. */
  readonly #firstPaidMs = new Map<number, number>();
  readonly #pending = new OutcomeTable();
  #pendingProducts: (readonly ReceiptProduct[])[] = [];
  readonly #rows = emptyRows();
  /** Of `#names`, by the code of a place. */
  #isPlaceSelected: boolean[] = [];
  #names: OutcomeNames | undefined;
  readonly #currencies = new Set<number>();
  #revenueMinor = 0;
  #costedRevenueMinor = 0;

  /** @param split which parts the baskets belong to, or where their metrics are added up by category */
  constructor(selection: ReportSelection, calendar: BusinessCalendar, split?: BasketSplit | CategorySums) {
    this.#selection = selection;
    this.#calendar = calendar;
    if (typeof split === 'string') this.#split = split;
    else this.#categories = split;
  }

  /** @param products of the basket, where categories are added up */
  add(outcome: BasketOutcome, products: readonly ReceiptProduct[] = []): void {
    this.#pending.add(outcome);
    this.#pendingProducts.push(products);
    if (this.#pending.count === SLICE) this.#addPending();
  }

  /** Tells who had paid before: wanted of all receipts up to the last day when the split is by customer. */
  addVisits({ count, baskets }: SalesColumns): void {
    for (let at = 0; at < count; at++) {
      const customer = baskets.customer[at]!;
      if (customer === 0 || (baskets.state[at]! & IS_SOLD) === 0) continue;
      const known = this.#firstPaidMs.get(customer) ?? Number.POSITIVE_INFINITY;
      this.#firstPaidMs.set(customer, Math.min(known, baskets.atMs[at]!));
    }
  }

  /**
   * All of one experiment have the same names.
   *
   * @returns the row that each basket got, −1 where it is not in the experiment
   */
  addColumns({ count, baskets, moneyCount, money, names }: UpliftColumns): Int32Array {
    this.#readPlaces(names);
    const rows = this.#rows;
    const rowOf = new Int32Array(count).fill(-1);
    for (let at = 0; at < count; at++) {
      const holdoutShare = baskets.holdoutShare[at]!;
      if (!(holdoutShare > 0 && holdoutShare < 1)) continue;
      if ((baskets.state[at]! & IS_DECIDED) === 0 || !this.#isSelected(baskets, at)) continue;
      rowOf[at] = rows.atMs.length;
      rows.atMs.push(baskets.decidedAtMs[at]!);
      rows.order.push(baskets.order[at]!);
      rows.isTreated.push((baskets.state[at]! & IS_TREATED) === 0 ? 0 : 1);
      rows.holdoutShare.push(holdoutShare);
      rows.place.push(baskets.decidedPlace[at]!);
      rows.customer.push(baskets.customer[at]!);
      rows.basketValue.push(baskets.basketValue[at]!);
      rows.lines.push(baskets.lines[at]!);
      rows.items.push(baskets.items[at]!);
      rows.marginMinor.push(0);
      rows.revenueMinor.push(0);
      rows.upsellMarginMinor.push(0);
    }
    for (let at = 0; at < moneyCount; at++) {
      const row = rowOf[money.basket[at]!]!;
      if (row < 0) continue;
      const [revenue, costed] = [money.revenueMinor[at]!, money.costedRevenueMinor[at]!];
      this.#currencies.add(money.currency[at]!);
      this.#revenueMinor += revenue;
      this.#costedRevenueMinor += costed;
      rows.marginMinor[row]! += costed - money.costMinor[at]!;
      rows.revenueMinor[row]! += revenue;
      rows.upsellMarginMinor[row]! += money.upsellCostedRevenueMinor[at]! - money.upsellCostMinor[at]!;
    }
    return rowOf;
  }

  /** The columns; yields now and then so that the caller can let others run. */
  *build(): Generator<void, Experiment> {
    this.#addPending();
    const rows = this.#rows;
    const places = this.#names?.places ?? [];
    const stores = frequentLevels(rows, places, 'storeId');
    const channels = frequentLevels(rows, places, 'channel');
    const clusters = new ClusterNumbers<number>();
    const count = rows.atMs.length;
    const covariateCount = PLAIN_COVARIATES + stores.size + channels.size;
    const experiment = {
      count,
      isTreated: new Uint8Array(count),
      holdoutShare: new Float64Array(count),
      cluster: new Int32Array(count),
      covariateCount,
      covariates: new Float32Array(count * covariateCount),
      metrics: METRICS.map(() => new Float64Array(count)),
      part: new Int32Array(count),
      currencies: [...this.#currencies].map((code) => this.#names!.currencies[code]!).sort(),
      costKnownShare: this.#revenueMinor > 0 ? this.#costedRevenueMinor / this.#revenueMinor : 0,
    };
    const [margin, revenue, items, upsellMargin] = experiment.metrics as FourColumns;
    const parts = new Map<string | null, number>();
    const placeOf = new Int32Array(count);
    let at = 0;
    for (const row of inOrder(rows)) {
      if (at % SLICE === SLICE - 1) yield;
      placeOf[row] = at;
      experiment.isTreated[at] = rows.isTreated[row]!;
      experiment.holdoutShare[at] = rows.holdoutShare[row]!;
      experiment.cluster[at] = clusters.next(rows.customer[row]! || undefined);
      margin[at] = rows.marginMinor[row]!;
      revenue[at] = rows.revenueMinor[row]!;
      items[at] = rows.items[row]!;
      upsellMargin[at] = rows.upsellMarginMinor[row]!;
      experiment.part[at] = getOrMake(parts, this.#partOf(row), () => parts.size);
      const turn = (Math.floor(wallHour(this.#calendar, rows.atMs[row]!)) / 24) * 2 * Math.PI;
      const start = at++ * covariateCount;
      experiment.covariates[start] = rows.basketValue[row]!;
      experiment.covariates[start + 1] = rows.lines[row]!;
      experiment.covariates[start + 2] = Math.sin(turn);
      experiment.covariates[start + 3] = Math.cos(turn);
      const { storeId, channel } = places[rows.place[row]!]!;
      const store = stores.get(storeId ?? '');
      if (store !== undefined) experiment.covariates[start + PLAIN_COVARIATES + store] = 1;
      const level = channels.get(channel ?? '');
      if (level !== undefined) experiment.covariates[start + PLAIN_COVARIATES + stores.size + level] = 1;
    }
    return {
      ...{ ...experiment, clusterCount: clusters.count, parts: [...parts.keys()] },
      ...(this.#categories && { categories: this.#categories.metrics(placeOf) }),
    };
  }

  /** The part of a row; null where it has none. */
  #partOf(row: number): string | null {
    const { place, customer, atMs } = this.#rows;
    const { storeId, agentId, channel } = this.#names!.places[place[row]!]!;
    if (this.#split === 'store') return storeId ?? null;
    if (this.#split === 'agent') return agentId ?? null;
    if (this.#split === 'channel') return channel ?? null;
    if (this.#split === undefined || customer[row] === 0) return null;
    return (this.#firstPaidMs.get(customer[row]!) ?? Number.POSITIVE_INFINITY) < atMs[row]!
      ? 'existing'
      : 'new';
  }

  #addPending(): void {
    if (this.#pending.count === 0) return;
    const rowOf = this.addColumns(this.#pending);
    for (const [at, products] of this.#pendingProducts.entries())
      if (rowOf[at]! >= 0) this.#categories?.add(rowOf[at]!, products);
    if (this.#split === 'customer') this.addVisits(this.#pending);
    this.#pending.empty();
    this.#pendingProducts = [];
  }

  #isSelected({ decidedAtMs, decidedPlace }: UpliftColumns['baskets'], at: number): boolean {
    if (!this.#isPlaceSelected[decidedPlace[at]!]) return false;
    const day = businessDay(this.#calendar, decidedAtMs[at]!);
    return day >= this.#selection.fromDay && day <= this.#selection.toDay;
  }

  #readPlaces(names: OutcomeNames): void {
    if (this.#names !== names) this.#isPlaceSelected = [];
    this.#names = names;
    for (const place of names.places.slice(this.#isPlaceSelected.length)) {
      this.#isPlaceSelected.push(isPlaceSelected(this.#selection, place));
    }
  }
}

/** Whether a decision belongs to a part of the trade, by its own business day, store, channel and agent. */
export function isDecidedIn(
  selection: ReportSelection,
  calendar: BusinessCalendar,
  decided: Pick<FirstDecision, 'atMs'> & Partial<Place>,
): boolean {
  if (!isPlaceSelected(selection, decided)) return false;
  const day = businessDay(calendar, decided.atMs);
  return day >= selection.fromDay && day <= selection.toDay;
}

type FourColumns = [Float64Array, Float64Array, Float64Array, Float64Array];

/** What is kept of the baskets until all are there, column by column. */
type Rows = ReturnType<typeof emptyRows>;

function emptyRows() {
  const column = (): number[] => [];
  return {
    ...{ atMs: column(), order: column(), isTreated: column(), holdoutShare: column(), place: column() },
    ...{ customer: column(), basketValue: column(), lines: column() },
    ...{ items: column(), marginMinor: column(), revenueMinor: column(), upsellMarginMinor: column() },
  };
}

/** The rows in the order of their first decisions: sums of fractions depend on it. */
function inOrder({ atMs, order }: Rows): Uint32Array {
  const sorted = Uint32Array.from(atMs, (_, row) => row);
  const compare = (a: number, b: number) => atMs[a]! - atMs[b]! || order[a]! - order[b]!;
  const isInOrder = sorted.every((row) => row === 0 || compare(row - 1, row) <= 0);
  return isInOrder ? sorted : sorted.sort(compare);
}

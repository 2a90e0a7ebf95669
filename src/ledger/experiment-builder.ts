import type { ReceiptProduct } from './basket-book.ts';
import type { BasketOutcome } from './basket-outcome.ts';
import { isPlaceSelected } from './basket-place.ts';
import { type BusinessCalendar, businessDay } from './business-calendar.ts';
import type { CategorySums } from './category-sums.ts';
import { ClusterNumbers } from './cluster-numbers.ts';
import { covariatesOf, levelCovariates } from './covariates.ts';
import { CustomerKinds } from './customer-kinds.ts';
import { DrawnCustomers } from './drawn-customers.ts';
import type { BasketSplit, Experiment } from './experiment.ts';
import { getOrMake } from './get-or-make.ts';
import { MetricSums } from './metric-sums.ts';
import {
  HAS_CROSSED,
  IS_DECIDED,
  IS_DRAWN_FOR_CUSTOMER,
  IS_NAMED_AT_FIRST,
  IS_TREATED,
  numbering,
  OutcomeTable,
  type SalesColumns,
  type UpliftColumns,
} from './outcome-columns.ts';
import { OutcomeNames } from './outcome-names.ts';
import { PastReceipts } from './past-receipts.ts';
import { ProductTable } from './product-columns.ts';
import { inOrder } from './row-order.ts';
import type { ReportSelection } from './sales-report.ts';
import { fillColumn } from './slices.ts';

/** Outcomes that are turned into columns together. */
const OUTCOMES_AT_ONCE = 2000;

const PLACE_FIELDS = { store: 'storeId', agent: 'agentId', channel: 'channel' } as const;

/**
 * Collects the baskets of the experiment: those with a decision and a chance of either arm, selected by the business day, store, channel
 * and agent of their **first decision**, because what came after may be an effect of the offer. A basket that was never paid counts with
 * zero; one that was sold without a decision is not in it.
 *
 * Where arms are drawn for customers, it collects these too. The columns are the same to the last digit in whatever order the baskets were
 * added.
 */
export class ExperimentBuilder {
  readonly #selection: ReportSelection;
  readonly #calendar: BusinessCalendar;
  readonly #split: BasketSplit | undefined;
  readonly #categories: CategorySums | undefined;
  readonly #kinds: CustomerKinds;
  readonly #pending: OutcomeTable;
  readonly #drawnPast: OutcomeTable;
  readonly #pendingProducts = new ProductTable();
  readonly #rows = emptyRows();
  readonly #sums = new MetricSums();
  readonly #customers: DrawnCustomers;
  readonly #receipts: PastReceipts;
  /** For places of `#names`, by their code. */
  #isPlaceSelected: boolean[] = [];
  #names: OutcomeNames | undefined;

  /** @param split which parts the baskets belong to, or where their metrics are added up by category */
  constructor(selection: ReportSelection, calendar: BusinessCalendar, split?: BasketSplit | CategorySums) {
    this.#selection = selection;
    this.#calendar = calendar;
    this.#kinds = new CustomerKinds(calendar);
    this.#customers = new DrawnCustomers(selection, calendar);
    this.#receipts = new PastReceipts(selection, calendar);
    const codes = numbering();
    this.#pending = new OutcomeTable(undefined, codes);
    this.#drawnPast = new OutcomeTable(this.#pending.names, codes);
    if (typeof split === 'string') this.#split = split;
    else this.#categories = split;
  }

  /** @param products of the basket, where categories are added up */
  add(outcome: BasketOutcome, products: readonly ReceiptProduct[] = []): void {
    this.#pendingProducts.add(this.#pending.count, products);
    this.#pending.add(outcome);
    if (this.#pending.count === OUTCOMES_AT_ONCE) this.#addPending();
  }

  /** Notes who paid when. If the split is by customer, this needs all receipts up to the last day. */
  addVisits(columns: SalesColumns): void {
    this.#kinds.addVisits(columns);
  }

  /** Whether arms were drawn for customers; if so, their past is needed too. Call after all baskets are added. */
  hasDrawnCustomers(): boolean {
    this.#addPending();
    return this.#rows.hasDrawn;
  }

  /** Finds customers' first baskets. Needs all that were decided on up to the last day, whatever the first day and the place. */
  meetCustomers(columns: UpliftColumns): void {
    this.#readPlaces(columns.names);
    this.#customers.meet(columns);
  }

  /** Takes the same baskets again, after `meetCustomers` has seen all. */
  addDrawnPastColumns(columns: UpliftColumns): void {
    this.#customers.addPast(columns);
  }

  /** The same for one that `add` has seen. */
  addDrawnPast(outcome: BasketOutcome): void {
    this.#drawnPast.add(outcome);
    if (this.#drawnPast.count === OUTCOMES_AT_ONCE) this.#addPastPending();
  }

  /** Whether earlier payments of known customers are needed. Call after all baskets are added. */
  hasKnownCustomers(): boolean {
    this.#addPending();
    return !this.#rows.hasDrawn && this.#rows.state.some((state) => (state & IS_NAMED_AT_FIRST) !== 0);
  }

  /** Notes what they paid. Needs all baskets decided on from PAST_DAYS before the first day up to the last, whatever the place. */
  addPastReceipts(columns: UpliftColumns): void {
    this.#receipts.add(columns);
  }

  /**
   * All columns of one experiment must have the same names.
   *
   * @returns the row that each basket got, −1 where it is not in the experiment
   */
  addColumns(columns: UpliftColumns): Int32Array {
    const { count, baskets, names } = columns;
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
      rows.state.push(baskets.state[at]!);
      rows.hasDrawn ||= (baskets.state[at]! & IS_DRAWN_FOR_CUSTOMER) !== 0;
      rows.holdoutShare.push(holdoutShare);
      rows.place.push(baskets.decidedPlace[at]!);
      rows.customer.push(baskets.customer[at]!);
      rows.basketValue.push(baskets.basketValue[at]!);
      rows.lines.push(baskets.lines[at]!);
      this.#sums.addRow(baskets.items[at]!);
    }
    this.#sums.addMoney(columns, rowOf);
    return rowOf;
  }

  /** The columns; yields now and then so that the caller can let others run. */
  *build(): Generator<void, Experiment> {
    this.#addPending();
    this.#addPastPending();
    const { state, customer, holdoutShare, hasDrawn } = this.#rows;
    const names = this.#names ?? new OutcomeNames();
    const count = state.length;
    const order = inOrder(this.#rows);
    const clusters = new ClusterNumbers<number>();
    const bits = (bit: number) =>
      fillColumn(new Uint8Array(count), order, (row) => ((state[row]! & bit) === 0 ? 0 : 1));
    const arms = {
      isTreated: yield* bits(IS_TREATED),
      isDrawnForCustomer: yield* bits(IS_DRAWN_FOR_CUSTOMER),
    };
    const experiment = {
      ...arms,
      count,
      currencyNames: names.currencies,
      holdoutShare: yield* fillColumn(new Float64Array(count), order, (row) => holdoutShare[row]!),
      cluster: yield* fillColumn(new Int32Array(count), order, (row) =>
        clusters.next(customer[row] || undefined),
      ),
      hasCrossed: yield* fillColumn(new Uint8Array(count), order, (row) => Number(this.#hasCrossed(row))),
      ...(yield* this.#covariates(order, names, arms)),
      ...(yield* this.#sums.inOrder(order)),
    };
    const placeOf = new Int32Array(count);
    for (const [at, row] of order.entries()) placeOf[row] = at;
    return {
      ...experiment,
      clusterCount: clusters.count,
      ...(hasDrawn && { customers: yield* this.#drawnCustomers(order, experiment, names) }),
      ...(this.#split && { split: this.#partsOf(order, this.#split) }),
      ...(this.#categories && { categories: this.#categories.metrics(placeOf) }),
    };
  }

  *#covariates(
    order: Uint32Array,
    { places, currencies }: OutcomeNames,
    arms: Pick<Experiment, 'isTreated' | 'isDrawnForCustomer'>,
  ) {
    const isTreated = this.#rows.state.map((state) => ((state & IS_TREATED) === 0 ? 0 : 1));
    const known = { ...this.#rows, isTreated };
    if (!this.#rows.hasDrawn) {
      const further = yield* this.#receipts.covariates(
        this.#rows,
        order,
        this.#sums.commonestCurrency(currencies),
      );
      return yield* covariatesOf({ ...known, further }, order, places, this.#calendar);
    }
    const own = order.filter((_, at) => arms.isDrawnForCustomer[at] === 0);
    const covariates = yield* covariatesOf(known, order, places, this.#calendar, own);
    yield* levelCovariates(covariates, arms.isTreated, arms.isDrawnForCustomer);
    return covariates;
  }

  *#drawnCustomers(
    order: Uint32Array,
    experiment: Pick<Experiment, 'count' | 'metrics'>,
    names: OutcomeNames,
  ) {
    const { state, customer } = this.#rows;
    const own = yield* fillColumn(new Int32Array(order.length), order, (row) =>
      (state[row]! & IS_DRAWN_FOR_CUSTOMER) === 0 ? 0 : customer[row]!,
    );
    return yield* this.#customers.build({ ...experiment, customer: own }, this.#isPlaceSelected, names);
  }

  /** Whether some decisions on a basket, or its customer's first, are of the other arm. */
  #hasCrossed(row: number): boolean {
    const state = this.#rows.state[row]!;
    if ((state & HAS_CROSSED) !== 0 || (state & IS_DRAWN_FOR_CUSTOMER) === 0)
      return (state & HAS_CROSSED) !== 0;
    return (this.#customers.armOf(this.#rows.customer[row]!) === 1) !== ((state & IS_TREATED) !== 0);
  }

  #partsOf(order: Uint32Array, split: BasketSplit): NonNullable<Experiment['split']> {
    const { place } = this.#rows;
    const byPlace = (field: 'storeId' | 'agentId' | 'channel') => (row: number) =>
      this.#names!.places[place[row]!]![field] ?? null;
    const nameOf = split === 'customer' ? this.#kinds.of(this.#rows) : byPlace(PLACE_FIELDS[split]);
    const numbers = new Map<string | null, number>();
    const part = Int32Array.from(order, (row) => getOrMake(numbers, nameOf(row), () => numbers.size));
    return { part, names: [...numbers.keys()] };
  }

  #addPending(): void {
    if (this.#pending.count === 0) return;
    const rowOf = this.addColumns(this.#pending);
    this.meetCustomers(this.#pending);
    this.addPastReceipts(this.#pending);
    this.#categories?.add(this.#pendingProducts, rowOf);
    if (this.#split === 'customer') this.addVisits(this.#pending);
    this.#pending.empty();
    this.#pendingProducts.empty();
  }

  #addPastPending(): void {
    if (this.#drawnPast.count > 0) this.addDrawnPastColumns(this.#drawnPast);
    this.#drawnPast.empty();
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

/** What is kept of the baskets until all are added, column by column. */
function emptyRows() {
  const column = (): number[] => [];
  return {
    atMs: column(),
    order: column(),
    state: column(),
    holdoutShare: column(),
    place: column(),
    customer: column(),
    basketValue: column(),
    lines: column(),
    /** Whether an arm was drawn for any customer. */
    hasDrawn: false,
  };
}

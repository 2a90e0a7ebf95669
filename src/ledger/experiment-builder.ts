import type { ReceiptProduct } from './basket-book.ts';
import type { BasketOutcome } from './basket-outcome.ts';
import { isPlaceSelected } from './basket-place.ts';
import { type BusinessCalendar, businessDay, wallHour } from './business-calendar.ts';
import type { CategorySums } from './category-sums.ts';
import { ClusterNumbers } from './cluster-numbers.ts';
import { type BasketSplit, currencyBit, type Experiment, METRICS, PLAIN_COVARIATES } from './experiment.ts';
import { frequentLevels } from './frequent-levels.ts';
import { getOrMake } from './get-or-make.ts';
import {
  IS_DECIDED,
  IS_NAMED_AT_FIRST,
  IS_SOLD,
  IS_TREATED,
  OutcomeTable,
  type SalesColumns,
  type UpliftColumns,
} from './outcome-columns.ts';
import type { OutcomeNames } from './outcome-names.ts';
import type { ReportSelection } from './sales-report.ts';
import { withheldGroups } from './withheld-groups.ts';

/** Baskets written between two yields: about a millisecond. */
const SLICE = 2000;

const PLACE_FIELDS = { store: 'storeId', agent: 'agentId', channel: 'channel' } as const;

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
      // What came back whole was no visit.
      if (customer === 0 || (baskets.state[at]! & IS_SOLD) === 0 || baskets.items[at] === 0) continue;
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
      rows.isNamed.push((baskets.state[at]! & IS_NAMED_AT_FIRST) === 0 ? 0 : 1);
      rows.holdoutShare.push(holdoutShare);
      rows.place.push(baskets.decidedPlace[at]!);
      rows.customer.push(baskets.customer[at]!);
      rows.basketValue.push(baskets.basketValue[at]!);
      rows.lines.push(baskets.lines[at]!);
      rows.items.push(baskets.items[at]!);
      rows.marginMinor.push(0);
      rows.revenueMinor.push(0);
      rows.upsellMarginMinor.push(0);
      rows.holdingSavedMinor.push(0);
      rows.costedMinor.push(0);
      rows.heldMinor.push(0);
      rows.paidIn.push(0);
    }
    for (let at = 0; at < moneyCount; at++) {
      const row = rowOf[money.basket[at]!]!;
      if (row < 0) continue;
      const [revenue, costed] = [money.revenueMinor[at]!, money.costedRevenueMinor[at]!];
      rows.paidIn[row]! |= currencyBit(money.currency[at]!);
      rows.costedMinor[row]! += costed;
      rows.heldMinor[row]! += money.heldRevenueMinor[at]!;
      rows.marginMinor[row]! += costed - money.costMinor[at]!;
      rows.revenueMinor[row]! += revenue;
      rows.upsellMarginMinor[row]! += money.upsellCostedRevenueMinor[at]! - money.upsellCostMinor[at]!;
      rows.holdingSavedMinor[row]! += money.holdingSavedMinor[at]!;
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
      costed: new Float64Array(count),
      held: new Float64Array(count),
      paidIn: new Int32Array(count),
      currencyNames: this.#names?.currencies ?? [],
    };
    const [margin, revenue, items, upsellMargin, holdingSaved] = experiment.metrics as FiveColumns;
    const order = inOrder(rows);
    const placeOf = new Int32Array(count);
    let at = 0;
    for (const row of order) {
      if (at % SLICE === SLICE - 1) yield;
      placeOf[row] = at;
      experiment.isTreated[at] = rows.isTreated[row]!;
      experiment.holdoutShare[at] = rows.holdoutShare[row]!;
      experiment.cluster[at] = clusters.next(rows.customer[row]! || undefined);
      margin[at] = rows.marginMinor[row]!;
      revenue[at] = rows.revenueMinor[row]!;
      items[at] = rows.items[row]!;
      upsellMargin[at] = rows.upsellMarginMinor[row]!;
      holdingSaved[at] = rows.holdingSavedMinor[row]!;
      experiment.costed[at] = rows.costedMinor[row]!;
      experiment.held[at] = rows.heldMinor[row]!;
      experiment.paidIn[at] = rows.paidIn[row]!;
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
      ...{ ...experiment, clusterCount: clusters.count },
      ...(this.#split && { split: this.#partsOf(order, this.#split) }),
      ...(this.#categories && { categories: this.#categories.metrics(placeOf) }),
    };
  }

  #partsOf(order: Uint32Array, split: BasketSplit): NonNullable<Experiment['split']> {
    const { place } = this.#rows;
    const byPlace = (field: 'storeId' | 'agentId' | 'channel') => (row: number) =>
      this.#names!.places[place[row]!]![field] ?? null;
    const nameOf = split === 'customer' ? this.#customerKinds() : byPlace(PLACE_FIELDS[split]);
    const numbers = new Map<string | null, number>();
    const part = Int32Array.from(order, (row) => getOrMake(numbers, nameOf(row), () => numbers.size));
    return { part, names: [...numbers.keys()] };
  }

  /**
   * Whether the customer of a row is new; null where the first decision did not name one: who is named later may be so because of
   * an offer. Existing are those who had paid on an earlier business day. Of fewer customers than may be told of, none are.
   */
  #customerKinds(): (row: number) => 'new' | 'existing' | null {
    const { customer, isNamed, atMs } = this.#rows;
    const dayOf = (ms: number) => businessDay(this.#calendar, ms);
    const kindOf = (row: number) => {
      if (customer[row] === 0 || !isNamed[row]) return null;
      const firstPaidMs = this.#firstPaidMs.get(customer[row]!);
      return firstPaidMs !== undefined && dayOf(firstPaidMs) < dayOf(atMs[row]!) ? 'existing' : 'new';
    };
    const customers = { new: new Set<number>(), existing: new Set<number>() };
    for (const [row, code] of customer.entries()) {
      const kind = kindOf(row);
      if (kind) customers[kind].add(code);
    }
    const [hidesNew, hidesExisting] = withheldGroups([customers.new.size, customers.existing.size]);
    return (row) => {
      const kind = kindOf(row);
      return (kind === 'new' && hidesNew) || (kind === 'existing' && hidesExisting) ? null : kind;
    };
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

type FiveColumns = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];

/** What is kept of the baskets until all are there, column by column. */
type Rows = ReturnType<typeof emptyRows>;

function emptyRows() {
  const column = (): number[] => [];
  return {
    ...{
      atMs: column(),
      order: column(),
      isTreated: column(),
      isNamed: column(),
      holdoutShare: column(),
      place: column(),
    },
    ...{ customer: column(), basketValue: column(), lines: column() },
    ...{ items: column(), marginMinor: column(), revenueMinor: column(), upsellMarginMinor: column() },
    ...{ costedMinor: column(), heldMinor: column(), holdingSavedMinor: column(), paidIn: column() },
  };
}

/** The rows in the order of their first decisions: sums of fractions depend on it. */
function inOrder({ atMs, order }: Rows): Uint32Array {
  const sorted = Uint32Array.from(atMs, (_, row) => row);
  const compare = (a: number, b: number) => atMs[a]! - atMs[b]! || order[a]! - order[b]!;
  const isInOrder = sorted.every((row) => row === 0 || compare(row - 1, row) <= 0);
  return isInOrder ? sorted : sorted.sort(compare);
}

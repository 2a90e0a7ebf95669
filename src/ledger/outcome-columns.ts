import type { BasketOutcome } from './basket-outcome.ts';
import { placeOf } from './basket-place.ts';
import { OutcomeNames } from './outcome-names.ts';
import { textHash } from './text-hash.ts';

/** The columns of a basket that each report reads. */
export const COMMON_BASKET_COLUMNS = ['state', 'customer', 'items', 'atMs'] as const;
export const SALES_BASKET_COLUMNS = [
  'place',
  ...(['shown', 'accepted', 'declined', 'notOffered', 'bought'] as const),
] as const;
export const UPLIFT_BASKET_COLUMNS = [
  ...(['decidedAtMs', 'decidedPlace', 'holdoutShare', 'basketValue', 'lines', 'order'] as const),
] as const;
/** Amounts of its money that sales are added up of, in whole minor units. */
export const AMOUNTS = [
  ...(['revenueMinor', 'refundedMinor', 'costedRevenueMinor', 'costMinor'] as const),
  ...(['upsellRevenueMinor', 'upsellCostedRevenueMinor', 'upsellCostMinor'] as const),
] as const;
/** The columns of its money that both read, one row for each currency of each basket. */
export const MONEY_COLUMNS = [
  ...(['basket', 'currency', ...AMOUNTS, 'heldRevenueMinor', 'holdingSavedMinor'] as const),
] as const;

/** The parts of baskets that agents share: a row for each agent of a basket, with the agent's own place; rows of one basket are together. */
export const SHARE_COLUMNS = ['basket', 'place', 'basisPoints'] as const;
export type ShareTable = Table<(typeof SHARE_COLUMNS)[number]>;

type CommonBasketColumn = (typeof COMMON_BASKET_COLUMNS)[number];
export type SalesBasketColumn = CommonBasketColumn | (typeof SALES_BASKET_COLUMNS)[number];
export type UpliftBasketColumn = CommonBasketColumn | (typeof UPLIFT_BASKET_COLUMNS)[number];
type MoneyColumn = (typeof MONEY_COLUMNS)[number];
export type BasketColumn = SalesBasketColumn | UpliftBasketColumn;

export type Columns<Name extends string> = Readonly<Record<Name, Float64Array>>;
/** Columns of at least [count] numbers each. */
export interface Table<Name extends string> {
  readonly count: number;
  readonly columns: Columns<Name>;
}

const TOTALS = [
  ...(['revenueMinor', 'refundedMinor', 'costedRevenueMinor', 'costMinor'] as const),
  ...(['heldRevenueMinor', 'holdingSavedMinor'] as const),
] as const;

/** Bits of `state`. */
export const IS_DECIDED = 1;
export const IS_SOLD = 2;
export const IS_TREATED = 4;
/** The first decision named the customer that the basket is counted for. */
export const IS_NAMED_AT_FIRST = 8;
/** The arm was drawn for the customer that the basket is counted for. */
export const IS_DRAWN_FOR_CUSTOMER = 16;
/** Its decisions are not all of one arm. */
export const HAS_CROSSED = 32;

/**
 * Outcomes of baskets as columns, so that a report adds them up without an object for each. `state` is 0 for a basket that was neither
 * decided on nor sold, and then none of its other columns count. `atMs` and `place` are those of the sales report: of the first receipt,
 * else of the first decision. `customer` is 0 where not known. `basket` is the row of the basket in these columns. `order` breaks ties of
 * `decidedAtMs`.
 */
export interface OutcomeColumns<Basket extends BasketColumn = BasketColumn> {
  readonly count: number;
  /** Each of at least [count]. */
  readonly baskets: Columns<Basket>;
  readonly moneyCount: number;
  /** Each of at least [moneyCount]. */
  readonly money: Columns<MoneyColumn>;
  readonly names: OutcomeNames;
}
export interface SalesColumns extends OutcomeColumns<SalesBasketColumn> {
  readonly shares: ShareTable;
}
export type UpliftColumns = OutcomeColumns<UpliftBasketColumn>;

const BASKET_COLUMNS = [...COMMON_BASKET_COLUMNS, ...SALES_BASKET_COLUMNS, ...UPLIFT_BASKET_COLUMNS] as const;

/** Where rows begin and end, exclusive. */
export interface RowSpan {
  readonly from: number;
  readonly to: number;
}

/** A table of outcomes that grows as they are written; the codes of names stay when it is emptied. */
export class OutcomeTable implements OutcomeColumns, SalesColumns {
  count = 0;
  moneyCount = 0;
  baskets = emptyColumns(BASKET_COLUMNS);
  money = emptyColumns(MONEY_COLUMNS);
  #shareCount = 0;
  #shares = emptyColumns(SHARE_COLUMNS);
  readonly names: OutcomeNames;
  readonly #customerCode: (customer: string) => number;

  constructor(names = new OutcomeNames(), customerCode = numbering()) {
    this.names = names;
    this.#customerCode = customerCode;
  }

  get shares(): ShareTable {
    return { count: this.#shareCount, columns: this.#shares };
  }

  empty(): void {
    this.count = 0;
    this.moneyCount = 0;
    this.#shareCount = 0;
  }

  /** Appends a row; undefined for a basket that has no outcome. */
  add(outcome: BasketOutcome | undefined): void {
    if (this.count === this.baskets.state.length) this.baskets = longerColumns(this.baskets);
    const at = this.count++;
    const { baskets, names } = this;
    for (const name of BASKET_COLUMNS) baskets[name][at] = 0;
    if (!outcome?.decided && !outcome?.sold) return;
    const { decided, sold, customer, suggestions } = outcome;
    baskets.state[at] = stateOf(outcome);
    baskets.customer[at] = customer === undefined ? 0 : this.#customerCode(customer);
    baskets.items[at] = outcome.items;
    baskets.atMs[at] = (sold ?? decided!).atMs;
    const place = placeOf(outcome);
    baskets.place[at] = names.placeCode(place);
    for (const count of ['shown', 'accepted', 'declined', 'notOffered', 'bought'] as const)
      baskets[count][at] = suggestions[count];
    if (decided) {
      baskets.decidedAtMs[at] = decided.atMs;
      baskets.decidedPlace[at] = names.placeCode(decided);
      for (const fact of ['holdoutShare', 'basketValue', 'lines'] as const) baskets[fact][at] = decided[fact];
      baskets.order[at] = textHash(outcome.basketId);
    }
    for (const { agentId, basisPoints } of sold?.shares ?? [])
      this.#addShare(at, names.placeCode({ ...place, agentId }), basisPoints);
    this.#addMoney(at, outcome);
  }

  /** Appends a row of another table with the same names, with its rows of money and of shares. */
  addRow(from: OutcomeColumns & SalesColumns, row: number, money: RowSpan, shares: RowSpan): void {
    if (this.count === this.baskets.state.length) this.baskets = longerColumns(this.baskets);
    const at = this.count++;
    for (const name of BASKET_COLUMNS) this.baskets[name][at] = from.baskets[name][row]!;
    for (let moneyRow = money.from; moneyRow < money.to; moneyRow++) {
      if (this.moneyCount === this.money.basket.length) this.money = longerColumns(this.money);
      for (const name of MONEY_COLUMNS) this.money[name][this.moneyCount] = from.money[name][moneyRow]!;
      this.money.basket[this.moneyCount++] = at;
    }
    const { place, basisPoints } = from.shares.columns;
    for (let share = shares.from; share < shares.to; share++)
      this.#addShare(at, place[share]!, basisPoints[share]!);
  }

  #addShare(basket: number, place: number, basisPoints: number): void {
    if (this.#shareCount === this.#shares.basket.length) this.#shares = longerColumns(this.#shares);
    const at = this.#shareCount++;
    this.#shares.basket[at] = basket;
    this.#shares.place[at] = place;
    this.#shares.basisPoints[at] = basisPoints;
  }

  #addMoney(basket: number, outcome: BasketOutcome): void {
    for (const { currency, upsell, ...sums } of outcome.money) {
      if (this.moneyCount === this.money.basket.length) this.money = longerColumns(this.money);
      const { money } = this;
      const at = this.moneyCount++;
      money.basket[at] = basket;
      money.currency[at] = this.names.currencyCode(currency);
      for (const sum of TOTALS) money[sum][at] = sums[sum];
      money.upsellRevenueMinor[at] = upsell.revenueMinor;
      money.upsellCostedRevenueMinor[at] = upsell.costedRevenueMinor;
      money.upsellCostMinor[at] = upsell.costMinor;
    }
  }
}

function stateOf({ decided, sold, customer, hasCrossed }: BasketOutcome): number {
  const isNamedAtFirst = customer !== undefined && decided?.customer === customer;
  return (
    (decided ? IS_DECIDED : 0) |
    (sold ? IS_SOLD : 0) |
    (decided?.arm === 'treatment' ? IS_TREATED : 0) |
    (isNamedAtFirst ? IS_NAMED_AT_FIRST : 0) |
    (isNamedAtFirst && decided.isDrawnForCustomer ? IS_DRAWN_FOR_CUSTOMER : 0) |
    (hasCrossed ? HAS_CROSSED : 0)
  );
}

type PaidRow = readonly [at: number, moneyFrom: number, moneyTo: number];

/**
 * Paid baskets, each with where its rows of money begin and end.
 *
 * @param withReturned whether those that were wholly returned are among them
 */
export function* paidIn(
  { count, baskets, moneyCount, money }: SalesColumns,
  withReturned = true,
): Generator<PaidRow> {
  let moneyTo = 0;
  for (let at = 0; at < count; at++) {
    const moneyFrom = moneyTo;
    while (moneyTo < moneyCount && money.basket[moneyTo] === at) moneyTo++;
    const isSold = (baskets.state[at]! & IS_SOLD) !== 0;
    if (isSold && (withReturned || baskets.items[at] !== 0)) yield [at, moneyFrom, moneyTo];
  }
}

/** Paid baskets that were not wholly returned. */
export function receiptsIn(columns: SalesColumns): Generator<PaidRow> {
  return paidIn(columns, false);
}

/** Columns of zeros. */
export function emptyColumns<Name extends string>(names: readonly Name[], count = 0): Columns<Name> {
  return Object.fromEntries(names.map((name) => [name, new Float64Array(count)])) as Columns<Name>;
}

/** The same columns with room for twice as many rows. */
export function longerColumns<Name extends string>(columns: Columns<Name>): Columns<Name> {
  const entries = Object.entries<Float64Array>(columns).map(([name, column]) => {
    const copy = new Float64Array(Math.max(64, 2 * column.length));
    copy.set(column);
    return [name, copy];
  });
  return Object.fromEntries(entries) as Columns<Name>;
}

/** Numbers names from 1 in order of arrival. */
export function numbering(): (name: string) => number {
  const numbers = new Map<string, number>();
  return (name) => {
    const number = numbers.get(name) ?? numbers.size + 1;
    numbers.set(name, number);
    return number;
  };
}

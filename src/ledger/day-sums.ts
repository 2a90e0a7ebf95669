import { WHOLE_BASIS_POINTS } from './apportion.ts';
import { type BusinessCalendar, businessDay } from './business-calendar.ts';
import { getOrMake } from './get-or-make.ts';
import { AMOUNTS, emptyColumns, IS_SOLD, type SalesColumns, type Table } from './outcome-columns.ts';
import { type SharedSales, shareOut } from './shared-sales.ts';

/** What is counted of baskets. */
export const COUNTS = [
  ...(['baskets', 'transactions', 'items', 'transactionsShown', 'transactionsAttached'] as const),
  ...(['shown', 'accepted', 'declined', 'notOffered'] as const),
] as const;

/** Columns of `DaySums`, by table. */
export const DAY_SUMS_COLUMNS = {
  groups: ['day', 'place', ...COUNTS] as const,
  money: ['group', 'currency', 'transactions', ...AMOUNTS] as const,
  customers: ['group', 'customer'] as const,
} as const;
type TableName = keyof typeof DAY_SUMS_COLUMNS;

/**
 * Baskets added up by business day and place, with all that a sales report needs: `groups` has a row for each day and place, `money` one
 * for each currency of a group, `customers` one for each different customer of a group.
 */
export type DaySums = { readonly [Name in TableName]: Table<(typeof DAY_SUMS_COLUMNS)[Name][number]> };

const NO_GROUP = -1;

/** A basket that agents share counts for each of them in that agent's part. */
export function sumByDay(columns: SalesColumns, calendar: BusinessCalendar): DaySums {
  const baskets = shareOut(columns);
  const { groupOf, days, places } = groupBaskets(baskets, calendar);
  return {
    groups: { count: days.length, columns: countBaskets(baskets, { groupOf, days, places }) },
    money: sumMoney(baskets, groupOf),
    customers: differentCustomers(baskets, groupOf),
  };
}

interface Groups {
  /** The group of each basket; NO_GROUP for one without an outcome. */
  readonly groupOf: Int32Array;
  /** Day and place code of each group. */
  readonly days: readonly number[];
  readonly places: readonly number[];
}

function groupBaskets({ count, baskets }: SalesColumns, calendar: BusinessCalendar): Groups {
  const groupOf = new Int32Array(count).fill(NO_GROUP);
  const [days, places]: [number[], number[]] = [[], []];
  const groups = new Map<number, Map<number, number>>();
  for (let at = 0; at < count; at++) {
    if (baskets.state[at] === 0) continue;
    const day = businessDay(calendar, baskets.atMs[at]!);
    const place = baskets.place[at]!;
    const ofDay = getOrMake(groups, day, () => new Map<number, number>());
    groupOf[at] = getOrMake(ofDay, place, () => {
      days.push(day);
      return places.push(place) - 1;
    });
  }
  return { groupOf, days, places };
}

function countBaskets({ count, baskets, basisPoints }: SharedSales, { groupOf, days, places }: Groups) {
  const sums = emptyColumns(DAY_SUMS_COLUMNS.groups, days.length);
  sums.day.set(days);
  sums.place.set(places);
  for (let at = 0; at < count; at++) {
    const group = groupOf[at]!;
    if (group === NO_GROUP) continue;
    const part = basisPoints(at) / WHOLE_BASIS_POINTS;
    const shown = baskets.shown[at]!;
    sums.baskets[group]! += part;
    sums.shown[group]! += part * shown;
    sums.accepted[group]! += part * baskets.accepted[at]!;
    sums.declined[group]! += part * baskets.declined[at]!;
    sums.notOffered[group]! += part * baskets.notOffered[at]!;
    if ((baskets.state[at]! & IS_SOLD) === 0) continue;
    sums.transactions[group]! += part;
    sums.items[group]! += part * baskets.items[at]!;
    if (shown > 0) sums.transactionsShown[group]! += part;
    if (baskets.bought[at]! > 0) sums.transactionsAttached[group]! += part;
  }
  return sums;
}

function sumMoney(
  { moneyCount, money, names, basisPoints }: SharedSales,
  groupOf: Int32Array,
): DaySums['money'] {
  const columns = emptyColumns(DAY_SUMS_COLUMNS.money, moneyCount);
  const rows = new Map<number, number>();
  for (let at = 0; at < moneyCount; at++) {
    const group = groupOf[money.basket[at]!]!;
    if (group === NO_GROUP) continue;
    const key = group * names.currencies.length + money.currency[at]!;
    const row = getOrMake(rows, key, () => rows.size);
    columns.group[row] = group;
    columns.currency[row] = money.currency[at]!;
    columns.transactions[row]! += basisPoints(money.basket[at]!) / WHOLE_BASIS_POINTS;
    for (const amount of AMOUNTS) columns[amount][row]! += money[amount][at]!;
  }
  return { count: rows.size, columns };
}

function differentCustomers({ count, baskets }: SalesColumns, groupOf: Int32Array): DaySums['customers'] {
  const columns = emptyColumns(DAY_SUMS_COLUMNS.customers, count);
  const seen = new Set<number>();
  for (let at = 0; at < count; at++) {
    const customer = baskets.customer[at]!;
    const group = groupOf[at]!;
    if (customer === 0 || group === NO_GROUP) continue;
    const pair = customer * count + group;
    if (seen.has(pair)) continue;
    columns.group[seen.size] = group;
    columns.customer[seen.size] = customer;
    seen.add(pair);
  }
  return { count: seen.size, columns };
}

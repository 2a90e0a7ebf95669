import { apportion, WHOLE_BASIS_POINTS } from './apportion.ts';
import {
  AMOUNTS,
  COMMON_BASKET_COLUMNS,
  type Columns,
  emptyColumns,
  MONEY_COLUMNS,
  SALES_BASKET_COLUMNS,
  type SalesColumns,
} from './outcome-columns.ts';

/**
 * Baskets with a row for each agent who shares them. `place` is that agent's own and money the agent's part: the parts of a basket add up
 * to it exactly. All else is that of the whole basket, also amounts that no sales report adds up.
 */
export interface SharedSales extends SalesColumns {
  /** The part of a row, in basis points. */
  readonly basisPoints: (at: number) => number;
  /** All agents of a shared basket; undefined for any other. */
  readonly sharedBy: (at: number) => readonly string[] | undefined;
  /** The row of the whole basket in the columns that were shared out. */
  readonly source: (at: number) => number;
}

/** How a basket is shared: the places of its agents, and their parts in basis points. */
interface Shares {
  readonly places: number[];
  readonly points: number[];
}

const BASKET_COLUMNS = [...COMMON_BASKET_COLUMNS, ...SALES_BASKET_COLUMNS] as const;

export function shareOut(columns: SalesColumns): SharedSales {
  const { names, shares } = columns;
  if (shares.count === 0)
    return {
      ...columns,
      basisPoints: () => WHOLE_BASIS_POINTS,
      sharedBy: () => undefined,
      source: (at) => at,
    };
  const shared = sharesByBasket(columns);
  const rows = rowsOf(columns, shared);
  const agents = new Map(
    [...shared].map(([basket, { places }]) => [basket, places.map((place) => names.places[place]!.agentId!)]),
  );
  return {
    ...{ names, shares, count: rows.source.length },
    baskets: sharedBaskets(columns, rows),
    ...sharedMoney(columns, shared, rows),
    basisPoints: (at) => rows.points[at]!,
    sharedBy: (at) => agents.get(rows.source[at]!),
    source: (at) => rows.source[at]!,
  };
}

/** The shared baskets by their rows. */
export function sharesByBasket({ shares }: Pick<SalesColumns, 'shares'>): ReadonlyMap<number, Shares> {
  const { basket, place, basisPoints } = shares.columns;
  const shared = new Map<number, Shares>();
  for (let at = 0; at < shares.count; at++) {
    const known = shared.get(basket[at]!) ?? { places: [], points: [] };
    shared.set(basket[at]!, known);
    known.places.push(place[at]!);
    known.points.push(basisPoints[at]!);
  }
  return shared;
}

/** The rows to make. */
interface PartRows {
  /** Where each comes from, and its part. */
  readonly source: Int32Array;
  readonly points: Int32Array;
  /** The agent's own. */
  readonly place: Int32Array;
  /** The first row of each shared basket; those of its other agents follow. */
  readonly first: ReadonlyMap<number, number>;
}

function rowsOf({ baskets, shares, count }: SalesColumns, shared: ReadonlyMap<number, Shares>): PartRows {
  const length = count + shares.count - shared.size;
  const [source, points, place] = [new Int32Array(length), new Int32Array(length), new Int32Array(length)];
  const first = new Map<number, number>();
  for (let at = 0, basket = 0; basket < count; basket++) {
    const own = shared.get(basket);
    if (own) first.set(basket, at);
    for (let part = 0; part < (own?.places.length ?? 1); part++, at++) {
      source[at] = basket;
      points[at] = own ? own.points[part]! : WHOLE_BASIS_POINTS;
      place[at] = own ? own.places[part]! : baskets.place[basket]!;
    }
  }
  return { source, points, place, first };
}

function sharedBaskets({ baskets }: SalesColumns, { source, place }: PartRows): SalesColumns['baskets'] {
  const columns = copied(baskets, BASKET_COLUMNS, source);
  columns.place.set(place);
  return columns;
}

function sharedMoney(
  { money, moneyCount, count }: SalesColumns,
  shared: ReadonlyMap<number, Shares>,
  { source, first }: PartRows,
): Pick<SalesColumns, 'money' | 'moneyCount'> {
  const startOf = moneyStarts(money.basket, moneyCount, count);
  const [from, basket]: [number[], number[]] = [[], []];
  const madeAt = new Int32Array(source.length);
  for (let at = 0; at < source.length; at++) {
    madeAt[at] = from.length;
    for (let row = startOf[source[at]!]!; row < startOf[source[at]! + 1]!; row++) {
      from.push(row);
      basket.push(at);
    }
  }
  const columns = copied(money, MONEY_COLUMNS, from);
  columns.basket.set(basket);
  for (const [whole, { points }] of shared) {
    const [start, made] = [startOf[whole]!, madeAt[first.get(whole)!]!];
    const size = startOf[whole + 1]! - start;
    for (let row = 0; row < size; row++)
      for (const name of AMOUNTS)
        for (const [part, amount] of apportion(money[name][start + row]!, points).entries())
          columns[name][made + part * size + row] = amount;
  }
  return { moneyCount: from.length, money: columns };
}

/** Where the rows of money of each basket begin; one more than baskets. */
function moneyStarts(baskets: Float64Array, moneyCount: number, count: number): Int32Array {
  const starts = new Int32Array(count + 1);
  for (let basket = 0, row = 0; basket <= count; basket++) {
    starts[basket] = row;
    while (row < moneyCount && baskets[row] === basket) row++;
  }
  return starts;
}

/** The rows of these numbers, in this order. */
function copied<Name extends string>(
  columns: Columns<Name>,
  names: readonly Name[],
  rows: ArrayLike<number>,
): Columns<Name> {
  const copies = emptyColumns(names, rows.length);
  for (const name of names) {
    const [from, to] = [columns[name], copies[name]];
    for (let at = 0; at < rows.length; at++) to[at] = from[rows[at]!]!;
  }
  return copies;
}

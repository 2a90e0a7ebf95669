import { apportion, WHOLE_BASIS_POINTS } from './apportion.ts';
import {
  AMOUNTS,
  COMMON_BASKET_COLUMNS,
  emptyColumns,
  MONEY_COLUMNS,
  SALES_BASKET_COLUMNS,
  type SalesColumns,
} from './outcome-columns.ts';
import type { PlacePart } from './outcome-names.ts';

/**
 * Baskets with a row for each agent who shares them. `place` is that agent's own and money the agent's part: the parts of a basket add up
 * to it exactly. All else is that of the whole basket, also amounts that no sales report adds up.
 */
export interface SharedSales extends SalesColumns {
  /** The part of a row, in basis points. */
  readonly basisPoints: (at: number) => number;
  /** The agents of the whole basket; empty where nobody is known. */
  readonly agentIds: (at: number) => readonly string[];
  /** The row of the whole basket in the columns that were shared out. */
  readonly source: (at: number) => number;
}

/** A row to make. */
interface PartRow {
  readonly source: number;
  /** Parts of the basket, and which of them this is. */
  readonly parts: readonly PlacePart[];
  readonly part: number;
}

const BASKET_COLUMNS = [...COMMON_BASKET_COLUMNS, ...SALES_BASKET_COLUMNS] as const;

export function shareOut(columns: SalesColumns): SharedSales {
  const { baskets, names, count } = columns;
  const agentsOfPlace = names.places.map(({ agentId, shares }) =>
    shares ? shares.map((share) => share.agentId) : agentId === undefined ? [] : [agentId],
  );
  const agentIds = (source: number) => agentsOfPlace[baskets.place[source]!]!;
  if (!hasShared(columns))
    return { ...columns, agentIds, basisPoints: () => WHOLE_BASIS_POINTS, source: (at) => at };
  const rows: PartRow[] = [];
  for (let source = 0; source < count; source++) {
    const parts = names.partsOf(baskets.place[source]!);
    for (const part of parts.keys()) rows.push({ source, parts, part });
  }
  return {
    ...sharedColumns(columns, rows),
    basisPoints: (at) => rows[at]!.parts[rows[at]!.part]!.basisPoints,
    agentIds: (at) => agentIds(rows[at]!.source),
    source: (at) => rows[at]!.source,
  };
}

function hasShared({ baskets, names, count }: SalesColumns): boolean {
  if (!names.places.some(({ shares }) => shares)) return false;
  for (let at = 0; at < count; at++) if (names.places[baskets.place[at]!]!.shares) return true;
  return false;
}

function sharedColumns(columns: SalesColumns, rows: readonly PartRow[]): SalesColumns {
  const baskets = emptyColumns(BASKET_COLUMNS, rows.length);
  for (const name of BASKET_COLUMNS)
    for (const [at, { source }] of rows.entries()) baskets[name][at] = columns.baskets[name][source]!;
  for (const [at, { parts, part }] of rows.entries()) baskets.place[at] = parts[part]!.place;
  return { count: rows.length, baskets, names: columns.names, ...sharedMoney(columns, rows) };
}

function sharedMoney({ money, moneyCount }: SalesColumns, rows: readonly PartRow[]) {
  const ofBasket = new Map<number, number[]>();
  for (let at = 0; at < moneyCount; at++) {
    const known = ofBasket.get(money.basket[at]!);
    if (known) known.push(at);
    else ofBasket.set(money.basket[at]!, [at]);
  }
  const shared = rows.flatMap((row, basket) =>
    (ofBasket.get(row.source) ?? []).map((source) => ({ ...row, source, basket })),
  );
  const columns = emptyColumns(MONEY_COLUMNS, shared.length);
  for (const [at, { source, basket, parts, part }] of shared.entries()) {
    const weights = parts.map(({ basisPoints }) => basisPoints);
    for (const name of MONEY_COLUMNS) columns[name][at] = money[name][source]!;
    for (const name of AMOUNTS) columns[name][at] = apportion(money[name][source]!, weights)[part]!;
    columns.basket[at] = basket;
  }
  return { moneyCount: shared.length, money: columns };
}

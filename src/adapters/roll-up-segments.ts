import { crc32 } from 'node:zlib';
import type { BasketOutcome } from '../ledger/basket-outcome.ts';
import {
  COMMON_BASKET_COLUMNS,
  type Columns,
  IS_DECIDED,
  MONEY_COLUMNS,
  type OutcomeColumns,
  OutcomeTable,
  SALES_BASKET_COLUMNS,
  type SalesColumns,
  type Table,
  UPLIFT_BASKET_COLUMNS,
  type UpliftColumns,
} from '../ledger/outcome-columns.ts';
import type { OutcomeNames } from '../ledger/outcome-names.ts';
import { type Kept, OutcomesLost } from '../ledger/outcome-store.ts';
import { packTable, unpackTable } from './packed-columns.ts';
import type { RollUpTables, SegmentSpan } from './roll-up-tables.ts';

/** Baskets of one segment. */
export const SEGMENT_BASKETS = 4_096;

/** What is read together lies together. */
const PARTS = {
  baskets: COMMON_BASKET_COLUMNS,
  money: MONEY_COLUMNS,
  'baskets-sales': SALES_BASKET_COLUMNS,
  'baskets-uplift': UPLIFT_BASKET_COLUMNS,
} as const;
type PartName = keyof typeof PARTS;

/** Outcomes in segments of baskets, in the order in which the baskets came. Reads are checked. */
export class RollUpSegments {
  readonly #tables: RollUpTables;

  constructor(tables: RollUpTables) {
    this.#tables = tables;
  }

  /** @throws OutcomesLost */
  *sales(
    tenantKey: string,
    names: OutcomeNames,
    fromMs: number,
    toMs: number,
  ): Generator<Kept<SalesColumns>> {
    for (const { segment } of this.soldBetween(tenantKey, fromMs, toMs))
      yield this.readSales(tenantKey, segment, names);
  }

  /** Segments with baskets that may count between the two times. @throws OutcomesLost */
  *soldBetween(
    tenantKey: string,
    fromMs: number,
    toMs: number,
  ): Generator<{ readonly segment: number; readonly checksum: number }> {
    for (const [segment, [first, last, , , checksum]] of this.#spans(tenantKey)) {
      if (last < fromMs || first > toMs) continue;
      if (checksum === undefined) throw new OutcomesLost('a segment was written by an earlier release');
      yield { segment, checksum };
    }
  }

  /** Of all that the segment holds; undefined where there is none. */
  checksum(tenantKey: string, segment: number): number | undefined {
    return this.#tables.spans.get([tenantKey, segment])?.[4];
  }

  /** @throws OutcomesLost */
  readSales(tenantKey: string, segment: number, names: OutcomeNames): Kept<SalesColumns> {
    return this.#read(tenantKey, segment, names, 'baskets-sales');
  }

  /** @throws OutcomesLost */
  *uplift(
    tenantKey: string,
    names: OutcomeNames,
    fromMs: number,
    toMs: number,
  ): Generator<Kept<UpliftColumns>> {
    for (const [segment, [, , first, last]] of this.#spans(tenantKey))
      if (last >= fromMs && first <= toMs) yield this.#read(tenantKey, segment, names, 'baskets-uplift');
  }

  /**
   * Writes a segment with some of its baskets made anew; inside a transaction.
   *
   * @param changed place in the segment → outcome; those behind the last one there follow it without a gap
   * @throws OutcomesLost
   */
  rewrite(
    [tenantKey, segment]: readonly [string, number],
    changed: ReadonlyMap<number, BasketOutcome | undefined>,
    { names, customerCode }: { names: OutcomeNames; customerCode: (customer: string) => number },
  ): void {
    const before = this.#tables.spans.doesExist([tenantKey, segment])
      ? this.#readAll(tenantKey, segment, names)
      : new OutcomeTable(names);
    const table = new OutcomeTable(names, customerCode);
    const baskets = Math.max(before.count, Math.max(...changed.keys()) + 1);
    let money = 0;
    for (let at = 0; at < baskets; at++) {
      const moneyFrom = money;
      while (money < before.moneyCount && before.money.basket[money] === at) money++;
      if (changed.has(at)) table.add(changed.get(at));
      else table.addRow(before, at, moneyFrom, money);
    }
    this.#write(tenantKey, segment, table);
  }

  *#spans(tenantKey: string): Generator<readonly [number, SegmentSpan]> {
    const range = { start: [tenantKey, 0] as [string, number], end: [`${tenantKey}\u007f`] };
    for (const { key, value } of this.#tables.spans.getRange(range)) yield [key[1], value];
  }

  #write(tenantKey: string, segment: number, table: OutcomeTable): void {
    const { columns, spans } = this.#tables;
    let checksum = 0;
    for (const part of Object.keys(PARTS) as PartName[]) {
      const isMoney = part === 'money';
      const columnsOf = (isMoney ? table.money : table.baskets) as Columns<string>;
      const packed = packTable(
        { count: isMoney ? table.moneyCount : table.count, columns: columnsOf },
        PARTS[part],
      );
      checksum = crc32(packed, checksum);
      columns.putSync([tenantKey, segment, part], packed);
    }
    spans.putSync([tenantKey, segment], [...spanOf(table), checksum]);
  }

  #part<Name extends PartName>(
    tenantKey: string,
    segment: number,
    part: Name,
  ): Table<(typeof PARTS)[Name][number]> {
    const packed = this.#tables.columns.get([tenantKey, segment, part]) ?? Buffer.alloc(0);
    return unpackTable<(typeof PARTS)[Name][number]>(packed, PARTS[part]);
  }

  #read<Name extends 'baskets-sales' | 'baskets-uplift'>(
    tenantKey: string,
    segment: number,
    names: OutcomeNames,
    part: Name,
  ) {
    const { count, columns: baskets } = this.#part(tenantKey, segment, 'baskets');
    const { columns: more } = this.#part(tenantKey, segment, part);
    const { count: moneyCount, columns: money } = this.#part(tenantKey, segment, 'money');
    const firstBasket = segment * SEGMENT_BASKETS;
    return { ...{ firstBasket, count, moneyCount, names }, baskets: { ...baskets, ...more }, money };
  }

  #readAll(tenantKey: string, segment: number, names: OutcomeNames): OutcomeColumns {
    const sales = this.readSales(tenantKey, segment, names);
    const { columns } = this.#part(tenantKey, segment, 'baskets-uplift');
    return { ...sales, baskets: { ...sales.baskets, ...columns } };
  }
}

function spanOf({ count, baskets }: OutcomeTable): [number, number, number, number] {
  const span: [number, number, number, number] = [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (let at = 0; at < count; at++) {
    const state = baskets.state[at]!;
    if (state === 0) continue;
    span[0] = Math.min(span[0], baskets.atMs[at]!);
    span[1] = Math.max(span[1], baskets.atMs[at]!);
    if ((state & IS_DECIDED) === 0) continue;
    span[2] = Math.min(span[2], baskets.decidedAtMs[at]!);
    span[3] = Math.max(span[3], baskets.decidedAtMs[at]!);
  }
  return span;
}

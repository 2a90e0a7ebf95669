import { crc32 } from 'node:zlib';
import type { FoldedBasket } from '../ledger/folded-basket.ts';
import {
  COMMON_BASKET_COLUMNS,
  IS_DECIDED,
  MONEY_COLUMNS,
  type OutcomeColumns,
  OutcomeTable,
  SALES_BASKET_COLUMNS,
  type SalesColumns,
  SHARE_COLUMNS,
  type Table,
  UPLIFT_BASKET_COLUMNS,
} from '../ledger/outcome-columns.ts';
import type { OutcomeNames } from '../ledger/outcome-names.ts';
import { type Kept, type KeptUplift, OutcomesLost } from '../ledger/outcome-store.ts';
import { PRODUCT_COLUMNS, ProductTable } from '../ledger/product-columns.ts';
import type { ProductNames } from '../ledger/product-names.ts';
import type { Upsell } from '../ledger/upsells.ts';
import { packTable, unpackTable } from './packed-columns.ts';
import {
  fromUpsellRow,
  type PlacedUpsells,
  packUpsells,
  toUpsellRow,
  unpackUpsells,
} from './packed-upsells.ts';
import type { RollUpTables, SegmentSpan } from './roll-up-tables.ts';

/** Baskets of one segment. */
export const SEGMENT_BASKETS = 4_096;

/** What is read together lies together. */
const PARTS = {
  baskets: COMMON_BASKET_COLUMNS,
  money: MONEY_COLUMNS,
  shares: SHARE_COLUMNS,
  'baskets-sales': SALES_BASKET_COLUMNS,
  'baskets-uplift': UPLIFT_BASKET_COLUMNS,
  products: PRODUCT_COLUMNS,
} as const;
const UPSELLS = 'upsells';
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

  /** Covers all that the segment holds; undefined where there is no segment. */
  checksum(tenantKey: string, segment: number): number | undefined {
    return this.#tables.spans.get([tenantKey, segment])?.[4];
  }

  /** @throws OutcomesLost */
  readSales(tenantKey: string, segment: number, names: OutcomeNames): Kept<SalesColumns> {
    const columns = this.#read(tenantKey, segment, names, 'baskets-sales');
    return { ...columns, shares: this.#part(tenantKey, segment, 'shares') };
  }

  /** @throws OutcomesLost */
  *uplift(
    tenantKey: string,
    { names, products }: { names: OutcomeNames; products: () => ProductNames },
    fromMs: number,
    toMs: number,
  ): Generator<KeptUplift> {
    for (const [segment, [, , first, last]] of this.#spans(tenantKey)) {
      if (last < fromMs || first > toMs) continue;
      const columns = this.#read(tenantKey, segment, names, 'baskets-uplift');
      const readProducts = () => ({
        ...this.#part(tenantKey, segment, 'products'),
        productIds: products().ids,
      });
      yield { ...columns, products: readProducts };
    }
  }

  /** The up-sells of all baskets, a segment at a time. @throws OutcomesLost */
  *upsells(tenantKey: string): Generator<readonly Upsell[]> {
    // No cursor stays open while others run.
    const segments = [...this.#spans(tenantKey)].map(([segment]) => segment);
    for (const segment of segments)
      yield this.#upsells(tenantKey, segment).flatMap(([, upsells]) => upsells.map(fromUpsellRow));
  }

  /**
   * Writes a segment with some of its baskets made anew; call inside a transaction.
   *
   * @param changed place in the segment → basket; new ones follow the last one there without a gap
   * @throws OutcomesLost
   */
  rewrite(
    [tenantKey, segment]: readonly [string, number],
    changed: ReadonlyMap<number, Omit<FoldedBasket, 'unmatched'>>,
    names: SegmentNames,
  ): void {
    const before = this.#tables.spans.doesExist([tenantKey, segment])
      ? this.#readAll(tenantKey, segment, names)
      : emptySegment(names);
    const after = emptySegment(names);
    const baskets = Math.max(before.table.count, Math.max(...changed.keys()) + 1);
    const kept = { money: 0, product: 0, share: 0 };
    for (let at = 0; at < baskets; at++) {
      const { money, product, share } = kept;
      kept.money = endOf(at, before.table.money.basket, money, before.table.moneyCount);
      kept.share = endOf(at, before.table.shares.columns.basket, share, before.table.shares.count);
      kept.product = endOf(at, before.products.columns.basket, product, before.products.count);
      const basket = changed.get(at);
      if (basket) after.table.add(basket.outcome);
      else
        after.table.addRow(
          before.table,
          at,
          { from: money, to: kept.money },
          { from: share, to: kept.share },
        );
      if (basket) after.products.add(at, basket.products);
      else after.products.addRows(at, before.products, product, kept.product);
    }
    after.upsells.push(...before.upsells.filter(([at]) => !changed.has(at)));
    for (const [at, { upsells }] of changed)
      if (upsells.length > 0) after.upsells.push([at, upsells.map(toUpsellRow)]);
    this.#write(tenantKey, segment, after);
  }

  *#spans(tenantKey: string): Generator<readonly [number, SegmentSpan]> {
    const range = { start: [tenantKey, 0] as [string, number], end: [`${tenantKey}\u007f`] };
    for (const { key, value } of this.#tables.spans.getRange(range)) yield [key[1], value];
  }

  #write(tenantKey: string, segment: number, { table, products, upsells }: Segment): void {
    const { columns, spans } = this.#tables;
    let checksum = 0;
    const put = (part: string, packed: Buffer) => {
      checksum = crc32(packed, checksum);
      columns.putSync([tenantKey, segment, part], packed);
    };
    const baskets = { count: table.count, columns: table.baskets };
    put('baskets', packTable(baskets, PARTS.baskets));
    put('money', packTable({ count: table.moneyCount, columns: table.money }, PARTS.money));
    put('shares', packTable(table.shares, PARTS.shares));
    put('baskets-sales', packTable(baskets, PARTS['baskets-sales']));
    put('baskets-uplift', packTable(baskets, PARTS['baskets-uplift']));
    put('products', packTable(products, PARTS.products));
    put(UPSELLS, packUpsells(upsells));
    spans.putSync([tenantKey, segment], [...spanOf(table), checksum]);
  }

  #part<Name extends PartName>(
    tenantKey: string,
    segment: number,
    part: Name,
  ): Table<(typeof PARTS)[Name][number]> {
    return unpackTable<(typeof PARTS)[Name][number]>(this.#packed(tenantKey, segment, part), PARTS[part]);
  }

  #upsells(tenantKey: string, segment: number): PlacedUpsells[] {
    return unpackUpsells(this.#packed(tenantKey, segment, UPSELLS));
  }

  #packed(tenantKey: string, segment: number, part: string): Buffer {
    return this.#tables.columns.get([tenantKey, segment, part]) ?? Buffer.alloc(0);
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
    return { firstBasket, count, moneyCount, names, baskets: { ...baskets, ...more }, money };
  }

  #readAll(tenantKey: string, segment: number, { names }: SegmentNames): KeptSegment {
    const sales = this.readSales(tenantKey, segment, names);
    const { columns } = this.#part(tenantKey, segment, 'baskets-uplift');
    return {
      table: { ...sales, baskets: { ...sales.baskets, ...columns } },
      products: this.#part(tenantKey, segment, 'products'),
      upsells: this.#upsells(tenantKey, segment),
    };
  }
}

/** What makes the codes in a segment. */
interface SegmentNames {
  readonly names: OutcomeNames;
  readonly products: ProductNames;
  readonly customerCode: (customer: string) => number;
}

interface KeptSegment {
  readonly table: OutcomeColumns & SalesColumns;
  readonly products: Table<(typeof PRODUCT_COLUMNS)[number]>;
  readonly upsells: readonly PlacedUpsells[];
}

interface Segment extends KeptSegment {
  readonly table: OutcomeTable;
  readonly products: ProductTable;
  readonly upsells: PlacedUpsells[];
}

function emptySegment({ names, products, customerCode }: SegmentNames): Segment {
  return { table: new OutcomeTable(names, customerCode), products: new ProductTable(products), upsells: [] };
}

/** Where the rows of a basket end. */
function endOf(basket: number, baskets: Float64Array, from: number, count: number): number {
  let end = from;
  while (end < count && baskets[end] === basket) end++;
  return end;
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

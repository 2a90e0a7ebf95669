import type { ReceiptProduct } from './basket-book.ts';
import { emptyColumns, longerColumns, type Table } from './outcome-columns.ts';
import { ProductNames } from './product-names.ts';

/** What was paid for one product of a basket in one currency; a basket's rows follow each other. */
export const PRODUCT_COLUMNS = [
  ...(['basket', 'product', 'facts', 'items', 'revenueMinor', 'costMinor', 'holdingSavedMinor'] as const),
] as const;
type ProductColumn = (typeof PRODUCT_COLUMNS)[number];

/** Bits of `facts`. */
export const IS_COST_KNOWN = 1;
export const IS_HOLDING_KNOWN = 2;
export const IS_UPSELL = 4;

/** `basket` is the row of the basket in the columns of outcomes, `product` a place in `productIds`. */
export interface ProductColumns extends Table<ProductColumn> {
  /** The same in all columns of one report. */
  readonly productIds: readonly string[];
}

/** A table of products that grows as they are written; their codes stay when it is emptied. */
export class ProductTable implements ProductColumns {
  count = 0;
  columns = emptyColumns(PRODUCT_COLUMNS);
  readonly #names: ProductNames;

  constructor(names = new ProductNames()) {
    this.#names = names;
  }

  get productIds(): readonly string[] {
    return this.#names.ids;
  }

  empty(): void {
    this.count = 0;
  }

  add(basket: number, products: readonly ReceiptProduct[]): void {
    for (const product of products) {
      const at = this.#newRow();
      const { columns } = this;
      columns.basket[at] = basket;
      columns.product[at] = this.#names.codeOf(product.productId);
      columns.facts[at] = factsOf(product);
      columns.items[at] = product.items;
      columns.revenueMinor[at] = product.revenueMinor;
      columns.costMinor[at] = product.costMinor;
      columns.holdingSavedMinor[at] = product.holdingSavedMinor;
    }
  }

  /** Appends rows of another table with the same codes, as rows of `basket`. */
  addRows(basket: number, from: Table<ProductColumn>, fromRow: number, toRow: number): void {
    for (let row = fromRow; row < toRow; row++) {
      const at = this.#newRow();
      for (const name of PRODUCT_COLUMNS) this.columns[name][at] = from.columns[name][row]!;
      this.columns.basket[at] = basket;
    }
  }

  #newRow(): number {
    if (this.count === this.columns.basket.length) this.columns = longerColumns(this.columns);
    return this.count++;
  }
}

function factsOf({ isCostKnown, isHoldingKnown, isUpsell }: ReceiptProduct): number {
  return (
    (isCostKnown ? IS_COST_KNOWN : 0) | (isHoldingKnown ? IS_HOLDING_KNOWN : 0) | (isUpsell ? IS_UPSELL : 0)
  );
}

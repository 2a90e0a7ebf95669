/** One product as the catalogue states it. Absent facts stay absent: the value terms that need them are left out. */
export interface Product {
  readonly id: string;
  readonly name: string;
  /** Path with `/`, broadest first; empty when unknown. */
  readonly category: string;
  /** Money in the store's currency for one unit. */
  readonly unitPrice?: number;
  readonly unitCost?: number;
  readonly shelfLifeDays?: number;
  /** Youngest age a customer may have to buy it. */
  readonly minAge?: number;
  /** Products of one group replace each other; none is offered beside another of its group. */
  readonly substituteGroup?: string;
  readonly barcode?: string;
  /** False for a product that is no longer sold. */
  readonly active: boolean;
}

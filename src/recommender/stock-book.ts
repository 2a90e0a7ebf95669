import { type AbsoluteStockRow, countedAtMs, STOCK_FIGURES } from './stock.ts';

/** Live stock of one store as columns over the book's slots; NaN is unknown. */
export interface StoreStock {
  readonly onHand: Float32Array;
  readonly reserved: Float32Array;
  readonly demandPerDay: Float32Array;
  readonly targetCoverDays: Float32Array;
  readonly leadTimeDays: Float32Array;
  readonly protectionLevel: Float32Array;
  readonly expiresAtMs: Float64Array;
  readonly asOfMs: Float64Array;
  /** When `onHand` was stated last. */
  readonly onHandAsOfMs: Float64Array;
  /** 0 for a row that was never on the disk. */
  readonly revision: Uint32Array;
}

const FIRST_CAPACITY = 256;

/**
 * Live stock of all stores, laid over whichever model serves. A product's slot is the same in every store and outlives
 * models. Rows may come in any order: the newest `asOfMs` of a store and product wins, figures a row does not state
 * stay as they were.
 */
export class StockBook {
  /** Grows with every applied row. */
  epoch = 0;
  /** Time of the newest statement held, epoch ms; -Infinity before the first. */
  newestAsOfMs = Number.NEGATIVE_INFINITY;
  private readonly slots = new Map<string, number>();
  private readonly stores = new Map<string, StoreStock>();
  private readonly listings = new Map<string, number>();
  private readonly bound = new WeakMap<object, { slots: Int32Array; products: number }>();

  /** False where a newer statement is held, or a later one of the same time. */
  apply(row: AbsoluteStockRow): boolean {
    const slot = this.slotOf(row.productId);
    const stock = this.storeWithRoomFor(row.storeId, slot);
    const known = stock.asOfMs[slot]!;
    if (row.asOfMs < known || (row.asOfMs === known && isEarlierWord(row, stock.revision[slot]!)))
      return false;
    if (Number.isNaN(known)) this.listings.set(row.storeId, this.listed(row.storeId) + 1);
    for (const figure of STOCK_FIGURES) if (row[figure] !== undefined) stock[figure][slot] = row[figure];
    if (row.onHand !== undefined) stock.onHandAsOfMs[slot] = countedAtMs(row);
    stock.asOfMs[slot] = row.asOfMs;
    if (row.revision !== undefined) stock.revision[slot] = row.revision;
    this.newestAsOfMs = Math.max(this.newestAsOfMs, row.asOfMs);
    this.epoch++;
    return true;
  }

  store(storeId: string): StoreStock | undefined {
    return this.stores.get(storeId);
  }

  storeIds(): string[] {
    return [...this.stores.keys()];
  }

  /** Ids of all products that any store has stated, by slot. */
  productIds(): Iterable<string> {
    return this.slots.keys();
  }

  /** Products with a row in the store: grows when a product is first stocked there. */
  listed(storeId: string): number {
    return this.listings.get(storeId) ?? 0;
  }

  /** Time of the newest statement on a product in a store, epoch ms; NaN where nothing was stated. */
  asOfMs(storeId: string, productId: string): number {
    const slot = this.slots.get(productId);
    const stock = this.stores.get(storeId);
    return slot !== undefined && stock && slot < stock.asOfMs.length ? stock.asOfMs[slot]! : Number.NaN;
  }

  /** The row held for a store and product, with absolute units; undefined where nothing was stated. */
  row(storeId: string, productId: string): AbsoluteStockRow | undefined {
    const asOfMs = this.asOfMs(storeId, productId);
    if (Number.isNaN(asOfMs)) return undefined;
    const slot = this.slots.get(productId)!;
    const stock = this.stores.get(storeId)!;
    const figures = STOCK_FIGURES.filter((figure) => !Number.isNaN(stock[figure][slot]!));
    const onHandAsOfMs = stock.onHandAsOfMs[slot]!;
    return {
      storeId,
      productId,
      asOfMs,
      ...(onHandAsOfMs < asOfMs && { onHandAsOfMs }),
      ...Object.fromEntries(figures.map((figure) => [figure, stock[figure][slot]!])),
    };
  }

  /** [products] slot of each product in this book, -1 where no store has stated it; kept until products join the book. */
  slotsFor(products: readonly { readonly id: string }[]): Int32Array {
    const known = this.bound.get(products);
    if (known?.products === this.slots.size) return known.slots;
    const slots = Int32Array.from(products, (product) => this.slots.get(product.id) ?? -1);
    this.bound.set(products, { slots, products: this.slots.size });
    return slots;
  }

  private slotOf(productId: string): number {
    const slot = this.slots.get(productId) ?? this.slots.size;
    this.slots.set(productId, slot);
    return slot;
  }

  private storeWithRoomFor(storeId: string, slot: number): StoreStock {
    const stock = this.stores.get(storeId);
    if (stock && slot < stock.asOfMs.length) return stock;
    const room = Math.max(FIRST_CAPACITY, 2 ** Math.ceil(Math.log2(Math.max(slot + 1, this.slots.size))));
    const grown: StoreStock = {
      onHand: widened(new Float32Array(room), stock?.onHand),
      reserved: widened(new Float32Array(room), stock?.reserved),
      demandPerDay: widened(new Float32Array(room), stock?.demandPerDay),
      targetCoverDays: widened(new Float32Array(room), stock?.targetCoverDays),
      leadTimeDays: widened(new Float32Array(room), stock?.leadTimeDays),
      protectionLevel: widened(new Float32Array(room), stock?.protectionLevel),
      expiresAtMs: widened(new Float64Array(room), stock?.expiresAtMs),
      asOfMs: widened(new Float64Array(room), stock?.asOfMs),
      onHandAsOfMs: widened(new Float64Array(room), stock?.onHandAsOfMs),
      revision: widened(new Uint32Array(room), stock?.revision),
    };
    this.stores.set(storeId, grown);
    return grown;
  }
}

/** Of two rows of the same time: whether this one was on this machine's disk before the one that is held. */
function isEarlierWord({ revision }: AbsoluteStockRow, held: number): boolean {
  return revision !== undefined && held > 0 && revision <= held;
}

/** New entries are unknown: NaN, or 0 in an integer array. */
function widened<T extends Float32Array | Float64Array | Uint32Array>(room: T, before: T | undefined): T {
  room.fill(Number.NaN);
  if (before) room.set(before);
  return room;
}

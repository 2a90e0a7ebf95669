import type { Product } from './catalogue.ts';
import type { Model } from './model.ts';
import { poissonLeftOver } from './poisson.ts';
import { unitFigures } from './product-figures.ts';
import type { StockBook, StoreStock } from './stock-book.ts';
import { demandAt, emptyTerms, lifeLeft, type ValuePolicy, valueUnit } from './value.ts';

/** One product of a store as it waits. Units, days and money of the model's currency; NaN is unknown. */
export interface WaitingStock {
  readonly productId: string;
  /** undefined where the model does not know the product. */
  readonly item: number | undefined;
  readonly onHand: number;
  readonly reserved: number;
  /** On hand less reserved; 0 once it has expired. */
  readonly available: number;
  /** As used for the value of an offer: the stock row's, else the model's. */
  readonly demandPerDay: number;
  /** available / demandPerDay; Infinity where nothing sells, 0 where nothing is there. */
  readonly daysOfSupply: number;
  readonly targetCoverDays: number;
  /** Available beyond demandPerDay · targetCoverDays. */
  readonly excessUnits: number;
  readonly unitCost: number;
  /** Units expected to be left unsold when they expire; NaN also for what does not expire. */
  readonly unitsAtRisk: number;
  /** Money lost on each of those: cost + disposal − salvage. */
  readonly unitLoss: number;
  /** Epoch ms; NaN where no expiry is stated for what is on hand. */
  readonly expiresAtMs: number;
  readonly asOfMs: number;
}

export interface WaitingStockOptions {
  readonly model: Pick<Model, 'products' | 'itemOf'>;
  readonly book: StockBook;
  readonly storeId: string;
  /** [products] units a day by the receipts of the store, NaN unknown. */
  readonly demand: Float32Array;
  readonly policy: ValuePolicy;
  readonly nowMs: number;
}

/** Everything stated for a store, in no particular order; may be read slowly: each product is as it stands when it is read. */
export function* waitingStock(options: WaitingStockOptions): Generator<WaitingStock> {
  const { model, book, storeId, demand } = options;
  let slot = -1;
  for (const productId of book.productIds()) {
    slot++;
    // Looked up each time: a book that grows meanwhile replaces its columns.
    const stock = book.store(storeId);
    if (!stock || slot >= stock.asOfMs.length || Number.isNaN(stock.asOfMs[slot]!)) continue;
    const item = model.itemOf.get(productId);
    const product = item === undefined ? unknownProduct(productId) : model.products[item]!;
    const modelDemand = item === undefined ? Number.NaN : demand[item]!;
    yield readSlot({ product, item, stock, slot, modelDemand }, options);
  }
}

const terms = emptyTerms();

interface Place {
  readonly product: Product;
  readonly item: number | undefined;
  readonly stock: StoreStock;
  readonly slot: number;
  readonly modelDemand: number;
}

/** Fields one by one: spreading other objects into one took five times as long, and there are millions of them. */
function readSlot(
  { product, item, stock, slot, modelDemand }: Place,
  { policy, nowMs }: Pick<WaitingStockOptions, 'policy' | 'nowMs'>,
): WaitingStock {
  const unit = unitFigures(product);
  valueUnit(unit, stock, slot, modelDemand, policy, nowMs, terms);
  const { available, daysOfSupply, targetCoverDays } = terms;
  const onHand = stock.onHand[slot]!;
  const expiresAtMs = stock.expiresAtMs[slot]!;
  const demandPerDay = demandAt(stock, slot, modelDemand);
  return {
    productId: product.id,
    item,
    onHand,
    reserved: stock.reserved[slot]!,
    available,
    demandPerDay,
    daysOfSupply: available <= 0 ? 0 : daysOfSupply,
    targetCoverDays,
    excessUnits: Math.max(0, available - demandPerDay * targetCoverDays),
    unitCost: unit.cost,
    unitsAtRisk: unitsAtRisk(onHand, demandPerDay, lifeLeft(unit.shelfLifeDays, expiresAtMs, nowMs)),
    unitLoss: unit.cost + policy.disposalCost - policy.salvageValue,
    expiresAtMs,
    asOfMs: stock.asOfMs[slot]!,
  };
}

/**
 * The expected write-off whose last unit is the W of value.ts: Σ P(demand within life < k) over the units k on hand is
 * E[(on hand − demand within life)⁺].
 */
function unitsAtRisk(onHand: number, demandPerDay: number, lifeDays: number): number {
  if (!Number.isFinite(lifeDays)) return Number.NaN;
  if (onHand <= 0) return 0;
  const mean = lifeDays === 0 ? 0 : demandPerDay * lifeDays;
  return Number.isNaN(mean) || Number.isNaN(onHand) ? Number.NaN : poissonLeftOver(onHand, mean);
}

function unknownProduct(id: string): Product {
  return { id, name: id, category: '', active: true };
}

import type { RecordedLine, RefundEvent, SaleEvent } from './events.ts';
import { getOrMake } from './get-or-make.ts';
import { lineMinor, micro, timesQuantity } from './line-money.ts';

/** What was paid for one product of a basket in one currency, net of returns; money in minor units. */
export interface PaidProduct {
  readonly productId: string;
  readonly currency: string;
  /** Pieces; a weighed line counts as one until all of it came back. */
  readonly items: number;
  readonly revenueMinor: number;
  readonly refundedMinor: number;
  /** Whether every line of the product states its cost. */
  readonly isCostKnown: boolean;
  /** 0 where the cost is not known. */
  readonly costMinor: number;
  /** Holding cost that was saved, in fractions of minor units; 0 where not known. */
  readonly holdingSavedMinor: number;
  /** Whether it is known for every line of the product. */
  readonly isHoldingKnown: boolean;
}

interface Sold {
  readonly productId: string;
  readonly currency: string;
  micro: number;
  items: number;
  revenueMinor: number;
  costMinor: number;
  holdingSavedMinor: number;
  isHoldingKnown: boolean;
  isCostKnown: boolean;
}

interface Returned {
  micro: number;
  moneyMinor: number;
}

/**
 * Receipts and refunds of one basket, netted by currency and product as they are added, each refund against what was sold in its own
 * currency. Money of a line: round(quantity · unit price) − discount, in minor units. A product never comes back in a
 * larger quantity or for more money than it was sold: of a larger quantity, the money counts in proportion. Cost comes back in
 * proportion to the quantity.
 */
export class NetProducts {
  readonly #sold = new Map<string, Sold>();
  readonly #returned = new Map<string, Returned>();

  /** Each event once, in an order that does not depend on their arrival. */
  add({ type, currency, lines }: SaleEvent<RecordedLine> | RefundEvent<RecordedLine>): void {
    for (const line of lines)
      if (type === 'sale') addLine(this.#sold, currency, line);
      else addReturn(this.#returned, currency, line);
  }

  /** One product in one currency; undefined where it is on no receipt. */
  product(productId: string, currency: string): PaidProduct | undefined {
    const key = productKey(currency, productId);
    const sold = this.#sold.get(key);
    return sold && net(sold, this.#returned.get(key));
  }

  products(): PaidProduct[] {
    return [...this.#sold].map(([key, product]) => net(product, this.#returned.get(key)));
  }
}

/** @param sales and refunds: as NetProducts.add */
export function netProducts(
  sales: readonly SaleEvent<RecordedLine>[],
  refunds: readonly RefundEvent<RecordedLine>[],
): PaidProduct[] {
  const basket = new NetProducts();
  for (const sale of sales) basket.add(sale);
  for (const refund of refunds) basket.add(refund);
  return basket.products();
}

function addLine(sold: Map<string, Sold>, currency: string, line: RecordedLine): void {
  const { productId, quantity, unitCostMinor, holdingSavedMinor } = line;
  const key = productKey(currency, productId);
  const sum = getOrMake(sold, key, () => nothingSold(productId, currency));
  sum.micro += micro(quantity);
  sum.items += Number.isInteger(quantity) ? quantity : 1;
  sum.revenueMinor += lineMinor(line);
  if (holdingSavedMinor === undefined) sum.isHoldingKnown = false;
  else sum.holdingSavedMinor += quantity * holdingSavedMinor;
  if (unitCostMinor === undefined) sum.isCostKnown = false;
  else sum.costMinor += timesQuantity(quantity, unitCostMinor);
}

function addReturn(returned: Map<string, Returned>, currency: string, line: RecordedLine): void {
  const sum = getOrMake(returned, productKey(currency, line.productId), () => ({ micro: 0, moneyMinor: 0 }));
  sum.micro += micro(line.quantity);
  sum.moneyMinor += lineMinor(line);
}

/** Field by field, here and below: a report makes millions of these, and spreading objects is slow. */
function nothingSold(productId: string, currency: string): Sold {
  return {
    productId,
    currency,
    micro: 0,
    items: 0,
    revenueMinor: 0,
    costMinor: 0,
    holdingSavedMinor: 0,
    isHoldingKnown: true,
    isCostKnown: true,
  };
}

function net(sold: Sold, returned: Returned | undefined): PaidProduct {
  const { productId, currency, isCostKnown, isHoldingKnown, items, revenueMinor } = sold;
  const costMinor = isCostKnown ? sold.costMinor : 0;
  const holdingSavedMinor = isHoldingKnown ? sold.holdingSavedMinor : 0;
  const backShare = returned && sold.micro > 0 ? Math.min(returned.micro, sold.micro) / sold.micro : 0;
  const refundedMinor = returned && sold.micro > 0 ? refundedOf(sold, returned) : 0;
  return {
    productId,
    currency,
    items: backShare < 1 ? Math.max(1, items - Math.round(items * backShare)) : 0,
    revenueMinor: revenueMinor - refundedMinor,
    refundedMinor,
    isCostKnown,
    costMinor: costMinor - Math.round(costMinor * backShare),
    holdingSavedMinor: holdingSavedMinor * (1 - backShare),
    isHoldingKnown,
  };
}

function refundedOf({ micro: soldMicro, revenueMinor }: Sold, { micro: back, moneyMinor }: Returned): number {
  const claimedMinor = back > soldMicro ? (moneyMinor * soldMicro) / back : moneyMinor;
  return Math.min(Math.max(0, Math.round(claimedMinor)), Math.max(0, revenueMinor));
}

function productKey(currency: string, productId: string): string {
  return `${currency}${productId}`;
}

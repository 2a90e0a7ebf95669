import type { ReceiptLine } from '../ledger/events.ts';
import { fromMinorUnits } from '../ledger/money.ts';
import { returnDays } from './serve-visit.ts';
import { type ShopperTruth, TRUTH } from './shopper-truth.ts';
import type { WantedLine } from './shoppers.ts';

/** Money in minor units after refunds, and pieces kept. */
export interface TradeSums {
  marginMinor: number;
  revenueMinor: number;
  refundedMinor: number;
  items: number;
  /**
   * Cost of the pieces kept times the days beyond target cover that they would have lain in stock, by what the gateway was told of
   * it: what the buyer expects to sell holds here, too. Minor units · days.
   */
  excessCostDays: number;
}

/** What a simulation knows of its own trade. */
export interface TradeTruth {
  readonly baskets: { treatment: number; holdout: number };
  readonly transactions: number;
  readonly sold: Readonly<TradeSums>;
  /** Sum over the baskets with offers of what the offers made of them, less what they would have been without. */
  readonly effect: Readonly<TradeSums>;
  readonly offers: { accepted: number; declined: number; notOffered: number };
  readonly customersLost: number;
}

export function noSums(): TradeSums {
  return { marginMinor: 0, revenueMinor: 0, refundedMinor: 0, items: 0, excessCostDays: 0 };
}

export function addSums(to: TradeSums, from: Readonly<TradeSums>, sign: 1 | -1): void {
  to.marginMinor += sign * from.marginMinor;
  to.revenueMinor += sign * from.revenueMinor;
  to.refundedMinor += sign * from.refundedMinor;
  to.items += sign * from.items;
  to.excessCostDays += sign * from.excessCostDays;
}

/**
 * What a receipt comes to once the refunds up to the last day are in. `lines` undefined: left unpaid.
 *
 * @param excessDays of pieces sold of a product, by its place
 */
export function sumsOf(
  truth: ShopperTruth,
  basketId: string,
  lines: readonly WantedLine[] | undefined,
  daysLeft: number,
  excessDays: (place: number, pieces: number) => number,
): TradeSums {
  const sums = noSums();
  for (const { place, quantity } of lines ?? []) {
    const paidMinor = quantity * truth.priceMinor[place]! - discountMinor(truth, place, quantity);
    const back = returnDays(truth, basketId, place);
    if (back !== undefined && back <= daysLeft) sums.refundedMinor += paidMinor;
    else {
      sums.revenueMinor += paidMinor;
      sums.marginMinor += paidMinor - quantity * truth.costMinor[place]!;
      sums.items += quantity;
      sums.excessCostDays += truth.costMinor[place]! * excessDays(place, quantity);
    }
  }
  return sums;
}

/** The line as a receipt has it. */
export function receiptLine(truth: ShopperTruth, { place, quantity }: WantedLine): ReceiptLine {
  const major = (minor: number) => fromMinorUnits(minor, truth.currency);
  const discount = discountMinor(truth, place, quantity);
  return {
    productId: truth.ids[place]!,
    quantity,
    unitPrice: major(truth.priceMinor[place]!),
    unitCost: major(truth.costMinor[place]!),
    ...(discount > 0 && { discount: major(discount) }),
  };
}

/** A tenth off from so many pieces on. */
function discountMinor(truth: ShopperTruth, place: number, quantity: number): number {
  return quantity < TRUTH.rebateFrom ? 0 : Math.round((quantity * truth.priceMinor[place]!) / 10);
}

import type { ReceiptLine } from '../ledger/events.ts';
import { fromMinorUnits } from '../ledger/money.ts';
import { returnDays } from './serve-visit.ts';
import { type ShopperTruth, TRUTH } from './shopper-truth.ts';
import type { WantedLine } from './shoppers.ts';

/** Money in minor units, net of refunds, and pieces that were not returned. */
export interface TradeSums {
  marginMinor: number;
  revenueMinor: number;
  refundedMinor: number;
  items: number;
  /**
   * Cost of the pieces kept times the days beyond the target cover that they would have stayed in stock, according to what the gateway
   * was told: this, too, uses the buyer's demand forecast. Minor units · days.
   */
  excessCostDays: number;
}

/** What a simulation knows about its own trade. */
export interface TradeTruth {
  readonly baskets: { treatment: number; holdout: number };
  readonly transactions: number;
  readonly sold: Readonly<TradeSums>;
  /** Over the baskets with offers: their totals, minus what the totals would have been without the offers. */
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
 * The totals of a receipt, net of the refunds made by the last day. `lines` is undefined if the basket was left unpaid.
 *
 * @param excessDays days beyond the target cover that the sold pieces of a product would have stayed in stock
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

/** The line as it appears on a receipt. */
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

/** A discount of 10 % from {@link TRUTH.rebateFrom} pieces on. */
function discountMinor(truth: ShopperTruth, place: number, quantity: number): number {
  return quantity < TRUTH.rebateFrom ? 0 : Math.round((quantity * truth.priceMinor[place]!) / 10);
}

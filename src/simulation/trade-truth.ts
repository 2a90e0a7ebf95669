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
}

/** What a simulation knows of its own trade. */
export interface TradeTruth {
  readonly baskets: { treatment: number; holdout: number };
  readonly transactions: number;
  readonly sold: Readonly<TradeSums>;
  /** Sum over the baskets with offers of what the offers made of them, less what they would have been without. */
  readonly effect: Readonly<TradeSums>;
  /**
   * The same of cost times the days beyond target cover that pieces sold would have lain in stock, minor units · days: what the buyer
   * expects to sell is told to the gateway and holds here, too.
   */
  readonly excessCostDays: number;
  readonly offers: { accepted: number; declined: number; notOffered: number };
  readonly customersLost: number;
}

export function noSums(): TradeSums {
  return { marginMinor: 0, revenueMinor: 0, refundedMinor: 0, items: 0 };
}

export function addSums(to: TradeSums, from: Readonly<TradeSums>, sign: 1 | -1): void {
  to.marginMinor += sign * from.marginMinor;
  to.revenueMinor += sign * from.revenueMinor;
  to.refundedMinor += sign * from.refundedMinor;
  to.items += sign * from.items;
}

/** What a receipt comes to once the refunds up to the last day are in. `lines` undefined: left unpaid. */
export function sumsOf(
  truth: ShopperTruth,
  basketId: string,
  lines: readonly WantedLine[] | undefined,
  daysLeft: number,
): TradeSums {
  const sums = noSums();
  for (const { place, quantity } of lines ?? []) {
    const paidMinor = quantity * truth.priceMinor[place]! - discountMinor(truth, place, quantity);
    if (comesBack(truth, basketId, place, daysLeft)) sums.refundedMinor += paidMinor;
    else {
      sums.revenueMinor += paidMinor;
      sums.marginMinor += paidMinor - quantity * truth.costMinor[place]!;
      sums.items += quantity;
    }
  }
  return sums;
}

/** Whether a paid product is returned up to the last day. */
export function comesBack(truth: ShopperTruth, basketId: string, place: number, daysLeft: number): boolean {
  const back = returnDays(truth, basketId, place);
  return back !== undefined && back <= daysLeft;
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

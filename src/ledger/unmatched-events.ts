import type { RecordedLine, RefundEvent, SaleEvent } from './events.ts';
import { isRefundOf } from './paid-products.ts';

/** Why a stored event counts nowhere. Those that still may count begin to do so by themselves, as soon as what they lack has come. */
export const UNMATCHED_REASONS = [
  /** A word on an offer that the ledger does not have; it may still come. */
  'no-decision',
  /** A word on a product that its decision did not offer. */
  'not-suggested',
  /** A word that was said after its product was paid. */
  'after-payment',
  /** A refund of a basket without a receipt; it may still come. */
  'no-sale',
  /** A refund in a currency in which none of its products was paid. */
  'other-currency',
  /** A refund of products that are on no receipt of its basket; one may still come. */
  'not-on-receipt',
] as const;
export type UnmatchedReason = (typeof UNMATCHED_REASONS)[number];

/** An event that counts nowhere. */
export interface UnmatchedEvent {
  readonly id: string;
  readonly reason: UnmatchedReason;
}

/** How many different events count nowhere. */
export interface UnmatchedCounts {
  /** `shown` and `outcome` of a decision that the ledger lacks, of a product that it did not suggest, or said after the product was paid. */
  readonly suggestionEvents: number;
  /** Refunds with no product that is on a receipt of their basket and currency. */
  readonly refunds: number;
}

const IS_OF_REFUND: Readonly<Record<UnmatchedReason, boolean>> = {
  'no-decision': false,
  'not-suggested': false,
  'after-payment': false,
  'no-sale': true,
  'other-currency': true,
  'not-on-receipt': true,
};

export function countUnmatched(reasons: Iterable<UnmatchedReason>): UnmatchedCounts {
  const counts = { suggestionEvents: 0, refunds: 0 };
  for (const reason of reasons) counts[IS_OF_REFUND[reason] ? 'refunds' : 'suggestionEvents']++;
  return counts;
}

/** Why a refund takes nothing back from the receipts of its basket; undefined where it does. */
export function whyNoRefund(
  refund: RefundEvent<RecordedLine>,
  sales: readonly SaleEvent<RecordedLine>[],
): UnmatchedReason | undefined {
  if (sales.length === 0) return 'no-sale';
  if (isRefundOf(refund, sales)) return undefined;
  const isSold = sales.some(({ currency }) => isRefundOf({ ...refund, currency }, sales));
  return isSold ? 'other-currency' : 'not-on-receipt';
}

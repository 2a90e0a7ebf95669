import type { RecordedLine, RefundEvent, SaleEvent } from './events.ts';
import { receiptsOf } from './first-sale.ts';
import { getOrMake } from './get-or-make.ts';
import type { Writable } from './writable.ts';

/**
 * Why a stored event counts nowhere, or not by itself. Those that still may count begin to do so by themselves, as soon as what they lack
 * has come.
 */
export const UNMATCHED_REASONS = [
  /** A word on an offer that the ledger does not have; it may still come. */
  'no-decision',
  /** A word on a product that its decision did not offer, as one of a holdout or an analyst's question offers none. */
  'not-suggested',
  /** A word that was said after its product was paid. */
  'after-payment',
  /** A refund of a basket without a receipt; it may still come. */
  'no-sale',
  /** A refund in a currency in which none of its products was paid. */
  'other-currency',
  /** A refund of products that are on no receipt of its basket; one may still come. */
  'not-on-receipt',
  /** A receipt that counts with an earlier one of its basket id, but is of another store or of more than a day later. */
  'joined-receipt',
] as const;
export type UnmatchedReason = (typeof UNMATCHED_REASONS)[number];

/** An event that counts nowhere, or not by itself. */
export interface UnmatchedEvent {
  readonly id: string;
  readonly reason: UnmatchedReason;
}

/** How many different events count nowhere, or not by themselves. */
export interface UnmatchedCounts {
  /** `shown` and `outcome` of a decision that the ledger lacks, of a product that it did not suggest, or said after the product was paid. */
  readonly suggestionEvents: number;
  /** Refunds with no product that is on a receipt of their basket and currency. */
  readonly refunds: number;
  /** Receipts that count with an earlier one, and seem to be another basket's: its id was used again. */
  readonly receipts: number;
}

export const NOTHING_UNMATCHED: UnmatchedCounts = { suggestionEvents: 0, refunds: 0, receipts: 0 };

const COUNTED_AS: Readonly<Record<UnmatchedReason, keyof UnmatchedCounts>> = {
  'no-decision': 'suggestionEvents',
  'not-suggested': 'suggestionEvents',
  'after-payment': 'suggestionEvents',
  'no-sale': 'refunds',
  'other-currency': 'refunds',
  'not-on-receipt': 'refunds',
  'joined-receipt': 'receipts',
};

/** The counts with these more, or fewer. */
export function withUnmatched(
  { ...counts }: UnmatchedCounts,
  reasons: Iterable<UnmatchedReason>,
  each: 1 | -1,
): UnmatchedCounts {
  const sums: Writable<UnmatchedCounts> = counts;
  for (const reason of reasons) sums[COUNTED_AS[reason]] += each;
  return sums;
}

/** The refunds of a basket that take nothing back from its receipts. */
export function* strayRefunds(
  refunds: ReadonlyMap<string, RefundEvent<RecordedLine>>,
  sales: readonly SaleEvent<RecordedLine>[],
): Generator<UnmatchedEvent> {
  if (refunds.size === 0) return;
  const paidIn = currenciesOf(sales);
  for (const { id, currency, lines } of refunds.values()) {
    const known = lines.flatMap(({ productId }) => paidIn.get(productId) ?? []);
    if (sales.length === 0) yield { id, reason: 'no-sale' };
    else if (known.length === 0) yield { id, reason: 'not-on-receipt' };
    else if (!known.some((currencies) => currencies.has(currency))) yield { id, reason: 'other-currency' };
  }
}

/** The currencies in which each product was paid. */
function currenciesOf(sales: readonly SaleEvent<RecordedLine>[]): ReadonlyMap<string, Set<string>> {
  const paidIn = new Map<string, Set<string>>();
  for (const { currency, lines } of sales)
    for (const { productId } of lines) getOrMake(paidIn, productId, () => new Set()).add(currency);
  return paidIn;
}

/** Ids of the receipts of a basket that seem to be another basket's, in order of time. */
export function joinedReceipts(sales: readonly SaleEvent<RecordedLine>[]): string[] {
  return sales.length < 2 ? [] : receiptsOf(sales).joined.map(({ event }) => event.id);
}

import { z } from 'zod';
import type { UnmatchedArrival } from '../ledger/outcome-store.ts';
import type { UnmatchedCounts, UnmatchedReason } from '../ledger/unmatched-events.ts';
import { fromOutcomes, type OutcomeSource } from './report-source.ts';
import type { Cell, ReportTable } from './report-table.ts';

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 1000;
const PRODUCTS_NAMED_MAX = 10;

const unmatchedFields = {
  limit: z.coerce
    .number<string>('a whole number')
    .int('a whole number')
    .min(1, 'a number from 1')
    .max(LIMIT_MAX, `a number to ${LIMIT_MAX}`)
    .default(LIMIT_DEFAULT),
  before: z
    .string()
    .regex(/^\d{1,15}$/, 'next of the page before')
    .transform(Number)
    .exactOptional()
    .describe('`next` of the page before'),
};

export const unmatchedQuerySchema = z.strictObject(unmatchedFields, {
  error: `only ${Object.keys(unmatchedFields).join(', ')}`,
});
export type UnmatchedQuery = z.infer<typeof unmatchedQuerySchema>;

/** A page of the stored events that count nowhere or not by themselves, the newest first. */
export interface UnmatchedAnswer {
  readonly counts: UnmatchedCounts;
  readonly events: readonly UnmatchedEntry[];
  /** What the next page is before; absent on the last one. */
  readonly next?: number;
}

export interface UnmatchedEntry {
  readonly id: string;
  readonly type: 'shown' | 'outcome' | 'sale' | 'refund';
  readonly at: string;
  readonly receivedAt: string;
  readonly reason: UnmatchedReason;
  /** The reason in words, and what would make the event count. */
  readonly detail: string;
  readonly decisionId?: string;
  /** The product of a word, or the first products of a refund or receipt, each once. */
  readonly productIds: readonly string[];
  /** How many different ones there are. */
  readonly products: number;
  readonly basketId?: string;
  readonly storeId?: string;
  readonly agentId?: string;
}

const DETAILS: Readonly<Record<UnmatchedReason, string>> = {
  'no-decision': 'No offer with this decisionId is in the ledger. The event counts once one comes.',
  'not-suggested':
    'The decision did not suggest this product, or nothing: its basket is held out, or it was an analyst’s question and no offer.',
  'after-payment': 'It was said more than five minutes after the product, or else its basket, was paid.',
  'no-sale': 'No receipt of this basket is in the ledger. The refund counts once one comes.',
  'other-currency': 'The products were paid in another currency.',
  'joined-receipt':
    'It counts with an earlier receipt of the same basketId, which is of another store or more than a day older. Every basket needs an id of its own.',
  'not-on-receipt':
    'None of the products is on a receipt of this basket. The refund counts once one comes with it.',
};

/** @throws Problem (rejects), and what `pause` rejects with */
export function runUnmatched(
  source: OutcomeSource,
  { limit, before }: UnmatchedQuery,
): Promise<UnmatchedAnswer> {
  return fromOutcomes(source, ({ outcomes, tenant }) => {
    const found = outcomes.unmatched(tenant, limit + 1, before);
    const page = found.slice(0, limit);
    return {
      counts: outcomes.unmatchedCounts(tenant),
      events: page.map(presentEntry),
      ...(found.length > limit && { next: page.at(-1)!.arrival }),
    };
  });
}

function presentEntry({ reason, stored: { event, receivedAtMs } }: UnmatchedArrival): UnmatchedEntry {
  const { id, type, at, basketId, storeId, agentId } = event;
  const isWord = event.type === 'shown' || event.type === 'outcome';
  const productIds = new Set(isWord ? [event.productId] : event.lines.map(({ productId }) => productId));
  return {
    id,
    type,
    at,
    receivedAt: new Date(receivedAtMs).toISOString(),
    reason,
    detail: DETAILS[reason],
    productIds: [...productIds].slice(0, PRODUCTS_NAMED_MAX),
    products: productIds.size,
    ...(isWord && { decisionId: event.decisionId }),
    ...(basketId !== undefined && { basketId }),
    ...(storeId !== undefined && { storeId }),
    ...(agentId !== undefined && { agentId }),
  };
}

const COLUMNS = [
  ...(['receivedAt', 'at', 'type', 'id', 'reason'] as const),
  ...(['basketId', 'decisionId', 'storeId', 'agentId'] as const),
] as const;

/** One row for each event; several products are separated by blanks. */
export function unmatchedTable({ events }: UnmatchedAnswer): ReportTable {
  return {
    columns: [...COLUMNS, 'productIds'],
    rows: events.map((entry) => [
      ...COLUMNS.map((column): Cell => entry[column] ?? null),
      entry.productIds.join(' '),
    ]),
  };
}

/** How many there are, why those on the page are listed, and how to read on. */
export function unmatchedNotes({ counts, events, next }: UnmatchedAnswer): string[] {
  const { suggestionEvents, refunds, receipts } = counts;
  const reasons = [...new Set(events.map(({ reason }) => reason))];
  return [
    `${suggestionEvents} words on offers and ${refunds} refunds count nowhere, ${receipts} receipts not by themselves.`,
    ...reasons.map((reason) => `${reason}: ${DETAILS[reason]}`),
    ...(next === undefined ? [] : [`There are more: --before ${next}.`]),
  ];
}

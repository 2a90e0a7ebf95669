import fc from 'fast-check';
import type { DecisionRecord } from '../../src/ledger/decision.ts';
import type { LedgerEvent } from '../../src/ledger/events.ts';
import { decisionRecord } from './ledger-events.ts';

/** A decision or an event as it reaches the ledger. */
export type LedgerEntry = { readonly decision: DecisionRecord } | { readonly event: LedgerEvent };

const FIRST_MS = Date.UTC(2026, 4, 1, 6);
const PRODUCTS = ['A', 'B', 'C'];
const currencies = fc.constantFrom('EUR', 'EUR', 'USD');
const product = fc.constantFrom(...PRODUCTS);
const basket = fc.integer({ min: 0, max: 5 }).map((n) => `b${n}`);
const decision = fc.integer({ min: 0, max: 9 }).map((n) => `d${n}`);
const place = fc.record({
  storeId: fc.constantFrom('s1', 's2'),
  agentId: fc.constantFrom('a1', 'a2'),
  channel: fc.constantFrom('till', 'call'),
});
const momentMs = fc.integer({ min: 0, max: 40 }).map((hours) => FIRST_MS + hours * 3_600_000);
const at = momentMs.map((ms) => new Date(ms).toISOString());
const line = fc.record({
  productId: product,
  quantity: fc.constantFrom(1, 2, 0.35),
  unitPrice: fc.constantFrom(3.5, 8, 0.99),
  unitCost: fc.constantFrom(1, 2.25),
});
const split = fc.constantFrom(
  [
    { agentId: 'a1', percent: 50 },
    { agentId: 'a2', percent: 50 },
  ],
  [
    { agentId: 'a2', percent: 33.33 },
    { agentId: 'a1', percent: 33.33 },
    { agentId: 'a3', percent: 33.34 },
  ],
  [{ agentId: 'a3', percent: 100 }],
);
const lines = fc.array(line, { minLength: 1, maxLength: 3 });

const decisions = fc
  .record(
    {
      basketId: basket,
      atMs: momentMs,
      storeId: fc.constantFrom('s1', 's2'),
      agentId: fc.constantFrom('a1', 'a2'),
      channel: fc.constantFrom('till', 'call'),
      customer: fc.constantFrom('anna', 'ben', 'cleo'),
      isDrawnForCustomer: fc.constant(true as const),
      arm: fc.constantFrom('treatment' as const, 'holdout' as const),
      holdoutShare: fc.constantFrom(0, 0.1, 0.5),
      objective: fc.constantFrom('value' as const, 'value' as const, 'probability' as const),
      suggestions: fc.subarray(PRODUCTS),
      basket: fc.array(
        fc.record({
          productId: product,
          quantity: fc.constantFrom(1, 2),
          unitPrice: fc.constantFrom(1.1, 4),
        }),
      ),
    },
    { requiredKeys: ['basketId', 'atMs', 'arm', 'holdoutShare', 'objective', 'suggestions', 'basket'] },
  )
  .map((changes) => (id: string) => ({ decision: decisionRecord(id, changes) }));

const events = fc
  .oneof(
    fc.record({ type: fc.constant('shown' as const), at, decisionId: decision, productId: product }),
    fc.record({
      type: fc.constant('outcome' as const),
      at,
      decisionId: decision,
      productId: product,
      result: fc.constantFrom('accepted' as const, 'declined' as const, 'not-offered' as const),
    }),
    fc
      .tuple(
        fc.record(
          { type: fc.constant('sale' as const), at, basketId: basket, currency: currencies, lines, split },
          { requiredKeys: ['type', 'at', 'basketId', 'currency', 'lines'] },
        ),
        place,
      )
      .map(([sale, where]) => ({ ...sale, ...where })),
    fc.record({ type: fc.constant('refund' as const), at, basketId: basket, currency: currencies, lines }),
  )
  .map((facts) => (id: string) => ({ event: { ...facts, id } as LedgerEvent }));

/**
 * Decisions and events of a few baskets, so that they meet: events of decisions that come later or never, refunds without a sale, two
 * currencies, moments and customers that coincide. Ids of decisions are drawn, so their order is not that of arrival.
 */
export const anyLedger: fc.Arbitrary<LedgerEntry[]> = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 10 }),
    fc.array(decisions, { minLength: 10, maxLength: 10 }),
    fc.array(events, { maxLength: 30 }),
  )
  .chain(([ids, made, said]) => {
    const entries: LedgerEntry[] = [
      ...ids.map((id, i) => made[i]!(`d${id}`)),
      ...said.map((event, i) => event(`e${i}`)),
    ];
    return fc.shuffledSubarray(entries, { minLength: entries.length });
  });

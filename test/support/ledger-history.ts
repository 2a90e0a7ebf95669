import fc from 'fast-check';
import type { DecisionRecord } from '../../src/ledger/decision.ts';
import type { LedgerEvent, ReceiptLine } from '../../src/ledger/events.ts';
import { decisionRecord } from './ledger-events.ts';

/** Something that comes to the ledger. */
export type Arrival = { readonly decision: DecisionRecord } | { readonly event: LedgerEvent };

const FIRST_MS = Date.UTC(2026, 2, 27);
/** A moment within four days over the European change to summer time. */
const moment = fc.integer({ min: 0, max: 4 * 86_400 }).map((seconds) => FIRST_MS + seconds * 1000);
const at = moment.map((atMs) => new Date(atMs).toISOString());
const idOf = (letter: string, max: number) => fc.integer({ min: 0, max }).map((n) => `${letter}${n}`);
const product = fc.constantFrom('A', 'B', 'C');
const place = fc.record(
  {
    storeId: fc.constantFrom('s1', 's2'),
    agentId: fc.constantFrom('a1', 'a2'),
    channel: fc.constantFrom('till', 'call'),
  },
  { requiredKeys: ['storeId'] },
);
const line: fc.Arbitrary<ReceiptLine> = fc.record(
  {
    productId: product,
    quantity: fc.constantFrom(1, 2, 3, 0.25),
    unitPrice: fc.constantFrom(1.5, 8, 19.99),
    unitCost: fc.constantFrom(1, 5.25),
  },
  { requiredKeys: ['productId', 'quantity', 'unitPrice'] },
);
const paid = {
  at,
  basketId: idOf('b', 6),
  currency: fc.constantFrom('EUR', 'USD'),
  lines: fc.array(line, { minLength: 1, maxLength: 3 }),
};
const said = { at, decisionId: idOf('d', 9), productId: product };

/** Decisions d0 … d7 on baskets b0 … b4: events may name what never comes, and sales baskets that were never decided on. */
const decision = fc
  .record({
    id: idOf('d', 7),
    atMs: moment,
    place,
    changes: fc.record(
      {
        basketId: idOf('b', 4),
        arm: fc.constantFrom('treatment' as const, 'holdout' as const),
        objective: fc.constantFrom('value' as const, 'value' as const, 'probability' as const),
        suggestions: fc.subarray(['A', 'B', 'C']),
        customer: idOf('c', 2),
      },
      { requiredKeys: ['basketId', 'arm', 'objective', 'suggestions'] },
    ),
  })
  .map(({ id, atMs, place: where, changes }) => decisionRecord(id, { atMs, ...where, ...changes }));

const event: fc.Arbitrary<LedgerEvent> = fc.oneof(
  fc.record({ ...said, type: fc.constant('shown' as const) }),
  fc.record({
    ...said,
    type: fc.constant('outcome' as const),
    result: fc.constantFrom('accepted' as const, 'declined' as const, 'not-offered' as const),
  }),
  fc
    .record({ type: fc.constant('sale' as const), paid: fc.record(paid), where: place })
    .map(({ type, paid: facts, where }) => ({ type, ...facts, ...where })),
  fc.record({ ...paid, type: fc.constant('refund' as const) }),
) as fc.Arbitrary<LedgerEvent>;

/** What comes to a ledger, each thing once, in an order that nothing made. */
export const ledgerHistory: fc.Arbitrary<Arrival[]> = fc
  .tuple(
    fc.uniqueArray(decision, { maxLength: 8, selector: ({ decisionId }) => decisionId }),
    fc.array(event, { maxLength: 30 }),
  )
  .chain(([decisions, events]) => {
    const arrivals: Arrival[] = [
      ...decisions.map((one) => ({ decision: one })),
      ...events.map((one, i) => ({ event: { ...one, id: `e${i}` } })),
    ];
    return fc.shuffledSubarray(arrivals, { minLength: arrivals.length });
  });

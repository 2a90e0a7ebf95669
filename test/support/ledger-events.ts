import fc from 'fast-check';
import type { DecisionRecord } from '../../src/ledger/decision.ts';
import type { LedgerEvent, OutcomeEvent, SaleEvent } from '../../src/ledger/events.ts';

const AT = '2026-05-01T10:00:00+02:00';

export function outcomeEvent(id: string, changes: Partial<OutcomeEvent> = {}): OutcomeEvent {
  return {
    id,
    type: 'outcome',
    at: AT,
    basketId: 'b1',
    decisionId: 'd1',
    productId: 'A',
    result: 'accepted',
    ...changes,
  };
}

export function saleEvent(id: string, changes: Partial<SaleEvent> = {}): SaleEvent {
  return {
    id,
    type: 'sale',
    at: AT,
    basketId: 'b1',
    storeId: 's1',
    agentId: 'a1',
    currency: 'EUR',
    lines: [
      { productId: 'A', quantity: 2, unitPrice: 3.5, discount: 0.7, unitCost: 1.1 },
      { productId: 'B', quantity: 0.25, unitPrice: 19.99 },
    ],
    ...changes,
  };
}

export function decisionRecord(decisionId: string, changes: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    decisionId,
    tenant: 't',
    basketId: 'b1',
    storeId: 's1',
    atMs: 1_777_622_400_000,
    arm: 'treatment',
    holdoutShare: 0.1,
    modelVersion: 'demo',
    rulesVersion: 3,
    stockEpoch: 17,
    objective: 'value',
    basket: [{ productId: 'A', quantity: 2 }],
    candidates: [
      { productId: 'C', probability: 0.25, expectedValue: 1.125, verdict: 'suggested' },
      { productId: 'D', probability: 0.0625, expectedValue: null, verdict: 'below-threshold' },
    ],
    suggestions: ['C'],
    degraded: [],
    ...changes,
  };
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 });

/** Numbers of a candidate: the ledger keeps them in the ranking's single precision. */
const single = fc.float({ noNaN: true, noDefaultInfinity: true });
const chance = fc.float({ min: 0, max: 1, noNaN: true });
const candidateFields = {
  productId: text,
  probability: chance,
  expectedValue: fc.option(single),
  verdict: fc.oneof(fc.constant('suggested'), text),
};
/** Of one decision either all candidates state how likely they were to be chosen, or none. */
const anyCandidates = fc.oneof(
  fc.array(fc.record(candidateFields), { maxLength: 50, size: 'max' }),
  fc.array(
    fc.record(
      {
        ...candidateFields,
        unitValue: fc.option(single),
        inclusion: chance,
        substituteGroup: fc.integer({ min: 0, max: 40 }),
      },
      { requiredKeys: ['productId', 'probability', 'expectedValue', 'verdict', 'unitValue', 'inclusion'] },
    ),
    { maxLength: 50, size: 'max' },
  ),
);
const amount = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
const anySlate = fc.record(
  {
    limit: fc.nat(),
    pinned: fc.nat(),
    valueWeight: amount,
    expectedValueMin: amount,
    referenceValue: fc.option(amount),
    exploration: fc.record({ share: amount, draw: amount, explored: fc.option(text) }),
  },
  { requiredKeys: ['limit', 'pinned', 'valueWeight', 'expectedValueMin', 'referenceValue'] },
);

/** Parts of a decision that vary; to be laid over decisionRecord. */
export const anyDecision: fc.Arbitrary<Partial<DecisionRecord>> = fc.record(
  {
    basketId: text,
    arm: fc.constantFrom('treatment' as const, 'holdout' as const),
    atMs: fc.nat(),
    basket: fc.array(fc.record({ productId: text, quantity: fc.double({ min: 0, noNaN: true }) })),
    candidates: anyCandidates,
    suggestions: fc.array(text),
    slate: anySlate,
    degraded: fc.array(text),
  },
  { requiredKeys: ['basketId', 'arm', 'atMs', 'basket', 'candidates', 'suggestions', 'degraded'] },
);

/** Events whose ids come from a small set, so that they repeat; the content depends on the id alone. */
export const repeatingEvents: fc.Arbitrary<LedgerEvent[]> = fc
  .array(fc.integer({ min: 0, max: 30 }), { maxLength: 80 })
  .map((numbers) =>
    numbers.map((n) =>
      n % 2 === 0 ? outcomeEvent(`e${n}`, { productId: `P${n}` }) : saleEvent(`e${n}`, { basketId: `b${n}` }),
    ),
  );

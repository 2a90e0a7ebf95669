import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toColumns } from '../../src/adapters/decision-columns.ts';
import { factsOfRow, fromDecisionRow, toDecisionRow, withCustomer } from '../../src/adapters/decision-row.ts';
import type { DecisionRecord } from '../../src/ledger/decision.ts';
import { anyDecision, decisionRecord } from '../support/ledger-events.ts';

const known: Partial<DecisionRecord> = {
  ...{ channel: 'call', agentId: 'a1', customer: 'anna', isDrawnForCustomer: true, language: 'nl' },
  basket: [{ productId: 'A', quantity: 2, unitPrice: 3.5 }],
};
const anyChanges = fc.tuple(anyDecision, fc.subarray(Object.keys(known))).map(([changes, fields]) => ({
  ...changes,
  ...Object.fromEntries(fields.map((field) => [field, known[field as keyof DecisionRecord]])),
}));
const onDisk = <Row>(row: Row): Row => structuredClone(row);

describe('a decision as a row', () => {
  test('comes back whole, and what was absent is absent', () => {
    fc.assert(
      fc.property(anyChanges, (changes) => {
        const decision = decisionRecord('d1', changes);
        expect(fromDecisionRow(onDisk(toDecisionRow(decision)))).toEqual(decision);
        const back = fromDecisionRow(onDisk(toDecisionRow(decision)));
        expect(Object.keys(back).sort()).toEqual(Object.keys(decision).sort());
      }),
    );
  });

  test('gives reports the same facts as the decision itself', () => {
    fc.assert(
      fc.property(anyChanges, (changes) => {
        const decision = decisionRecord('d1', changes);
        const facts = factsOfRow(onDisk(toDecisionRow(decision)));
        const { candidates: _, modelVersion: __, rulesVersion: ___, stockEpoch: ____, ...rest } = decision;
        const { language: _____, slate: ______, degraded: _______, ...wanted } = rest;
        expect(facts).toEqual(wanted);
      }),
    );
  });

  test('keeps ids with any character in them', () => {
    const candidates = ['a\nb', '', 'c'].map((productId) => ({
      ...{ productId, probability: 0.5, expectedValue: 1, verdict: 'suggested' },
    }));
    const decision = decisionRecord('d1', { candidates });
    expect(fromDecisionRow(onDisk(toDecisionRow(decision)))).toEqual(decision);
  });

  test('has its places for ever', () => {
    const row = toDecisionRow(
      decisionRecord('d1', { customer: 'anna', isDrawnForCustomer: true, language: 'en' }),
    );
    expect(row.slice(0, 20)).toEqual([
      ...[
        'd1',
        't',
        'b1',
        1_777_622_400_000,
        's1',
        null,
        null,
        'anna',
        'treatment',
        0.1,
        true,
        'value',
        ['C'],
      ],
      ...['demo', 3, 17, 'en', null, [], ['A', 2, null]],
    ]);
    const [ids, floats, verdicts, verdict, ...rest] = row[20] as unknown[];
    expect([ids, (floats as Uint8Array).length, verdicts, verdict, rest]).toEqual([
      ...['C\nD', 16, ['suggested', 'below-threshold'], Uint8Array.of(0, 1), [null, null, null]],
    ]);
  });

  test('changes the name of its customer and nothing else, also as it was written before', () => {
    const decision = decisionRecord('d1', { customer: 'anna' });
    for (const row of [toDecisionRow(decision), toColumns(decision)])
      expect(fromDecisionRow(onDisk(withCustomer(row, 'token')))).toEqual({ ...decision, customer: 'token' });
  });

  test('that was written with the names of its fields still reads', () => {
    const decision = decisionRecord('d1', known);
    const row = onDisk(toColumns(decision));
    expect(fromDecisionRow(row)).toEqual(decision);
    const { candidates: _, ...facts } = decision;
    expect(factsOfRow(row)).toEqual(facts);
  });
});

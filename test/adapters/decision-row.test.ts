import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  factsOfRow,
  fromDecisionRows,
  toDecisionRows,
  withCustomer,
} from '../../src/adapters/decision-row.ts';
import type { DecisionRecord } from '../../src/ledger/decision.ts';
import { decisionOfFormat2 } from '../support/decision-of-format-2.ts';
import { anyDecision, decisionRecord } from '../support/ledger-events.ts';

const known: Partial<DecisionRecord> = {
  channel: 'call',
  agentId: 'a1',
  customer: 'anna',
  isDrawnForCustomer: true,
  language: 'nl',
  basket: [{ productId: 'A', quantity: 2, unitPrice: 3.5 }],
};
const anyChanges = fc
  .tuple(anyDecision, fc.subarray(Object.keys(known)), fc.array(fc.nat(49), { maxLength: 5 }))
  .map(([changes, fields, places]) => ({
    ...changes,
    suggestions: places.flatMap((place) => changes.candidates?.[place]?.productId ?? []),
    ...Object.fromEntries(fields.map((field) => [field, known[field as keyof DecisionRecord]])),
  }));
const onDisk = <Row>(row: Row): Row => structuredClone(row);
const rowOf = (decision: DecisionRecord) => onDisk(toDecisionRows(decision).row);
const backFrom = (decision: DecisionRecord) => {
  const { row, passedOver } = onDisk(toDecisionRows(decision));
  return fromDecisionRows(row, passedOver);
};

describe('a decision as a row', () => {
  test('comes back whole, and what was absent is absent', () => {
    fc.assert(
      fc.property(anyChanges, (changes) => {
        const decision = decisionRecord('d1', changes);
        const back = backFrom(decision);
        expect(back).toEqual(decision);
        expect(Object.keys(back).sort()).toEqual(Object.keys(decision).sort());
      }),
    );
  });

  test('gives reports the same facts as the decision itself', () => {
    fc.assert(
      fc.property(anyChanges, (changes) => {
        const decision = decisionRecord('d1', changes);
        const facts = factsOfRow(rowOf(decision));
        const { candidates: _, modelVersion: __, rulesVersion: ___, stockEpoch: ____, ...rest } = decision;
        const { language: _____, slate: ______, degraded: _______, ...wanted } = rest;
        expect(facts).toEqual(wanted);
      }),
    );
  });

  test('keeps ids with any character in them', () => {
    const candidates = ['a\nb', '', 'c'].map((productId) => ({
      productId,
      probability: 0.5,
      expectedValue: 1,
      verdict: 'suggested',
    }));
    const decision = decisionRecord('d1', { candidates });
    expect(backFrom(decision)).toEqual(decision);
  });

  test('keeps the positions of its fields', () => {
    const { row, passedOver } = toDecisionRows(
      decisionRecord('d1', { customer: 'anna', isDrawnForCustomer: true, language: 'en' }),
    );
    expect(row.slice(0, 20)).toEqual([
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
      'demo',
      3,
      17,
      'en',
      null,
      [],
      ['A', 2, null],
    ]);
    const columns = (values: readonly unknown[]) =>
      values.map((value) => (value instanceof Uint8Array && value.length > 2 ? value.length : value));
    expect(columns(row[20] as unknown[])).toEqual([
      'C',
      8,
      ['suggested'],
      Uint8Array.of(0),
      null,
      null,
      null,
    ]);
    expect(row.slice(21)).toEqual([1]);
    expect(columns(passedOver!)).toEqual([
      Uint8Array.of(0),
      'D',
      8,
      ['below-threshold'],
      Uint8Array.of(0),
      null,
      null,
      null,
    ]);
  });

  test('keeps what was suggested, and says how much else there was, when the others are gone', () => {
    const candidates = ['A', 'B', 'C', 'D', 'E'].map((productId, place) => ({
      productId,
      probability: 0.5 ** place,
      expectedValue: place === 0 ? null : place,
      verdict: 'outranked',
      inclusion: place === 0 ? 0 : 0.25,
      unitValue: null,
    }));
    const decision = decisionRecord('d1', { candidates, suggestions: ['D', 'B'] });
    expect(fromDecisionRows(rowOf(decision))).toEqual({
      ...decision,
      candidates: [candidates[1], candidates[3]],
      candidatesForgotten: 3,
    });
    const all = decisionRecord('d1', { candidates: candidates.slice(0, 2), suggestions: ['A', 'B'] });
    expect(toDecisionRows(all).passedOver).toBeUndefined();
    expect(fromDecisionRows(rowOf(all))).toEqual(all);
  });

  test('of format 3 has all candidates in one row', () => {
    const decision = decisionRecord('d1', { customer: 'anna' });
    const whole = decisionRecord('d1', { customer: 'anna', suggestions: ['C', 'D'] });
    const row = [...rowOf(whole).slice(0, 21)];
    row[12] = decision.suggestions;
    expect(fromDecisionRows(row)).toEqual(decision);
  });

  test('changes only the name of its customer, even in an older format', () => {
    const decision = decisionRecord('d1', { customer: 'anna' });
    const { row, passedOver } = onDisk(toDecisionRows(decision));
    const renamed = { ...decision, customer: 'token' };
    expect(fromDecisionRows(withCustomer(row, 'token'), passedOver)).toEqual(renamed);
    expect(fromDecisionRows(withCustomer(decisionOfFormat2(decision), 'token'))).toEqual(renamed);
  });

  test('written with field names can still be read', () => {
    const decision = decisionRecord('d1', known);
    const row = onDisk(decisionOfFormat2(decision));
    expect(fromDecisionRows(row)).toEqual(decision);
    const { candidates: _, ...facts } = decision;
    expect(factsOfRow(row)).toEqual(facts);
  });
});

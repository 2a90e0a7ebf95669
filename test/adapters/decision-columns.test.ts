import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { candidateColumns, type DecisionColumns, fromColumns } from '../../src/adapters/decision-columns.ts';
import type { DecisionRecord } from '../../src/ledger/decision.ts';
import { decisionOfFormat2 } from '../support/decision-of-format-2.ts';
import { anyDecision, decisionRecord } from '../support/ledger-events.ts';

describe('a decision as columns', () => {
  test('comes back whole, with the policy that chose and the chances it gave', () => {
    fc.assert(
      fc.property(anyDecision, (changes) => {
        const decision = decisionRecord('d1', changes);
        expect(fromColumns(decisionOfFormat2(decision))).toEqual(decision);
      }),
    );
  });

  test('written before exploration existed can still be read', () => {
    const { candidates, slate: _, ...rest } = decisionRecord('d1');
    const numbers = Buffer.alloc(16 * candidates.length);
    for (const [i, { probability, expectedValue }] of candidates.entries()) {
      numbers.writeDoubleLE(probability, 8 * i);
      numbers.writeDoubleLE(expectedValue ?? Number.NaN, 8 * (candidates.length + i));
    }
    const before: DecisionColumns = {
      ...rest,
      candidates: {
        productIds: candidates.map(({ productId }) => productId),
        numbers,
        verdicts: ['suggested', 'below-threshold'],
        verdict: Uint8Array.of(0, 1),
      },
    };
    const decision: DecisionRecord = { ...rest, candidates };
    expect(fromColumns(before)).toEqual(decision);
  });

  test('takes less than before: four bytes for each number, and chances only where there are some', () => {
    const candidates = Array.from({ length: 50 }, (_, i) => ({
      productId: `P${i}`,
      probability: 0.5,
      expectedValue: 1,
      verdict: 'outranked',
      unitValue: 2,
      inclusion: i < 11 ? 0.125 : 0,
    }));
    const columns = candidateColumns(candidates);
    const bytes = Object.values(columns)
      .filter((value) => value instanceof Uint8Array)
      .reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(bytes).toBe(50 * 3 * 4 + 50 + 11 * 5);
  });
});

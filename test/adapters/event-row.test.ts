import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromEventRow, toEventRow } from '../../src/adapters/event-row.ts';
import type { RecordedEvent, StoredEvent } from '../../src/ledger/events.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
const minor = fc.integer({ min: 0, max: 1e9 });
const facts = {
  id: text,
  at: fc.constant('2026-05-01T10:00:00+02:00'),
  basketId: text,
  agentId: text,
  storeId: text,
  channel: fc.constantFrom('till', 'call'),
};
const line = fc.record(
  {
    productId: text,
    quantity: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
    unitPriceMinor: minor,
    discountMinor: minor,
    unitCostMinor: minor,
    holdingSavedMinor: fc.double({ min: 0, max: 1e6, noNaN: true }),
  },
  { requiredKeys: ['productId', 'quantity', 'unitPriceMinor'] },
);
const lines = fc.array(line, { minLength: 1, maxLength: 4 });
const money = { ...facts, currency: fc.constantFrom('EUR', 'KWD'), lines };
const said = { ...facts, decisionId: text, productId: text };
const result = fc.constantFrom('accepted' as const, 'declined' as const, 'not-offered' as const);
const split = fc.array(
  fc.record({ agentId: text, percent: fc.double({ min: 0.01, max: 100, noNaN: true }) }),
  {
    minLength: 1,
    maxLength: 3,
  },
);
const required = ['type', 'id', 'at'] as const;

const anyEvent: fc.Arbitrary<RecordedEvent> = fc.oneof(
  fc.record(
    { type: fc.constant('shown' as const), ...said },
    { requiredKeys: [...required, 'decisionId', 'productId'] },
  ),
  fc.record(
    { type: fc.constant('outcome' as const), ...said, result },
    { requiredKeys: [...required, 'decisionId', 'productId', 'result'] },
  ),
  fc.record(
    { type: fc.constant('sale' as const), ...money, split },
    { requiredKeys: [...required, 'basketId', 'storeId', 'currency', 'lines'] },
  ),
  fc.record(
    { type: fc.constant('refund' as const), ...money },
    { requiredKeys: [...required, 'basketId', 'currency', 'lines'] },
  ),
);

/** Names of all fields that are there, undefined or not. */
function fieldsOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fieldsOf);
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, fieldsOf(field)]));
}

const stored = (event: RecordedEvent): StoredEvent => ({
  event,
  receivedAtMs: 1_777_622_400_000,
  tenant: 't',
  schemaVersion: 1,
});

describe('an event as a row', () => {
  test('comes back whole, and what was absent is absent', () => {
    fc.assert(
      fc.property(anyEvent, (event) => {
        const back = fromEventRow(structuredClone(toEventRow(stored(event))));
        expect(back).toEqual(stored(event));
        expect(fieldsOf(back)).toEqual(fieldsOf(stored(event)));
      }),
    );
  });

  test('keeps the positions of its fields', () => {
    const event: RecordedEvent = {
      type: 'sale',
      id: 'e1',
      at: '2026-05-01T10:00:00+02:00',
      basketId: 'b1',
      storeId: 's1',
      currency: 'EUR',
      split: [{ agentId: 'a1', percent: 100 }],
      lines: [{ productId: 'A', quantity: 2, unitPriceMinor: 350, unitCostMinor: 110 }],
    };
    expect(toEventRow(stored(event))).toEqual([
      1,
      1_777_622_400_000,
      't',
      2,
      'e1',
      '2026-05-01T10:00:00+02:00',
      'b1',
      null,
      's1',
      null,
      'EUR',
      ['A', 2, 350, null, 110, null],
      ['a1', 100],
    ]);
    const outcome: RecordedEvent = {
      type: 'outcome',
      id: 'e2',
      at: '2026-05-01T10:00:00Z',
      decisionId: 'd1',
      productId: 'C',
      result: 'accepted',
      agentId: 'a1',
      channel: 'till',
    };
    expect(toEventRow(stored(outcome)).slice(3)).toEqual([
      1,
      'e2',
      '2026-05-01T10:00:00Z',
      null,
      'a1',
      null,
      'till',
      'd1',
      'C',
      'accepted',
    ]);
  });

  test('written with field names can still be read', () => {
    const event = stored({
      type: 'shown',
      id: 'e1',
      at: '2026-05-01T10:00:00Z',
      decisionId: 'd1',
      productId: 'C',
    });
    expect(fromEventRow(structuredClone(event))).toEqual(event);
  });
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReceiptLine, RecordedEvent } from '../../src/ledger/events.ts';
import { canonicalText, recordEvent, refuseWorth } from '../../src/ledger/recorded-event.ts';
import { outcomeEvent, saleEvent } from '../support/ledger-events.ts';

test('two events have one text exactly when they are the same', () => {
  const text = (value: unknown) => canonicalText(value as RecordedEvent);
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(text(a)).toBe(text(JSON.parse(JSON.stringify(a))));
      expect(text(a) === text(b)).toBe(sameJson(a, b));
    }),
  );
});

test('absent and undefined are the same', () => {
  const event = outcomeEvent('e');
  expect(canonicalText({ ...event, agentId: undefined } as never)).toBe(canonicalText(event));
});

test('outcomes are kept as they are; a refund is converted as a sale is', () => {
  const outcome = outcomeEvent('e');
  expect(recordEvent(outcome)).toBe(outcome);
  const refund = { ...saleEvent('r'), type: 'refund' as const, currency: 'KWD' };
  expect(recordEvent(refund)).toMatchObject({ type: 'refund', lines: [{ unitPriceMinor: 3500 }, {}] });
});

test('an absurd amount is refused with its line and field', () => {
  const lines = [
    { productId: 'A', quantity: 1, unitPrice: 1 },
    { productId: 'B', quantity: 1, unitPrice: 1, unitCost: 0.123 },
  ];
  expect(recordEvent(saleEvent('e', { lines }))).toEqual({
    refused: 'lines/1/unitCost: wanted at most 2 decimals for EUR, got 0.123',
  });
});

test.each([
  [{ quantity: 2, unitPrice: 5, discount: 10.02 }, 'discount: wanted at most what the line costs, got 10.02'],
  [{ quantity: 1e6, unitPrice: 1e5 }, 'quantity: wanted a line of at most 10000000000 EUR'],
])('a line that costs less than nothing, or more than adds up exactly, is refused: %j', (line, refused) => {
  const lines = [{ productId: 'A', ...line }];
  expect(refuseWorth(recorded(lines))).toEqual({ refused: `lines/0/${refused}` });
});

test('a weighed line that a till rounds up and gives away is kept', () => {
  const lines = [{ productId: 'A', quantity: 0.124, unitPrice: 1, discount: 0.13 }];
  expect(recorded(lines)).toMatchObject({ lines: [{ discountMinor: 13 }] });
  expect(refuseWorth(recorded(lines))).toBeUndefined();
});

function recorded(lines: readonly ReceiptLine[]): RecordedEvent {
  return recordEvent(saleEvent('e', { lines })) as RecordedEvent;
}

function sameJson(a: unknown, b: unknown): boolean {
  try {
    expect(JSON.parse(JSON.stringify(a))).toStrictEqual(JSON.parse(JSON.stringify(b)));
    return true;
  } catch {
    return false;
  }
}

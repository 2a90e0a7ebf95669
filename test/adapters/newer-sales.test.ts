import { describe, expect, it } from 'vitest';
import { learnedTime, newerSales } from '../../src/adapters/newer-sales.ts';
import type { StoredEvent } from '../../src/ledger/events.ts';

const LEARNED_MS = Date.parse('2026-05-01T00:00:00Z');
const MINUTE_MS = 60_000;
const model = { itemOf: new Map([...'abcn'].map((id, item) => [id, item])), knownCount: 3 };

/** A receipt of products, so many minutes after what was learned from. */
function sale(products: string, minutes: number, receivedMinutes = minutes): StoredEvent {
  const lines = [...products].map((productId) => ({ productId, quantity: 1, unitPriceMinor: 100 }));
  const at = new Date(LEARNED_MS + minutes * MINUTE_MS).toISOString();
  const names = { id: `${products}${minutes}`, basketId: `${products}${minutes}`, storeId: 's1' };
  return {
    tenant: 'default',
    schemaVersion: 1,
    receivedAtMs: LEARNED_MS + receivedMinutes * MINUTE_MS,
    event: { type: 'sale', at, currency: 'EUR', lines, ...names },
  };
}

function minutesOf(events: readonly StoredEvent[], max?: number) {
  const { atMs, items } = newerSales(events, model, LEARNED_MS, max);
  return items.map((own, at) => [(atMs[at]! - LEARNED_MS) / MINUTE_MS, own.join()]);
}

describe('the sales that a version has not seen', () => {
  it('come oldest first, each product once, whatever order the till sent them in', () => {
    expect(minutesOf([sale('cab', 2, 9), sale('baa', 5, 8), sale('bc', 7)])).toEqual([
      [2, '0,1,2'],
      [5, '0,1'],
      [7, '1,2'],
    ]);
  });

  it('leave out what it was learned from, what it does not know, and what is bought alone', () => {
    expect(minutesOf([sale('ab', 3), sale('ab', -5, 2), sale('ax', 2), sale('an', 2), sale('a', 1)])).toEqual(
      [[3, '0,1']],
    );
  });

  it('are not searched far back in the ledger, except beyond entries of a wrong clock', () => {
    let read = 0;
    function* ledger() {
      for (const event of [sale('ab', 3), sale('ab', -2), sale('bc', 2)]) yield event;
      for (; ; read++) yield sale('ab', -9);
    }
    const { items } = newerSales(ledger(), model, LEARNED_MS);
    expect(items).toHaveLength(2);
    expect(read).toBeLessThan(1100);
  });

  it('are no more than wanted, and so are the events that are looked at', () => {
    const events = [sale('ab', 3), sale('a', 2.5), sale('bc', 2), sale('ac', 1)];
    expect(minutesOf(events, 2)).toEqual([
      [2, '1,2'],
      [3, '0,1'],
    ]);
    expect(newerSales(events, model, LEARNED_MS, 50, 2).items).toHaveLength(1);
  });

  it('are of the time they came in where the till’s clock is ahead', () => {
    expect(minutesOf([sale('ab', 90, 3)])).toEqual([[3, '0,1']]);
  });

  it('include no refunds and no outcomes', () => {
    const { event, ...rest } = sale('ab', 3);
    const refund = { ...rest, event: { ...event, type: 'refund' } as StoredEvent['event'] };
    expect(minutesOf([refund])).toEqual([]);
  });
});

describe('the time a version was learned from', () => {
  const until = (to: string | null, createdAt = '2026-06-01T00:00:00.000Z') => {
    const data = {
      fingerprint: 'f',
      baskets: 2,
      lines: 4,
      products: 2,
      from: to && '2026-01-01T00:00:00.000Z',
      to,
    };
    const time = learnedTime({ createdAt, data });
    return time && new Date(time.toMs).toISOString();
  };

  it('ends with the last receipt, or with the last day where receipts state days', () => {
    expect(until('2026-05-01T17:31:00.000Z')).toBe('2026-05-01T17:31:00.000Z');
    expect(until('2026-05-01T00:00:00.000Z')).toBe('2026-05-02T00:00:00.000Z');
  });

  it('ends before the training, whatever a receipt says, and is none without a time', () => {
    expect(until('2199-05-01T17:31:00.000Z')).toBe('2026-06-01T00:00:00.000Z');
    expect(until(null)).toBeUndefined();
  });
});

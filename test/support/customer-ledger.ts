import type { BookEntry } from './filled-book.ts';
import { decisionAt, line, refund, sale } from './recorded-events.ts';

/** A paid receipt of a customer, as the tests of customers write it. */
export interface BoughtOn {
  readonly customer?: string;
  /** Day such as `2026-05-01`, at noon UTC, or a time. */
  readonly on: string;
  /** A at 10 euros when absent. */
  readonly products?: readonly string[];
  readonly price?: number;
  readonly currency?: string;
  readonly storeId?: string;
  readonly agentId?: string;
  /** Products that came back. */
  readonly back?: readonly string[];
}

let baskets = 0;

/** The decision, the receipt and what came back of it. */
export function bought(bought: BoughtOn): BookEntry[] {
  const { customer, on, products = ['A'], price = 10, currency = 'EUR', back = [] } = bought;
  const { storeId = 's1', agentId = 'a1' } = bought;
  const name = `c${String(baskets++).padStart(5, '0')}`;
  const at = on.includes('T') ? on : `${on}T12:00:00Z`;
  const lines = (ids: readonly string[]) => ids.map((id) => line(id, { unitPrice: price }));
  return [
    decisionAt(0, {
      decisionId: `d${name}`,
      basketId: name,
      atMs: Date.parse(at) - 60_000,
      storeId,
      ...(customer !== undefined && { customer }),
    }),
    sale(`s${name}`, lines(products), { basketId: name, at, storeId, agentId, currency }),
    ...(back.length === 0 ? [] : [refund(`r${name}`, lines(back), { basketId: name, at, currency })]),
  ];
}

import type { LiveBasket, WireLine } from './live-protocol.ts';

/**
 * The lines to add to turn `previous` into `next`, or null when more than an addition happened
 * (then the whole basket travels: a removal or a new context is rare, and cannot be misread).
 */
export function additionsSince(previous: LiveBasket, next: LiveBasket): WireLine[] | null {
  if (contextOf(previous) !== contextOf(next)) return null;
  const before = new Map(previous.basket.map((line) => [line.productId, line]));
  const added: WireLine[] = [];
  for (const line of next.basket) {
    const old = before.get(line.productId);
    before.delete(line.productId);
    if (old !== undefined && old.unitPrice !== line.unitPrice) return null;
    const quantity = line.quantity - (old?.quantity ?? 0);
    if (quantity < 0) return null;
    if (quantity > 0) added.push({ ...line, quantity });
  }
  return before.size > 0 || added.length === 0 ? null : added;
}

function contextOf(basket: LiveBasket): string {
  const { basket: _lines, ...context } = basket;
  return JSON.stringify(context, Object.keys(context).sort().concat('personalise'));
}

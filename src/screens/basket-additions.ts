import type { LiveBasket, WireLine } from './live-protocol.ts';

/**
 * The lines that turn `previous` into `next` when they are added, or null if there was more than an addition. In that case the
 * whole basket is sent: removals and changes of context are rare, and a whole basket cannot be misread.
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

import type { KnownItems } from './basket-matrix.ts';
import type { Receipts } from './receipts.ts';

/**
 * Whether the customer of asked basket `b`, the receipts' basket `from + b`, had bought an item in an earlier basket of
 * these receipts; undefined where no customer is known.
 */
export function purchaseHistory(
  { basketStart, items, customer }: Receipts,
  known: Pick<KnownItems, 'itemOf'>,
  from: number,
): ((basket: number, item: number) => boolean) | undefined {
  if (!customer.some((index) => index >= 0)) return undefined;
  const first = new Map<string, number>();
  for (let basket = 0; basket < customer.length; basket++) {
    if (customer[basket]! < 0) continue;
    for (let line = basketStart[basket]!; line < basketStart[basket + 1]!; line++) {
      const key = `${customer[basket]} ${known.itemOf[items[line]!]}`;
      if (!first.has(key)) first.set(key, basket);
    }
  }
  return (basket, item) => (first.get(`${customer[from + basket]} ${item}`) ?? basket + from) < basket + from;
}

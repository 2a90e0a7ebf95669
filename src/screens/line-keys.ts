import type { Register } from './register.ts';

/** The keys that change the chosen line of the basket, the same at the till and on the phone. */
export function lineKeys(register: Register): Readonly<Record<string, () => void>> {
  const { lines, selectedProductId } = register.state;
  const index = lines.findIndex((line) => line.productId === selectedProductId);
  const line = lines[index];
  const select = (next: number) => {
    const productId = lines[Math.max(0, Math.min(lines.length - 1, next))]?.productId ?? null;
    register.dispatch({ type: 'line-selected', productId });
  };
  const setQuantity = (quantity: number) => {
    if (line) register.dispatch({ type: 'quantity-set', productId: line.productId, quantity });
  };
  const more = () => setQuantity((line?.quantity ?? 0) + 1);
  return {
    arrowdown: () => select(index + 1),
    arrowup: () => select(index - 1),
    '+': more,
    '=': more,
    '-': () => setQuantity((line?.quantity ?? 0) - 1),
    delete: () => setQuantity(0),
  };
}

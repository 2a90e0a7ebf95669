import type { Register } from './register.ts';

/** The keys that change the selected basket line; they are the same on the till page and the agent page. */
export function lineKeys(register: Register): Readonly<Record<string, () => void>> {
  const chosen = () => {
    const { lines, selectedProductId } = register.state;
    return lines.findIndex((line) => line.productId === selectedProductId);
  };
  const move = (by: number) => {
    const { lines } = register.state;
    const next = Math.max(0, Math.min(lines.length - 1, chosen() + by));
    register.dispatch({ type: 'line-selected', productId: lines[next]?.productId ?? null });
  };
  const setQuantity = (quantityAfter: (quantity: number) => number) => {
    const line = register.state.lines[chosen()];
    if (!line) return;
    const { productId, quantity } = line;
    register.dispatch({ type: 'quantity-set', productId, quantity: quantityAfter(quantity) });
  };
  const more = () => setQuantity((quantity) => quantity + 1);
  return {
    arrowdown: () => move(1),
    arrowup: () => move(-1),
    '+': more,
    '=': more,
    '-': () => setQuantity((quantity) => quantity - 1),
    delete: () => setQuantity(() => 0),
  };
}

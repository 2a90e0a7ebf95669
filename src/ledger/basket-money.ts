import type { BasketMoney } from './basket-outcome.ts';
import type { PaidProduct } from './paid-products.ts';

/** What was paid for the products of one basket, by currency. */
export function moneyOf(
  products: readonly PaidProduct[],
  isBought: (productId: string) => boolean,
): BasketMoney[] {
  const currencies = [...new Set(products.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const own = products.filter((product) => product.currency === currency);
    const refundedMinor = own.reduce((sum, product) => sum + product.refundedMinor, 0);
    const upsell = moneySums(own.filter(({ productId }) => isBought(productId)));
    return { currency, refundedMinor, ...holdingSums(own), ...moneySums(own), upsell };
  });
}

function holdingSums(
  products: readonly PaidProduct[],
): Pick<BasketMoney, 'heldRevenueMinor' | 'holdingSavedMinor'> {
  let heldRevenueMinor = 0;
  let holdingSavedMinor = 0;
  for (const product of products) {
    if (product.isHoldingKnown) heldRevenueMinor += product.revenueMinor;
    holdingSavedMinor += product.holdingSavedMinor;
  }
  return { heldRevenueMinor, holdingSavedMinor };
}

function moneySums(products: readonly PaidProduct[]): BasketMoney['upsell'] {
  let revenueMinor = 0;
  let costedRevenueMinor = 0;
  let costMinor = 0;
  for (const product of products) {
    revenueMinor += product.revenueMinor;
    if (product.isCostKnown) costedRevenueMinor += product.revenueMinor;
    costMinor += product.costMinor;
  }
  return { revenueMinor, costedRevenueMinor, costMinor };
}

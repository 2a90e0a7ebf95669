import { describe, expect, it } from 'vitest';
import type { Product } from '../../src/recommender/catalogue.ts';
import { countSold, spelledAsSold, spellingOf } from '../../src/training/product-spelling.ts';
import { receiptsOf } from '../support/receipts-builder.ts';

const product = (id: string): Product => ({ id, name: id, category: '', active: true });

describe('the spelling of products', () => {
  it('is found whatever the case, blanks, accents or .0 of an id, and other ids stay as they are', () => {
    const spelled = spellingOf(['SKU1', '4001', 'Café au  lait', 'abc', 'ABC']);
    for (const [written, spelling] of [
      ['sku1', 'SKU1'],
      ['4001.0', '4001'],
      ['CAFE\u0301 au lait ', 'Café au  lait'],
      ['ABC', 'ABC'],
      ['Abc', 'abc'],
      ['004001', '004001'],
      ['4001.5', '4001.5'],
    ] as const)
      expect(spelled(written)).toBe(spelling);
  });

  it('of catalogue and stock is that of the receipts, and of the catalogue for what was never sold', () => {
    const receipts = receiptsOf([['sku1', '4001']]);
    const { catalogue, stock } = spelledAsSold({
      receipts,
      catalogue: [product('SKU1'), product('4001.0'), product('New')],
      stock: ['Sku1', 'NEW', 'other'].map((productId) => ({ storeId: 's', productId, onHand: 1, asOfMs: 0 })),
    });
    expect(catalogue.map(({ id }) => id)).toEqual(['sku1', '4001', 'New']);
    expect(stock.map(({ productId }) => productId)).toEqual(['sku1', 'New', 'other']);
    expect(countSold([product('SKU1'), product('4001.0'), product('New')], receipts)).toBe(2);
    expect(countSold([product('000101')], receiptsOf([['101']]))).toBe(0);
  });
});

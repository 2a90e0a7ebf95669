import type { Model } from '../../src/recommender/model.ts';
import type { AbsoluteStockRow } from '../../src/recommender/stock.ts';
import { buildModel } from './model-builder.ts';

const cases = { substituteGroup: 'phone case' };
const milks = { substituteGroup: 'milk' };
const everywhere = [
  'case',
  'case-red',
  'cable',
  'beer',
  'crisps',
  'milk-a',
  'milk-b',
  'cereal',
  'gum',
  'pager',
];

/**
 * A shop of twelve products in two stores, small enough to know by heart. A phone asks for a case, a charger and a
 * cable; the two cases replace each other, and so do the two milks. Beer is for adults, gum has no known cost, the pager
 * is no longer sold, and store s2 sells no charger.
 */
export function smallModel(): Model {
  const model = buildModel({
    products: [
      { id: 'phone', name: 'Phone', category: 'tech/phones', unitPrice: 200, unitCost: 150, share: 0.1 },
      {
        id: 'case',
        name: 'Case',
        category: 'tech/extras',
        unitPrice: 20,
        unitCost: 8,
        share: 0.08,
        ...cases,
      },
      {
        id: 'case-red',
        name: 'Red case',
        category: 'tech/extras',
        unitPrice: 18,
        unitCost: 8,
        share: 0.05,
        ...cases,
      },
      { id: 'charger', name: 'Charger', category: 'tech/extras', unitPrice: 25, unitCost: 10, share: 0.06 },
      { id: 'cable', name: 'Cable', category: 'tech/extras', unitPrice: 9, unitCost: 3, share: 0.07 },
      { id: 'beer', name: 'Beer', category: 'drinks', unitPrice: 2, unitCost: 1, share: 0.2, minAge: 18 },
      { id: 'crisps', name: 'Crisps', category: 'food/snacks', unitPrice: 3, unitCost: 1.2, share: 0.25 },
      {
        id: 'milk-a',
        name: 'Milk A',
        category: 'food/dairy',
        unitPrice: 1.5,
        unitCost: 1,
        share: 0.3,
        ...milks,
      },
      {
        id: 'milk-b',
        name: 'Milk B',
        category: 'food/dairy',
        unitPrice: 1.6,
        unitCost: 1.1,
        share: 0.2,
        ...milks,
      },
      { id: 'cereal', name: 'Cereal', category: 'food/breakfast', unitPrice: 4, unitCost: 2, share: 0.15 },
      { id: 'gum', name: 'Gum', category: 'food/snacks', unitPrice: 1, share: 0.3, barcode: '8710000000017' },
      {
        id: 'pager',
        name: 'Pager',
        category: 'tech/phones',
        unitPrice: 50,
        unitCost: 10,
        share: 0.2,
        active: false,
      },
    ],
    edges: [
      ['phone', 'case', 0.5, 0.4],
      ['phone', 'case-red', 0.4, 0.3],
      ['phone', 'charger', 0.4, 0.34],
      ['phone', 'cable', 0.3, 0.25],
      ['beer', 'crisps', 0.5, 0.5],
      ['crisps', 'beer', 0.6, 0.45],
      ['cereal', 'milk-a', 0.6, 0.5],
      ['cereal', 'milk-b', 0.5, 0.4],
      ['milk-a', 'cereal', 0.4, 0.2],
    ],
    stores: [
      { id: 's1', baskets: 1000, sales: baskets(['phone', 'charger', ...everywhere]) },
      { id: 's2', baskets: 400, sales: baskets(['phone', ...everywhere]) },
    ],
  });
  return { ...model, version: 'small-1', notice: 'invented' };
}

/** Stock of store s1: the cable lasts 100 days, the rest a few. */
export const SMALL_STOCK: readonly AbsoluteStockRow[] = [
  'case',
  'case-red',
  'charger',
  'cable',
  'crisps',
].map((productId) => ({
  storeId: 's1',
  productId,
  onHand: productId === 'cable' ? 200 : 40,
  demandPerDay: 2,
  leadTimeDays: 3,
  protectionLevel: 2,
  targetCoverDays: 30,
  asOfMs: Date.parse('2026-05-01T06:00:00Z'),
}));

function baskets(productIds: readonly string[]): Record<string, number> {
  return Object.fromEntries(productIds.map((id) => [id, 50]));
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../../src/training/ingest/read-catalogue.ts';
import { type ReadReceiptsOptions, readReceipts } from '../../../src/training/ingest/read-receipts.ts';

const data = join(import.meta.dirname, '../../../../shared/data');
const isHere = existsSync(data);
if (!isHere) console.warn(`SKIPPED: the reference sets are not at ${data}; their counts were not checked`);

interface Expected {
  baskets: number;
  items: number;
  dropped: Record<string, number>;
}

const sets: [string, Omit<ReadReceiptsOptions, 'paths'>, Expected][] = [
  [
    'online-retail/online-retail.csv.gz',
    {},
    {
      baskets: 19_773,
      items: 3_798,
      dropped: {
        'duplicate-line': 5_221,
        'price-not-positive': 1_161,
        return: 10_624,
        'service-code': 2_366,
      },
    },
  ],
  [
    'takeaway/restaurant-1-orders.csv.gz',
    {},
    { baskets: 13_397, items: 248, dropped: { 'duplicate-line': 97 } },
  ],
  ['groceries/groceries_baskets.txt.gz', {}, { baskets: 9_835, items: 169, dropped: {} }],
  [
    'bread-basket/BreadBasket_DMS.csv.gz',
    {},
    { baskets: 9_465, items: 94, dropped: { 'no-item': 786, 'duplicate-line': 1_620 } },
  ],
  [
    'foodmart/sales_1997.csv.gz',
    {
      columns: {
        basket: 'customer_id+date+store_id',
        price: 'store_sales/unit_sales',
        cost: 'store_cost/unit_sales',
      },
    },
    { baskets: 20_530, items: 1_559, dropped: {} },
  ],
];

describe.skipIf(!isHere)('reference sets', () => {
  it.each(sets)('%s gives the baskets and items of its README', async (file, options, expected) => {
    const { receipts, report } = await readReceipts({ paths: [join(data, file)], ...options });
    expect(receipts.soldAtMs).toHaveLength(expected.baskets);
    expect(receipts.productIds).toHaveLength(expected.items);
    expect(report.dropped).toEqual(expected.dropped);
  });

  it('groceries_items.csv gives a catalogue with a path of two levels', async () => {
    const { products } = await readCatalogue([join(data, 'groceries/groceries_items.csv')], {
      product: 'labels',
      category: 'level1+level2',
    });
    expect(products).toHaveLength(169);
    expect(products.find(({ id }) => id === 'frankfurter')).toEqual({
      id: 'frankfurter',
      name: 'frankfurter',
      category: 'meat and sausage/sausage',
      active: true,
    });
  });
});

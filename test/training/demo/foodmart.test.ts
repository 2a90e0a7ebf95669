import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FoodmartFiles, prepareFoodmart } from '../../../src/training/demo/foodmart.ts';
import { writeSmallSource } from './small-foodmart.ts';

const SOURCE = resolve('../shared/data/foodmart');
const hasSource = existsSync(SOURCE);
if (!hasSource) {
  console.warn(`!!! FoodMart is not at ${SOURCE}: the tests on the real data are SKIPPED`);
}

type Row = Readonly<Record<string, string>>;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'basketlift-foodmart-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a small data set in the form of the Maven artefact', () => {
  let files: FoodmartFiles;
  beforeAll(async () => {
    files = await prepareFoodmart(await writeSmallSource(join(folder, 'small')), join(folder, 'small-out'));
  });

  it('makes one basket of what a customer buys in a store on a day', () => {
    expect(readCsv(files.receipts)).toEqual([
      receipt('1997-12-01-s6-10', '1', '3', '2.0', '0.8', '10'),
      receipt('1997-12-01-s6-10', '2', '1', '1.5', '0.6', '10'),
      receipt('1997-12-20-s7-11', '2', '2', '1.5', '0.6', '11'),
    ]);
  });

  it('states the catalogue with path, cost, age limit, shelf life and the product without its brand', () => {
    expect(readCsv(files.catalogue)).toEqual([
      {
        product_id: '1',
        name: 'Club 2% Milk',
        category: 'Dairy/Milk',
        unit_price: '2.00',
        unit_cost: '0.8',
        shelf_life_days: '21',
        min_age: '',
        substitute_group: '2% Milk',
        barcode: '90748583674',
        active: 'true',
      },
      {
        product_id: '2',
        name: 'Good Light Beer',
        category: 'Alcoholic Beverages/Beer and Wine/Beer',
        unit_price: '1.50',
        unit_cost: '0.6',
        shelf_life_days: '',
        min_age: '21',
        substitute_group: 'Light Beer',
        barcode: '96516502499',
        active: 'true',
      },
    ]);
  });

  it('derives stock by the stated rule, bounded by what sells before it spoils', () => {
    // Milk: the chain holds 10 − 3 = 7, at 0.0173 a day for 405 days; s6 would get round(0.0151 · (21 + 202)) = 3, but
    // sells less than one in 21 days. Beer: the balance runs −1, 27, so 28 are held, for 1,618 days; a quarter of the
    // units ordered never came. The delivery of 1998 does not count.
    const figures = readCsv(files.stock).map((row) => Object.values(row).slice(0, 8).join(' '));
    expect(figures).toEqual([
      's6 1 1 0 0.0151 21 2.0 0',
      's6 2 7 2 0.0080 60 2.0 0',
      's7 1 1 0 0.0022 21 4.0 0',
      's7 2 8 2 0.0093 60 4.0 0',
    ]);
  });

  it('names the stores that sold something', () => {
    expect(files.stores).toEqual([
      { id: 's6', name: 'Store 6, Beverly Hills' },
      { id: 's7', name: 'Store 7, Los Angeles' },
    ]);
    expect(JSON.parse(readFileSync(join(folder, 'small-out', 'stores.json'), 'utf8'))).toEqual(files.stores);
  });

  it('says what is missing and where to get it', async () => {
    await mkdir(join(folder, 'empty'));
    await expect(prepareFoodmart(join(folder, 'empty'), join(folder, 'empty-out'))).rejects.toThrow(
      /time_by_day\.json.*Maven Central/,
    );
    await expect(prepareFoodmart(join(folder, 'absent'), join(folder, 'empty-out'))).rejects.toThrow(
      /absent/,
    );
  });
});

describe.skipIf(!hasSource)('the FoodMart data', () => {
  let files: FoodmartFiles;
  let receipts: Row[];
  let catalogue: Row[];
  let stock: Row[];
  beforeAll(async () => {
    files = await prepareFoodmart(SOURCE, join(folder, 'out'));
    [receipts, catalogue, stock] = [files.receipts, files.catalogue, files.stock].map(readCsv) as [
      Row[],
      Row[],
      Row[],
    ];
  });

  it('give 20,530 baskets with 86,837 lines, 1,559 products and 13 stores', () => {
    expect(receipts.length).toBe(86_837);
    expect(new Set(receipts.map((row) => row.basket_id)).size).toBe(20_530);
    expect(catalogue.length).toBe(1_559);
    expect(new Set(receipts.map((row) => row.product_id)).size).toBe(1_559);
    expect(files.stores.length).toBe(13);
    expect(new Set(receipts.map((row) => row.store_id))).toEqual(new Set(files.stores.map(({ id }) => id)));
  });

  it('give the same bytes every time', async () => {
    const again = await prepareFoodmart(SOURCE, join(folder, 'again'));
    for (const name of ['receipts', 'catalogue', 'stock'] as const) {
      expect(readFileSync(again[name]).equals(readFileSync(files[name])), name).toBe(true);
    }
  });

  it('give each product a price, a lower cost, a category and the group of its other brands', () => {
    for (const row of catalogue) {
      expect(Number(row.unit_price), row.name).toBeGreaterThan(Number(row.unit_cost));
      expect(Number(row.unit_cost), row.name).toBeGreaterThan(0);
      expect(row.category, row.name).toMatch(/^[^/]+(\/[^/]+){0,2}$/);
      expect(row.name!.endsWith(row.substitute_group!), row.name).toBe(true);
    }
    expect(new Set(catalogue.map((row) => row.substitute_group)).size).toBe(311);
    expect(catalogue.filter((row) => row.min_age === '21').length).toBe(40);
  });

  it('give whole, non-negative stock and positive demand, cover and lead time in every row', () => {
    expect(stock.length).toBe(18_149);
    for (const row of stock) {
      const where = `${row.store_id} ${row.product_id}`;
      for (const figure of ['on_hand', 'reserved', 'protection_level'])
        expect(row[figure], where).toMatch(/^\d+$/);
      for (const figure of ['demand_per_day', 'target_cover_days', 'lead_time_days']) {
        expect(Number(row[figure]), `${where} ${figure}`).toBeGreaterThan(0);
      }
      expect(Number(row.reserved), where).toBeLessThanOrEqual(Number(row.on_hand));
    }
  });

  it('spread the days of supply: half between 10 and 60 days, some slow, some scarce, few out of stock', () => {
    const days = stock.map(
      (row) => (Number(row.on_hand) - Number(row.reserved)) / Number(row.demand_per_day),
    );
    const share = (test: (days: number) => boolean) => days.filter(test).length / days.length;
    expect(share((day) => day >= 10 && day <= 60)).toBeCloseTo(0.49, 2);
    expect(share((day) => day > 120)).toBeCloseTo(0.218, 2);
    expect(share((day) => day === 0)).toBeCloseTo(0.097, 2);
  });

  it.each(['190', '990', '10'])('state product %s as it follows from the source by hand', (productId) => {
    const source = readSource(productId);
    const shown = catalogue.find((row) => row.product_id === productId)!;
    expect(Number(shown.unit_price)).toBe(source.price);
    const rows = stock.filter((row) => row.product_id === productId);
    const chainDemand = rows.reduce((sum, row) => sum + Number(row.demand_per_day), 0);
    for (const row of rows) {
      const store = Number(row.store_id!.slice(1));
      const recent = source.sales.filter((sale) => sale.store === store && sale.day > '1997-11-05');
      const expected = (source.yearUnits / 365) * (source.storeUnits.get(store)! / source.allUnits);
      const demand = (sumOf(recent) + 224 * expected) / 280;
      expect(Number(row.demand_per_day)).toBeCloseTo(demand, 4);
      const cover = 21 + (0.5 * source.chainStock) / chainDemand;
      const planned = Math.round(Number(row.demand_per_day) * cover);
      const onHand = source.chainStock > 0 ? Math.max(1, planned) : planned;
      const life = Number(shown.shelf_life_days);
      const most = life > 0 ? Math.max(1, Math.floor(Number(row.demand_per_day) * life)) : onHand;
      expect(Number(row.on_hand), `${row.store_id}`).toBe(Math.min(onHand, most));
      expect(Number(row.reserved)).toBe(Math.round(Number(row.on_hand) * source.unfilled));
    }
  });

  it('state what was once followed through with pencil and paper', () => {
    const row = stock.find(({ store_id, product_id }) => store_id === 's6' && product_id === '190')!;
    expect(Object.values(row).join(',')).toBe('s6,190,4,1,0.0279,60,2.6,0,,1997-12-31T23:59:59Z');
  });

  it('keep the first basket as it was sold', () => {
    // 1997-01-01,367,6,106,190,0,4,14.96,5.8344: customer 106 bought 4 of product 190 in store 6
    expect(receipts[0]).toEqual(receipt('1997-01-01-s6-106', '190', '4', '3.74', '1.4586', '106'));
  });
});

function receipt(
  basket: string,
  product: string,
  units: string,
  price: string,
  cost: string,
  customer: string,
): Row {
  return {
    basket_id: basket,
    product_id: product,
    sold_at: basket.slice(0, 10),
    quantity: units,
    unit_price: price,
    unit_cost: cost,
    store_id: basket.split('-')[3]!,
    customer_id: customer,
    channel: 'till',
  };
}

/** No field of these files holds a comma or a quote. */
function readCsv(path: string): Row[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const [header, ...lines] = text.trimEnd().split('\n');
  const names = header!.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    if (fields.length !== names.length) throw new Error(`${path}: ${names.length} fields wanted in ${line}`);
    return Object.fromEntries(names.map((name, index) => [name, fields[index]!]));
  });
}

function readJson(name: string): Record<string, string | number>[] {
  const text = gunzipSync(readFileSync(join(SOURCE, name))).toString('utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const sumOf = (rows: readonly { units: number }[]) => rows.reduce((sum, row) => sum + row.units, 0);

/** What the source says of one product, read without any of the code under test. */
function readSource(productId: string) {
  const dayOf = new Map(
    readJson('time_by_day.json.gz').map((row) => [String(row.time_id), String(row.the_date)]),
  );
  const all = readCsv(join(SOURCE, 'sales_1997.csv.gz'));
  const storeUnits = new Map<number, number>();
  for (const row of all) {
    const store = Number(row.store_id);
    storeUnits.set(store, (storeUnits.get(store) ?? 0) + Number(row.unit_sales));
  }
  const sales = all
    .filter((row) => row.product_id === productId)
    .map((row) => ({ day: row.date!, store: Number(row.store_id), units: Number(row.unit_sales) }));
  const deliveries = readCsv(join(SOURCE, 'inventory.csv.gz'))
    .filter((row) => row.product_id === productId && dayOf.get(row.time_id!)!.startsWith('1997'))
    .map((row) => ({ day: dayOf.get(row.time_id!)!.slice(0, 10), units: Number(row.units_shipped), row }));
  let balance = 0;
  let lowest = 0;
  for (const day of [...new Set([...sales, ...deliveries].map((row) => row.day))].sort()) {
    balance +=
      sumOf(deliveries.filter((row) => row.day === day)) - sumOf(sales.filter((row) => row.day === day));
    lowest = Math.min(lowest, balance);
  }
  const ordered = deliveries.reduce((sum, { row }) => sum + Number(row.units_ordered), 0);
  return {
    price: Number(readJson('product.json.gz').find((row) => String(row.product_id) === productId)!.SRP),
    sales,
    storeUnits,
    yearUnits: sumOf(sales),
    allUnits: [...storeUnits.values()].reduce((sum, units) => sum + units, 0),
    chainStock: balance - lowest,
    unfilled: ordered > 0 ? 1 - sumOf(deliveries) / ordered : 0,
  };
}

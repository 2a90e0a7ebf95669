import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Two products in two stores, three sales and three deliveries, as the Maven artefact writes its tables. */
export async function writeSmallSource(source: string): Promise<string> {
  const product = (id: number, brand: string, name: string, SKU: number, SRP: number) => ({
    product_class_id: id,
    product_id: id,
    brand_name: brand,
    product_name: `${brand} ${name}`,
    SKU,
    SRP,
  });
  const classOf = (id: number, department: string, category: string, subcategory: string) => ({
    product_class_id: id,
    product_department: department,
    product_category: category,
    product_subcategory: subcategory,
  });
  const sale = (
    product_id: number,
    time_id: number,
    store_id: number,
    units: number,
    price: number,
    cost: number,
  ) => ({
    product_id,
    time_id,
    customer_id: store_id + 4,
    store_id,
    unit_sales: units,
    store_sales: units * price,
    store_cost: units * cost,
  });
  const delivery = (
    product_id: number,
    time_id: number,
    store_id: number,
    units: readonly [number, number],
  ) => ({
    product_id,
    time_id,
    store_id,
    units_ordered: units[0],
    units_shipped: units[1],
    supply_time: store_id === 6 ? 2 : 4,
  });
  const tables = {
    product: [
      product(1, 'Club', '2% Milk', 90748583674, 2),
      product(2, 'Good', 'Light Beer', 96516502499, 1.5),
    ],
    product_class: [
      classOf(1, 'Dairy', 'Dairy', 'Milk'),
      classOf(2, 'Alcoholic Beverages', 'Beer and Wine', 'Beer'),
    ],
    store: [
      { store_id: 0, store_name: 'HQ', store_city: 'Alameda' },
      { store_id: 6, store_name: 'Store 6', store_city: 'Beverly Hills' },
      { store_id: 7, store_name: 'Store 7', store_city: 'Los Angeles' },
    ],
    time_by_day: ['1997-12-01', '1997-12-20', '1998-01-05'].map((day, index) => ({
      time_id: index + 1,
      the_date: `${day} 00:00:00.0`,
    })),
    sales_fact_1997: [sale(2, 2, 7, 2, 1.5, 0.6), sale(1, 1, 6, 3, 2, 0.8), sale(2, 1, 6, 1, 1.5, 0.6)],
    inventory_fact_1997: [
      delivery(2, 2, 6, [40, 30]),
      delivery(1, 1, 7, [10, 10]),
      delivery(2, 3, 6, [100, 100]),
    ],
  };
  await mkdir(source, { recursive: true });
  for (const [name, rows] of Object.entries(tables)) {
    await writeFile(join(source, `${name}.json`), rows.map((row) => JSON.stringify(row)).join('\n'));
  }
  return source;
}

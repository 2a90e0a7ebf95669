import { INTEGER, VARCHAR } from '@duckdb/node-api';
import type { Scratch } from '../../adapters/duckdb-scratch.ts';
import { NO_HOUR } from '../../recommender/time-of-day.ts';
import { tidyText } from '../product-spelling.ts';
import type { ReceiptProduct, Receipts } from '../receipts.ts';

/** Turns the table `lines` into `kept`: the rows that stay, of equal ones the first. Returns how many there are. */
export async function keepDistinctLines(scratch: Scratch): Promise<number> {
  await scratch.run('DELETE FROM lines WHERE reason IS NOT NULL');
  await scratch.run(`CREATE TABLE repeats AS
    SELECT pos FROM lines JOIN (
      SELECT hash, min(pos) AS first_pos FROM lines GROUP BY hash HAVING count(*) > 1
    ) USING (hash) WHERE pos > first_pos`);
  await scratch.run('DELETE FROM lines WHERE pos IN (SELECT pos FROM repeats)');
  await scratch.run('ALTER TABLE lines RENAME TO kept');
  const [row] = await scratch.rows('SELECT count(*)::DOUBLE FROM kept');
  return row![0] as number;
}

/** Reads `kept` into columns: baskets by time, then first appearance; ids by code unit. */
export async function readReceiptColumns(
  scratch: Scratch,
  keptCount: number,
  hasTime: boolean,
): Promise<Omit<Receipts, 'timeZone'>> {
  const productIds = await numberIds(scratch, 'product');
  const storeIds = await numberIds(scratch, 'store');
  const customerIds = await numberIds(scratch, 'customer');
  await scratch.run(`CREATE TABLE baskets AS
    SELECT basket, min(ms) AS ms, arg_min(store, pos) AS store, arg_min(customer, pos) AS customer, arg_min(hour, pos) AS hour,
      (row_number() OVER (ORDER BY min(ms), min(pos)) - 1)::INTEGER AS no FROM kept GROUP BY basket`);
  const baskets = await readBaskets(scratch, hasTime);
  const lines = await readLines(scratch, baskets.count, keptCount);
  const products = await readProducts(scratch, productIds);
  const { soldAtMs, hour, store, customer } = baskets;
  return { productIds, storeIds, customerIds, ...lines, soldAtMs, hour, store, customer, hasTime, products };
}

/** The table `no_COLUMN` (id, no) of a column's distinct ids in order of code unit, and the ids themselves. */
async function numberIds(scratch: Scratch, column: string): Promise<string[]> {
  const ids: string[] = [];
  await scratch.eachChunk(
    `SELECT DISTINCT ${column} AS id FROM kept WHERE ${column} IS NOT NULL`,
    (chunk) => {
      const vector = chunk.getColumnVector(0);
      for (let i = 0; i < chunk.rowCount; i++) ids.push(vector.getItem(i) as string);
    },
  );
  ids.sort();
  await scratch.run(`CREATE TABLE no_${column} (id VARCHAR, no INTEGER)`);
  await scratch.append(`no_${column}`, [VARCHAR, INTEGER], [ids, ids.map((_, i) => i)]);
  return ids;
}

async function readBaskets(scratch: Scratch, hasTime: boolean) {
  const [row] = await scratch.rows('SELECT count(*)::DOUBLE FROM baskets');
  const count = row![0] as number;
  const soldAtMs = new Float64Array(count);
  const hour = new Uint8Array(count);
  const store = new Int32Array(count);
  const customer = new Int32Array(count);
  const sql = `SELECT b.no, b.ms, coalesce(b.hour, ${NO_HOUR}), coalesce(s.no, -1), coalesce(c.no, -1) FROM baskets b
    LEFT JOIN no_store s ON s.id = b.store LEFT JOIN no_customer c ON c.id = b.customer`;
  await scratch.eachChunk(sql, (chunk) => {
    const no = chunk.getColumnVector(0);
    const ms = chunk.getColumnVector(1);
    const hours = chunk.getColumnVector(2);
    const storeNo = chunk.getColumnVector(3);
    const customerNo = chunk.getColumnVector(4);
    for (let i = 0; i < chunk.rowCount; i++) {
      const basket = no.getItem(i) as number;
      soldAtMs[basket] = hasTime ? (ms.getItem(i) as number) : basket;
      hour[basket] = hours.getItem(i) as number;
      store[basket] = storeNo.getItem(i) as number;
      customer[basket] = customerNo.getItem(i) as number;
    }
  });
  return { count, soldAtMs, hour, store, customer };
}

/** A basket's items ascending; quantities of one item are added in a fixed order, so that sums repeat exactly. */
async function readLines(scratch: Scratch, basketCount: number, keptCount: number) {
  const basketStart = new Int32Array(basketCount + 1);
  const items = new Int32Array(keptCount);
  const quantity = new Float64Array(keptCount);
  let count = 0;
  let lastBasket = -1;
  const sql = `SELECT b.no, p.no, k.quantity FROM kept k JOIN baskets b USING (basket)
    JOIN no_product p ON p.id = k.product ORDER BY 1, 2, 3`;
  await scratch.eachChunk(sql, (chunk) => {
    const basketNo = chunk.getColumnVector(0);
    const itemNo = chunk.getColumnVector(1);
    const units = chunk.getColumnVector(2);
    for (let i = 0; i < chunk.rowCount; i++) {
      const basket = basketNo.getItem(i) as number;
      const item = itemNo.getItem(i) as number;
      if (basket === lastBasket && items[count - 1] === item) {
        quantity[count - 1]! += units.getItem(i) as number;
        continue;
      }
      items[count] = item;
      quantity[count] = units.getItem(i) as number;
      count++;
      basketStart[basket + 1] = count;
      lastBasket = basket;
    }
  });
  return {
    basketStart,
    items: items.slice(0, count),
    quantity: Float32Array.from(quantity.subarray(0, count)),
  };
}

async function readProducts(scratch: Scratch, productIds: readonly string[]): Promise<ReceiptProduct[]> {
  const names = await commonestNames(scratch, productIds.length);
  const products: ReceiptProduct[] = productIds.map((id, item) => {
    const name = names[item];
    return name === undefined ? { id } : { id, name };
  });
  const sql = `SELECT p.no, median(k.unit_price), median(k.unit_cost) FROM kept k
    JOIN no_product p ON p.id = k.product GROUP BY 1`;
  for (const [no, unitPrice, unitCost] of await scratch.rows(sql)) {
    const item = no as number;
    products[item] = {
      ...products[item]!,
      ...(unitPrice === null ? {} : { unitPrice: unitPrice as number }),
      ...(unitCost === null ? {} : { unitCost: unitCost as number }),
    };
  }
  return products;
}

/** Each product's commonest name, of equally common ones the first by code unit. */
async function commonestNames(scratch: Scratch, productCount: number): Promise<(string | undefined)[]> {
  const names = new Array<string | undefined>(productCount).fill(undefined);
  const counts = new Float64Array(productCount);
  const byName = new Map<string, number>();
  const sql = `SELECT p.no, k.name, count(*)::DOUBLE FROM kept k JOIN no_product p ON p.id = k.product
    WHERE k.name IS NOT NULL GROUP BY 1, 2`;
  for (const [no, text, count] of await scratch.rows(sql)) {
    const name = tidyText(text as string);
    if (name === '') continue;
    const key = `${no}|${name}`;
    byName.set(key, (byName.get(key) ?? 0) + (count as number));
  }
  for (const [key, count] of byName) {
    const item = Number(key.slice(0, key.indexOf('|')));
    const name = key.slice(key.indexOf('|') + 1);
    const isBetter = count > counts[item]! || (count === counts[item] && name < names[item]!);
    if (!isBetter) continue;
    names[item] = name;
    counts[item] = count;
  }
  return names;
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Scratch, sqlText, withScratch } from '../../adapters/duckdb-scratch.ts';
import { catalogueSql } from './foodmart-catalogue.ts';
import { loadFoodmart } from './foodmart-source.ts';
import { stockSql } from './foodmart-stock.ts';

/** What prepareFoodmart wrote: paths of the three input files, and the stores they name. */
export interface FoodmartFiles {
  readonly receipts: string;
  readonly catalogue: string;
  readonly stock: string;
  /** In order of their number. */
  readonly stores: readonly { readonly id: string; readonly name: string }[];
}

/**
 * Turns the FoodMart data set of 1997 into the input files of training: `receipts.csv.gz`, `catalogue.csv`,
 * `stock.csv.gz` and `stores.json` in `outDir`. The same source gives the same bytes.
 *
 * `sourceDir` holds the tables sales, inventory (1997), product, product_class, store and time_by_day as JSON lines.
 * Anyone can fetch them (18 MB, Apache-2.0) from Maven Central:
 *
 *     mvn dependency:unpack -Dartifact=net.hydromatic:foodmart-data-json:0.4 -DoutputDirectory=foodmart \
 *       '-Dmdep.unpack.includes=product*.json,store.json,time_by_day.json,sales_fact_1997.json,inventory_fact_1997.json'
 *
 * A basket is what a customer bought in a store on a day: the data know no receipt numbers and no time of day.
 * @throws IngestError when a table is missing
 */
export async function prepareFoodmart(sourceDir: string, outDir: string): Promise<FoodmartFiles> {
  await mkdir(outDir, { recursive: true });
  const receipts = join(outDir, 'receipts.csv.gz');
  const catalogue = join(outDir, 'catalogue.csv');
  const stock = join(outDir, 'stock.csv.gz');
  const stores = await withScratch(async (scratch) => {
    await loadFoodmart(scratch, sourceDir);
    await scratch.run(`CREATE TABLE catalogue AS ${catalogueSql}`);
    for (const statement of stockSql) await scratch.run(statement);
    await writeCsv(scratch, receiptsSql, receipts);
    await writeCsv(scratch, 'SELECT * FROM catalogue ORDER BY product_id::INTEGER', catalogue);
    await writeCsv(scratch, 'SELECT * FROM stock ORDER BY store_id[2:]::INTEGER, product_id::INTEGER', stock);
    return (await scratch.rows(storesSql)).map(([id, name]) => ({ id: String(id), name: String(name) }));
  });
  await writeFile(join(outDir, 'stores.json'), `${JSON.stringify(stores, null, 2)}\n`);
  return { receipts, catalogue, stock, stores };
}

const receiptsSql = `
  SELECT strftime(day, '%Y-%m-%d') || '-s' || store_id || '-' || customer_id AS basket_id,
         product_id,
         strftime(day, '%Y-%m-%d') AS sold_at,
         units AS quantity,
         round(sales / units, 4) AS unit_price,
         round(cost / units, 4) AS unit_cost,
         's' || store_id AS store_id,
         customer_id,
         'till' AS channel
  FROM sale
  ORDER BY day, sale.store_id, sale.customer_id, sale.product_id, units, sales, cost`;

const storesSql = `
  SELECT 's' || store_id, store_name || ', ' || store_city
  FROM store WHERE store_id IN (SELECT store_id FROM sale)
  ORDER BY store_id`;

async function writeCsv(scratch: Scratch, query: string, path: string): Promise<void> {
  const compression = path.endsWith('.gz') ? 'gzip' : 'none';
  await scratch.run(`COPY (${query}) TO ${sqlText(path)} (FORMAT csv, HEADER, COMPRESSION ${compression})`);
}

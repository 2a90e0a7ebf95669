import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Scratch, sqlPath } from '../../adapters/duckdb-scratch.ts';
import { IngestError } from '../ingest/ingest-error.ts';

/** A table of FoodMart: the names its file goes by (plain or gzipped), and the columns we take. */
interface SourceTable {
  readonly files: readonly string[];
  readonly columns: Readonly<Record<string, string>>;
}

const SALES = {
  files: ['sales_fact_1997.json', 'sales_1997.csv'],
  columns: {
    time_id: 'INTEGER',
    store_id: 'INTEGER',
    customer_id: 'INTEGER',
    product_id: 'INTEGER',
    unit_sales: 'DECIMAL(9,4)',
    store_sales: 'DECIMAL(9,4)',
    store_cost: 'DECIMAL(9,4)',
  },
};

const INVENTORY = {
  files: ['inventory_fact_1997.json', 'inventory.csv'],
  columns: {
    time_id: 'INTEGER',
    store_id: 'INTEGER',
    product_id: 'INTEGER',
    units_ordered: 'INTEGER',
    units_shipped: 'INTEGER',
    supply_time: 'INTEGER',
  },
};

const PRODUCTS = {
  files: ['product.json'],
  columns: {
    product_id: 'INTEGER',
    product_class_id: 'INTEGER',
    brand_name: 'VARCHAR',
    product_name: 'VARCHAR',
    SKU: 'VARCHAR',
    SRP: 'DECIMAL(9,2)',
  },
};

const CLASSES = {
  files: ['product_class.json'],
  columns: {
    product_class_id: 'INTEGER',
    product_department: 'VARCHAR',
    product_category: 'VARCHAR',
    product_subcategory: 'VARCHAR',
  },
};

const STORES = {
  files: ['store.json'],
  columns: { store_id: 'INTEGER', store_name: 'VARCHAR', store_city: 'VARCHAR' },
};

const DAYS = { files: ['time_by_day.json'], columns: { time_id: 'INTEGER', the_date: 'VARCHAR' } };

/**
 * Loads the tables `sale` (day, store_id, customer_id, product_id, units, sales, cost), `delivery` (day, store_id,
 * product_id, ordered, shipped, supply_days), `product` with its class, and `store`; deliveries are those of 1997 to
 * stores, and of products, that sold in that year.
 */
export async function loadFoodmart(scratch: Scratch, sourceDir: string): Promise<void> {
  const present = await listFolder(sourceDir);
  const read = (table: SourceTable) => readSql(sourceDir, present, table);
  await scratch.run(`CREATE TABLE day AS
    SELECT time_id, strptime(the_date[:10], '%Y-%m-%d')::DATE AS day FROM ${read(DAYS)}`);
  await scratch.run(`CREATE TABLE sale AS
    SELECT day, store_id, customer_id, product_id, unit_sales::INTEGER AS units, store_sales AS sales,
           store_cost AS cost
    FROM ${read(SALES)} JOIN day USING (time_id)`);
  await scratch.run(`CREATE TABLE delivery AS
    SELECT day, store_id, product_id, units_ordered AS ordered, units_shipped AS shipped, supply_time AS supply_days
    FROM ${read(INVENTORY)} JOIN day USING (time_id)
    WHERE year(day) = 1997
      AND store_id IN (SELECT store_id FROM sale) AND product_id IN (SELECT product_id FROM sale)`);
  await scratch.run(
    `CREATE TABLE product AS SELECT * FROM ${read(PRODUCTS)} JOIN ${read(CLASSES)} USING (product_class_id)`,
  );
  await scratch.run(`CREATE TABLE store AS SELECT * FROM ${read(STORES)}`);
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new IngestError(
      {
        came: `${folder} cannot be read as a folder`,
        wanted: 'the folder of the FoodMart tables',
        todo: 'Fetch it from Maven Central with the command in src/training/demo/foodmart.ts',
      },
      { cause },
    );
  }
}

function readSql(folder: string, present: readonly string[], table: SourceTable): string {
  const candidates = table.files.flatMap((file) => [file, `${file}.gz`]);
  const file = candidates.find((name) => present.includes(name));
  if (file === undefined) {
    throw new IngestError({
      came: `${folder} holds none of ${candidates.join(', ')}`,
      wanted: 'one of them',
      todo: 'Fetch it from Maven Central with the command in src/training/demo/foodmart.ts',
    });
  }
  const path = sqlPath(join(folder, file));
  const columns = Object.entries(table.columns);
  if (!file.includes('.csv')) {
    const types = columns.map(([name, type]) => `${name}: '${type}'`).join(', ');
    return `(SELECT * FROM read_json(${path}, format = 'newline_delimited', columns = {${types}}))`;
  }
  const casts = columns.map(([name, type]) => `${name}::${type} AS ${name}`).join(', ');
  return `(SELECT ${casts} FROM read_csv(${path}, header = true, delim = ',', all_varchar = true))`;
}

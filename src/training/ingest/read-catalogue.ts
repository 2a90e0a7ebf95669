import { withScratch } from '../../adapters/duckdb-scratch.ts';
import type { Product } from '../../recommender/catalogue.ts';
import { productKey, tidyId, tidyText } from '../product-spelling.ts';
import type { IngestReport } from '../receipts.ts';
import { CATALOGUE_FIELDS } from './column-names.ts';
import { loadRows } from './loaded-rows.ts';
import { countBrokenRows } from './reported-file.ts';
import { isRounded, keptWithoutNotices } from './rounded-ids.ts';
import { reportTable } from './table-report.ts';
import { eachTypedRow, LeftOut, productIdProblem, type TypedRow } from './typed-rows.ts';

const YES = /^(?:true|t|yes|y|1|ja|j|active)$/i;
const NO = /^(?:false|f|no|n|0|nee|inactive|discontinued)$/i;

/**
 * Reads catalogue files into products in order of id (code unit). Of several rows for one product the last counts.
 * A product without a name goes by its id; one that does not say otherwise is sold.
 */
export async function readCatalogue(
  paths: readonly string[],
  columns?: Readonly<Record<string, string>>,
  options: { rejectsDir?: string } = {},
): Promise<{ products: Product[]; report: IngestReport }> {
  return withScratch(async (scratch) => {
    const fields = CATALOGUE_FIELDS;
    const loaded = await loadRows(scratch, { paths, fields, columns, mayBeBasketLines: false });
    const leftOut = new LeftOut(countBrokenRows(loaded.files));
    const byKey = new Map<string, { product: Product; text: string }>();
    let roundedBarcodes = 0;
    const unread = await eachTypedRow(scratch, loaded, fields, undefined, (row) => {
      const product = toProduct(row);
      if (hasRoundedBarcode(row)) roundedBarcodes++;
      if (typeof product === 'string') {
        leftOut.reject(row, product);
        return;
      }
      const text = JSON.stringify(product);
      const key = productKey(product.id);
      const earlier = byKey.get(key);
      if (earlier !== undefined)
        leftOut.count(earlier.text === text ? 'duplicate-line' : 'replaced-by-later-row');
      byKey.set(key, { product, text });
    });
    const kept = [...byKey.values()];
    const report = await reportTable(
      scratch,
      loaded,
      leftOut,
      kept.map(({ text }) => text),
      {
        ...{ wanted: 'product', rejectsDir: options.rejectsDir, rejectsName: 'catalogue-rejects.csv' },
        notices: [...unread, ...keptWithoutNotices('products whose barcode', roundedBarcodes)],
      },
    );
    return { products: kept.map(({ product }) => product).sort((a, b) => (a.id < b.id ? -1 : 1)), report };
  });
}

function hasRoundedBarcode(row: TypedRow): boolean {
  const barcode = row.text('barcode');
  return barcode !== null && isRounded(tidyId(barcode));
}

/** The product of a row, or the reason why it is none. */
function toProduct(row: TypedRow): Product | string {
  const problem = productIdProblem(row.text('product_id'));
  if (problem !== undefined) return problem;
  const numbers = ['unit_price', 'unit_cost', 'shelf_life_days', 'min_age'].map((field) => row.number(field));
  if (row.hasBadNumber || numbers.some((value) => value !== null && value < 0)) return 'bad-number';
  const active = row.text('active');
  if (active !== null && !YES.test(active) && !NO.test(active)) return 'bad-flag';
  const id = tidyId(row.text('product_id')!);
  const [unitPrice, unitCost, shelfLifeDays, minAge] = numbers;
  return {
    id,
    name: tidyText(row.text('name') ?? '') || id,
    category: categoryPath(row.text('category') ?? ''),
    ...known('unitPrice', unitPrice),
    ...known('unitCost', unitCost),
    ...known('shelfLifeDays', shelfLifeDays),
    ...known('minAge', minAge),
    ...known('substituteGroup', row.text('substitute_group')),
    ...known('barcode', hasRoundedBarcode(row) ? null : row.text('barcode')),
    active: active === null || YES.test(active),
  };
}

function known<K extends string, V>(key: K, value: V | null | undefined): { [P in K]?: V } {
  return (value === null || value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
}

function categoryPath(text: string): string {
  return text
    .split(text.includes('/') ? '/' : ' > ')
    .map(tidyText)
    .filter((part) => part !== '')
    .join('/');
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../../src/training/ingest/read-catalogue.ts';
import { readReceipts } from '../../../src/training/ingest/read-receipts.ts';
import { readStock } from '../../../src/training/ingest/read-stock.ts';
import { isRounded } from '../../../src/training/ingest/rounded-ids.ts';
import { basketsOf, failure, testFolder } from './files-in-folder.ts';

const { folder, write } = testFolder();
const NOTICE =
  /^rows whose product id is a number that a spreadsheet has rounded: 2; .*left out; export the file again/;

describe('ids that a spreadsheet has rounded', () => {
  it('knows them by an exponent beyond what they have of digits', () => {
    for (const id of [
      '8.71233E+12',
      's1|8.71233E+12',
      '8,71233E+12',
      '8.7e+12',
      '9E+12',
      '5.0E+11',
      '1.23457E+20',
    ])
      expect(isRounded(id), id).toBe(true);
    for (const id of [
      '8712330001234',
      '8.712330001234E+12',
      '8.712330001234E+12|3',
      '12E3',
      '1E12',
      '1.5E+03',
      'E+12',
      '87.1E+12',
      'A1E+12',
    ])
      expect(isRounded(id), id).toBe(false);
  });

  it('rejects their rows, says how many and what to do, and joins no products', async () => {
    const text =
      'basket_id;sku;qty\n1;8,71233E+12;1\n1;4011;1\n2;8,71233E+12;-1\n2;8712330001234;1\n2;8.712330001242E+12;1\n';
    const rejectsDir = join(folder, 'rejects');
    const { receipts, report } = await readReceipts({ paths: [write('eans.csv', text)], rejectsDir });
    expect(basketsOf(receipts)).toEqual([['4011'], ['8.712330001242E+12', '8712330001234']]);
    expect(report.dropped).toEqual({ 'rounded-product-id': 2 });
    expect(report.notices).toEqual([expect.stringMatching(NOTICE)]);
    expect(readFileSync(report.rejectsFile!, 'utf8')).toMatch(/,2,rounded-product-id,"1;8,71233E\+12;1"/);
  });

  it('says what to do where no row is left', async () => {
    const error = await failure(
      readReceipts({ paths: [write('all.csv', 'basket_id,sku\n1,8.71233E+12\n2,8.71233E+12\n')] }),
    );
    expect(error.message).toMatch(/none of 2 rows.*rounded-product-id 2.*export the file again/);
  });

  it('rejects rows whose basket id was rounded, also a joined one, and melts no receipts', async () => {
    const text =
      'shop;order no;sku\ns1;1,23457E+12;A\ns1;1,23457E+12;B\ns1;1234570000001;C\ns1;1.234570000001E+12;D\ns1;77;8,71233E+12\n';
    const path = write('orders.csv', text);
    const rejectsDir = join(folder, 'rejects-of-baskets');
    for (const columns of [undefined, { basket: 'shop+order no' }]) {
      const { receipts, report } = await readReceipts({
        paths: [path],
        rejectsDir,
        ...(columns && { columns }),
      });
      expect(basketsOf(receipts)).toEqual([['C'], ['D']]);
      expect(report.dropped).toEqual({ 'rounded-basket-id': 2, 'rounded-product-id': 1 });
      expect(report.notices).toEqual([
        expect.stringMatching(/^rows whose product id .*: 1;/),
        expect.stringMatching(
          /^rows whose basket id is a number that a spreadsheet has rounded: 2; different receipts may share it, .*left out; export the file again/,
        ),
      ]);
      expect(readFileSync(report.rejectsFile!, 'utf8')).toMatch(/,2,rounded-basket-id,"s1;1,23457E\+12;A"/);
    }
    const all = write('all-baskets.csv', 'order no,sku\n1.23457E+12,A\n1.23457E+12,8.71233E+12\n');
    expect((await failure(readReceipts({ paths: [all] }))).message).toMatch(
      /none of 2 rows.*rounded-basket-id 1.*columns; export the file again[^;]*; what is saved[^;]*$/,
    );
  });

  it('keeps rows without a customer or a store that was rounded, and says so', async () => {
    const text =
      'basket_id,sku,customer_id,store_id\n1,A,8.71233E+12,s1\n2,A,8.71233E+12,s1\n3,A,c3,8.7E+12\n4,A,8712330001234,s1\n';
    const { receipts, report } = await readReceipts({ paths: [write('members.csv', text)] });
    expect([...receipts.customer].map((no) => receipts.customerIds[no])).toEqual([
      undefined,
      undefined,
      'c3',
      '8712330001234',
    ]);
    expect(receipts.storeIds).toEqual(['s1']);
    expect(report.dropped).toEqual({});
    expect(report.notices).toEqual([
      expect.stringMatching(/^rows whose store id is .* rounded: 1; they are kept without it; export/),
      expect.stringMatching(/^rows whose customer id is .* rounded: 2; they are kept without it; export/),
    ]);
  });

  it('keeps a product without a barcode that was rounded, and says so', async () => {
    const path = write('barcodes.csv', 'sku,barcode\nA1,8.71233E+12\nA2,8.71233E+12\nA3,8712330001234\n');
    const { products, report } = await readCatalogue([path]);
    expect(products.map(({ id, barcode }) => [id, barcode])).toEqual([
      ['A1', undefined],
      ['A2', undefined],
      ['A3', '8712330001234'],
    ]);
    expect(report.notices).toEqual([
      expect.stringMatching(/^products whose barcode .* rounded: 2; they are kept/),
    ]);
  });

  it('rejects them in a catalogue and in stock', async () => {
    const rows = 'sku,store,qty\n8.71233E+12,s1,1\n8.71233E+12,s1,2\n4011,s1,1\n';
    const path = write('table.csv', rows);
    const { products, report } = await readCatalogue([path]);
    const stock = await readStock([path]);
    expect(products.map(({ id }) => id)).toEqual(['4011']);
    expect(stock.rows.map(({ productId }) => productId)).toEqual(['4011']);
    for (const { dropped, notices } of [report, stock.report]) {
      expect(dropped).toEqual({ 'rounded-product-id': 2 });
      expect(notices).toEqual([expect.stringMatching(NOTICE)]);
    }
  });
});

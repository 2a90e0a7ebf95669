import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IngestError } from '../../../src/training/ingest/ingest-error.ts';
import { readCatalogue } from '../../../src/training/ingest/read-catalogue.ts';
import { readStock } from '../../../src/training/ingest/read-stock.ts';
import { failure, testFolder } from './files-in-folder.ts';

const { folder, write } = testFolder();

describe('reading a catalogue', () => {
  it('reads every fact, leaves out what is blank, and sorts by id', async () => {
    const text = `product_id,name,category,unit_price,unit_cost,shelf_life_days,min_age,substitute_group,barcode,active
B,Wine, Drinks / Wine ,9.95,5,,18,reds,8712345678906,yes
A,,,,,,,,,
C,Milk,Dairy > Milk,1.10,0.80,7,,,,0
`;
    const { products, report } = await readCatalogue([write('catalogue.csv', text)]);
    expect(products).toEqual([
      { id: 'A', name: 'A', category: '', active: true },
      {
        id: 'B',
        name: 'Wine',
        category: 'Drinks/Wine',
        unitPrice: 9.95,
        unitCost: 5,
        minAge: 18,
        substituteGroup: 'reds',
        barcode: '8712345678906',
        active: true,
      },
      {
        id: 'C',
        name: 'Milk',
        category: 'Dairy/Milk',
        unitPrice: 1.1,
        unitCost: 0.8,
        shelfLifeDays: 7,
        active: false,
      },
    ]);
    expect(report).toMatchObject({ rowsRead: 3, rowsKept: 3, dropped: {} });
  });

  it('lets the last row of a product count, and rejects rows that it cannot read', async () => {
    const text =
      'sku;description;price;active\nA;old;1,00;\nA;new;2,50;\nB;x;-1;\n;x;1;\nC;x;1;maybe\nD;x;1;\nD;x;1;\n';
    const rejectsDir = join(folder, 'rejects');
    const { products, report } = await readCatalogue([write('late.csv', text)], undefined, { rejectsDir });
    expect(products.map(({ id, name, unitPrice }) => [id, name, unitPrice])).toEqual([
      ['A', 'new', 2.5],
      ['D', 'x', 1],
    ]);
    expect(report.dropped).toEqual({
      'replaced-by-later-row': 1,
      'bad-number': 1,
      'missing-product-id': 1,
      'bad-flag': 1,
      'duplicate-line': 1,
    });
    expect(readFileSync(report.rejectsFile!, 'utf8')).toMatch(
      /,4,bad-number,"B;x;-1;"\n.*,5,missing-product-id,/,
    );
  });

  it('takes ids that differ in case, blanks or a .0 for one product, and no word for a missing one', async () => {
    const text = 'sku,name\nsku1,old\nSKU1 ,new\n4001.0,Milk\nNA,none\nnan,none\n';
    const { products, report } = await readCatalogue([write('spelled.csv', text)]);
    expect(products.map(({ id, name }) => [id, name])).toEqual([
      ['4001', 'Milk'],
      ['SKU1', 'new'],
    ]);
    expect(report.dropped).toEqual({ 'replaced-by-later-row': 1, 'missing-product-id': 2 });
    const stock = await readStock([write('spelled-stock.csv', 'store,sku,on_hand\n7.0,4001.0,5\n')]);
    expect(stock.rows).toEqual([expect.objectContaining({ storeId: '7', productId: '4001' })]);
  });

  it('has a fingerprint that does not depend on the order of its rows', async () => {
    const [one, other] = await Promise.all([
      readCatalogue([write('one.csv', 'sku,name\nA,a\nB,b\n')]),
      readCatalogue([write('other.csv', 'sku,name\nB,b\nA,a\n')]),
    ]);
    expect(one.report.fingerprint).toBe(other.report.fingerprint);
  });

  it('ends with the columns it found where there is no product id', async () => {
    const error = await failure(readCatalogue([write('none.csv', 'colour,size\nred,1\n')]));
    expect(error).toBeInstanceOf(IngestError);
    expect(error.message).toMatch(/colour, size.*product_id/);
    expect(error.message, 'the option is for receipts').not.toContain('--columns');
  });
});

describe('reading stock', () => {
  it('reads every amount and moment, and takes the change of the file for a row without one', async () => {
    const text = `store_id,product_id,on_hand,reserved,demand_per_day,target_cover_days,lead_time_days,protection_level,expires_at,as_of
s1,A,12,2,0.5,14,3,1,2026-06-01,2026-05-01T10:00:00+02:00
s1,B,-3,,,,,,,
`;
    const path = write('stock.csv', text);
    const { rows } = await readStock([path]);
    expect(rows).toEqual([
      {
        storeId: 's1',
        productId: 'A',
        onHand: 12,
        reserved: 2,
        demandPerDay: 0.5,
        targetCoverDays: 14,
        leadTimeDays: 3,
        protectionLevel: 1,
        expiresAtMs: Date.UTC(2026, 5, 1),
        asOfMs: Date.UTC(2026, 4, 1, 8),
      },
      { storeId: 's1', productId: 'B', onHand: -3, asOfMs: Math.floor(statSync(path).mtimeMs) },
    ]);
  });

  it('counts what it cannot read and what it has already read', async () => {
    const text =
      'store,sku,on_hand,reserved,as_of\n1,A,5,0,2026-01-01\n1,A,5,0,2026-01-01\n1,B,x,0,2026-01-01\n1,B,5,-1,2026-01-01\n,C,5,0,2026-01-01\n1,D,5,0,soon\n';
    const { rows, report } = await readStock([write('odd.csv', text)]);
    expect(rows).toHaveLength(1);
    expect(report.dropped).toEqual({
      'duplicate-line': 1,
      'bad-number': 2,
      'missing-store-id': 1,
      'bad-date': 1,
    });
  });

  it('needs a store and a product, and the order of day and month where dates leave it open', async () => {
    const storeless = await failure(readStock([write('storeless.csv', 'sku,on_hand\nA,5\n')]));
    expect(storeless.message).toMatch(/sku, on_hand.*store_id/);
    const shelves = write('shelves.csv', 'sku,on_hand,location\nA,5,A-12\n');
    expect((await failure(readStock([shelves]))).message).toMatch(
      /location.*none of which is known as store_id/,
    );
    const path = write('open-stock.csv', 'store,sku,on_hand,as_of\n1,A,5,01/02/2026\n');
    expect((await failure(readStock([path]))).message).toMatch(/--date-order/);
    const { rows } = await readStock([path], undefined, 'dmy');
    expect(rows[0]!.asOfMs).toBe(Date.UTC(2026, 1, 1));
  });
});

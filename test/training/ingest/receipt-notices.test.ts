import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReceipts } from '../../../src/training/ingest/read-receipts.ts';
import { failure, testFolder } from './files-in-folder.ts';

const { folder, write } = testFolder();

describe('notices on receipts that can be read', () => {
  it('counts the baskets of a file given twice only once if they have no ids, and reports it', async () => {
    const text = 'milk|bread\nmilk|bread\ntea\n';
    const paths = [write('a.basket', text), write('b.basket', text), write('c.txt.gz', text)];
    const once = await readReceipts({ paths: paths.slice(0, 1) });
    const { receipts, report } = await readReceipts({ paths, rejectsDir: join(folder, 'rejects') });
    expect(receipts).toEqual(once.receipts);
    expect(report.fingerprint).toBe(once.report.fingerprint);
    expect(report).toMatchObject({ rowsRead: 15, rowsKept: 5, dropped: { 'duplicate-line': 10 } });
    expect(report.notices).toEqual([
      `${paths[1]} holds the same as ${paths[0]}: its baskets are counted once`,
      `${paths[2]} holds the same as ${paths[0]}: its baskets are counted once`,
    ]);
    expect(once.report.notices).toBeUndefined();
    const more = await readReceipts({ paths: [paths[0]!, write('d.basket', `${text}tea\n`)] });
    expect(more.receipts.soldAtMs).toHaveLength(7);
  });

  it('reports receipt numbers that start again in another store, on another day or for another customer', async () => {
    const header = 'receipt_no,sku,date,shop,member_id\n';
    const noticesOf = async (name: string, rows: string) =>
      (await readReceipts({ paths: [write(name, header + rows)] })).report.notices;
    const restarted =
      '1,A,2024-01-01 10:00,s1,c1\n1,B,2024-01-02 10:00,s1,c1\n2,A,2024-01-01 11:00,s1,\n2,B,2024-01-01 11:05,s2,\n3,A,2024-01-01 11:00,s1,c1\n';
    expect(await noticesOf('restart.csv', restarted)).toEqual([
      '2 of 3 baskets hold lines of several stores and days, and repeated lines in them count once; where numbers of receipts begin again, join what tells receipts apart, such as --columns basket=receipt_no+shop+date',
    ]);
    expect(await noticesOf('two.csv', '1,A,2024-01-01,s1,c1\n1,B,2024-01-01,s1,c2\n')).toEqual([
      expect.stringMatching(
        /^1 of 1 baskets hold lines of several customers, .*basket=receipt_no\+member_id$/,
      ),
    ]);
    const midnight = '1,A,2024-01-01 23:59,s1,\n1,B,2024-01-02 00:01,,c1\n';
    expect(await noticesOf('midnight.csv', midnight)).toEqual([
      'rows blank, and filled from another row of the same basket: store_id 1, customer_id 1',
    ]);
    const joined = await readReceipts({
      paths: [join(folder, 'restart.csv')],
      columns: { basket: 'receipt_no+shop+date' },
    });
    expect(joined.receipts.soldAtMs).toHaveLength(5);
    expect(joined.report.notices).toBeUndefined();
  });

  it('reports receipts of several files under one number, unless files were cut within a receipt', async () => {
    const table = (rows: string[]) => `receipt_no,sku\n${rows.join('\n')}\n`;
    const numbered = (product: string) => [1, 2, 3, 4].map((no) => `${no},${product}`);
    const january = write('january.csv', table(numbered('A')));
    const february = write('february.csv', table(numbered('B')));
    const anew = await readReceipts({ paths: [january, february] });
    expect(anew.report.notices).toEqual([
      '4 of 4 baskets hold lines of several files; where each file numbers its receipts anew, add a column that tells the files apart and join it, such as --columns basket=RECEIPT+FILE',
    ]);
    const rest = write('rest.csv', table(['4,B', '5,A', '6,A']));
    const again = write('again.csv', table([...numbered('A'), '5,A']));
    for (const paths of [
      [january, rest],
      [january, again],
    ])
      expect((await readReceipts({ paths })).report.notices, paths[1]).toBeUndefined();
  });

  it('reports what is in most of the baskets, as totals are, and how to leave it out', async () => {
    const rows = Array.from({ length: 20 }, (_, i) =>
      [`${i},Tea ${i}`, ...(i % 5 < 4 ? [`${i},TOTAL`] : []), ...(i % 2 === 0 ? [`${i},Bun`] : [])].join(
        '\n',
      ),
    );
    const path = write('totals.csv', `receipt,item\n${rows.join('\n')}\n`);
    expect((await readReceipts({ paths: [path] })).report.notices).toEqual([
      'in most of the baskets: TOTAL (80 %); if that is no product, but a total, a tax or a bag, leave it out with --service-codes',
    ]);
    expect((await readReceipts({ paths: [path], serviceCodes: 'total' })).report.notices).toBeUndefined();
  });

  it('reports products without an id that have a name, and how to know them by it', async () => {
    const path = write(
      'square.csv',
      'Transaction ID,SKU,Item,Qty\n1,L1,Latte,1\n1,,Scone,1\n2,,Scone,1\nTotal,,,3\n',
    );
    const { report } = await readReceipts({ paths: [path] });
    expect(report.dropped).toEqual({ 'missing-product-id': 3 });
    expect(report.notices).toEqual([
      `rows left out because SKU (${path}) is blank, though Item is not: 2; to know all products by their names, give --columns product=Item`,
    ]);
    const named = await readReceipts({ paths: [path], columns: { product: 'Item' } });
    expect(named.report.rowsKept).toBe(3);
    expect(named.report.notices).toBeUndefined();
    const blank = write('no-sku.csv', 'Transaction ID,SKU,Item\n1,,Latte\n1,,Scone\n');
    expect((await failure(readReceipts({ paths: [blank] }))).message).toMatch(
      /none of 2 rows.*missing-product-id 2.*SKU \(.*no-sku\.csv\) is blank, though Item is not: 2; .*--columns product=Item/,
    );
  });

  it('reports baskets that are dated after today', async () => {
    const path = write(
      'future.csv',
      'basket,sku,date\n1,A,2024-01-02\n2,A,2099-01-01\n2,B,2099-01-01\n3,A,2024-01-03\n',
    );
    const { receipts, report } = await readReceipts({ paths: [path], nowMs: Date.UTC(2024, 0, 2, 12) });
    expect(receipts.soldAtMs).toHaveLength(3);
    expect(report.notices).toEqual([
      'baskets dated after today: 1, the last on 2099-01-01; they count as the newest, so correct their dates, or give --date-order where they are read in the wrong order',
    ]);
    const later = await readReceipts({ paths: [path], nowMs: Date.UTC(2099, 0, 1) });
    expect(later.report.notices).toBeUndefined();
  });

  it('takes baskets in file order if the column of times is empty, and reports it', async () => {
    const rows = '2,B,,NA\n1,A,,\n';
    const { receipts, report } = await readReceipts({
      paths: [write('timeless.csv', `basket,sku,order_date,time\n${rows}`)],
    });
    expect([...receipts.soldAtMs]).toEqual([0, 1]);
    expect(receipts.hasTime).toBe(false);
    expect(report.dropped).toEqual({});
    expect(report.notices).toEqual([
      'no row states a time in order_date: baskets are taken to be in the order of the files',
    ]);
  });
});

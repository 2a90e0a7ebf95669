import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { NO_HOUR } from '../../../src/recommender/time-of-day.ts';
import { IngestError } from '../../../src/training/ingest/ingest-error.ts';
import { readReceipts } from '../../../src/training/ingest/read-receipts.ts';
import { basketsOf, failure, testFolder } from './files-in-folder.ts';

const { folder, write } = testFolder();

const FULL = `basket_id,product_id,sold_at,quantity,unit_price,discount,unit_cost,store_id,customer_id,channel,agent_id
b2,B,2026-05-02 10:00:00,1,3.50,0,2,s1,c9,till,a1
b2,A,2026-05-02 10:00:00,2,8,0,4,s1,c9,till,a1
b1,C,2026-05-01 09:00:00,1,1.25,0,1,s2,,till,a1
b1,A,2026-05-01 09:00:00,1,10,0,5,s2,,till,a1
b1,A,2026-05-01 09:00:00,2,9,0,5,s2,,till,a1
`;

describe('reading receipts', () => {
  it('arranges our own columns: baskets by time, items ascending, quantities added, medians per product', async () => {
    const { receipts, report } = await readReceipts({ paths: [write('full.csv', FULL)] });
    expect(receipts.productIds).toEqual(['A', 'B', 'C']);
    expect([...receipts.basketStart]).toEqual([0, 2, 4]);
    expect([...receipts.items]).toEqual([0, 2, 0, 1]);
    expect([...receipts.quantity]).toEqual([3, 1, 2, 1]);
    expect([...receipts.soldAtMs]).toEqual([Date.UTC(2026, 4, 1, 9), Date.UTC(2026, 4, 2, 10)]);
    expect([...receipts.store].map((i) => receipts.storeIds[i])).toEqual(['s2', 's1']);
    expect([...receipts.customer]).toEqual([-1, 0]);
    expect(receipts.customerIds).toEqual(['c9']);
    expect(receipts.hasTime).toBe(true);
    expect(receipts.products[0]).toEqual({ id: 'A', unitPrice: 9, unitCost: 5 });
    expect(report).toMatchObject({ rowsRead: 5, rowsKept: 5, dropped: {} });
    expect(report.files[0]).toMatchObject({ rows: 5, encoding: 'utf-8', delimiter: ',' });
  });

  it('takes the hour from the clock it was written by, and an instant to the zone of the stores', async () => {
    const text = `basket,product,sold_at
1,A,2026-07-01 09:59:59
2,A,2026-07-01T10:00:00Z
3,A,2026-07-01T10:00:00-05:00
4,A,2026-07-01
5,A,2026-07-02 00:00:00
6,A,1969-07-02 23:30
`;
    const path = write('hours.csv', text);
    const hoursIn = async (timeZone?: string) => {
      const { receipts } = await readReceipts({ paths: [path], ...(timeZone && { timeZone }) });
      expect(receipts.timeZone).toBe(timeZone ?? 'UTC');
      return [...receipts.hour];
    };
    // In order of time: of 1969, the date alone, the clock of the store, both instants, midnight.
    expect(await hoursIn()).toEqual([23, NO_HOUR, 9, 10, 15, NO_HOUR]);
    expect(await hoursIn('Europe/Amsterdam')).toEqual([23, NO_HOUR, 9, 12, 17, NO_HOUR]);
    // Dates alone, as an instant in the zone of the stores, in the one they are written in, and in UTC.
    const dates = write(
      'dates.csv',
      'basket,product,sold_at\n1,A,2026-06-30 22:00:00+00\n2,A,2026-12-31 23:00:00+00\n3,A,2026-07-01T00:00:00+05:00\n4,A,2026-07-01T00:00Z\n',
    );
    const midnights = await readReceipts({ paths: [dates], timeZone: 'Europe/Amsterdam' });
    expect([...midnights.receipts.hour]).toEqual([NO_HOUR, NO_HOUR, NO_HOUR, NO_HOUR]);
    const undated = await readReceipts({ paths: [write('undated.csv', 'basket,product\n1,A\n1,B\n')] });
    expect([...undated.receipts.hour]).toEqual([NO_HOUR]);
  });

  it('recognises the names of other systems and says which it took', async () => {
    const text =
      'Invoice No;STOCK-CODE;Description;Quantity;InvoiceDate;Unit Price;Customer ID\n1;A1;Ham;1;2026-01-01;2,50;7.0\n';
    const { receipts, report } = await readReceipts({ paths: [write('names.csv', text)] });
    expect(report.files[0]!.columns).toEqual({
      basket_id: 'Invoice No',
      product_id: 'STOCK-CODE',
      name: 'Description',
      quantity: 'Quantity',
      sold_at: 'InvoiceDate',
      unit_price: 'Unit Price',
      customer_id: 'Customer ID',
    });
    expect(receipts.products).toEqual([{ id: 'A1', name: 'Ham', unitPrice: 2.5 }]);
    expect(receipts.customerIds).toEqual(['7']);
  });

  it('recognises the names of German, French and Dutch exports, with decimal commas and a row of totals', async () => {
    const headers = [
      'Belegnr.;Datum;Uhrzeit;Filiale;Artikelnr.;Bezeichnung;Menge;Einzelpreis;Kundennr.',
      'N° ticket;Date;Heure;Magasin;Code article;Désignation;Quantité;Prix unitaire;Client',
      'Bonnummer;Datum;Tijd;Filiaal;Artikelnummer;Omschrijving;Aantal;Stukprijs;Klantnummer',
    ];
    const rows =
      '1001;13.01.2024;10:30;Köln;4711;Müsli;1;1.234,50 €;K1\n1001;13.01.2024;10:30;Köln;4712;Äpfel;0,45;€ 2,99;K1\nSumme;;;;;;1,45;1.237,49 €;\n';
    for (const [i, header] of headers.entries()) {
      const path = write(`abroad-${i}.csv`, `${header}\n${rows}`);
      const { receipts, report } = await readReceipts({ paths: [path] });
      expect(basketsOf(receipts), header).toEqual([['4711', '4712']]);
      expect(receipts.products.map(({ unitPrice }) => unitPrice)).toEqual([1234.5, 2.99]);
      expect([...receipts.hour, ...receipts.storeIds, ...receipts.customerIds]).toEqual([10, 'Köln', 'K1']);
      expect(report.dropped).toEqual({ 'missing-product-id': 1 });
    }
  });

  it('knows things by their numbers where an export in another language has names beside them', async () => {
    const headers = [
      'Beleg;Belegnr;Datum;Filiale;Filialnr;Artikel;Artikelnr;Kunde;Kundennr;Einkaufspreis',
      "Ticket;N° ticket;Date;Magasin;Store no;Article;Code article;Client;N° client;Prix d'achat",
      'Bon;Bonnr;Datum;Winkel;Winkelnummer;Product;Productnr;Klant;Klantnr;Inkoopprijs',
    ];
    for (const [i, header] of headers.entries()) {
      const path = write(
        `numbers-${i}.csv`,
        `${header}\nBar;1001;13.01.2024;Köln;7;Ham;4711;Müller;31;1,50\n`,
      );
      const { receipts, report } = await readReceipts({ paths: [path] });
      const columns = header.split(';');
      expect(report.files[0]!.columns, header).toMatchObject({
        basket_id: columns[1],
        product_id: columns[6],
        customer_id: columns[8],
        unit_cost: columns[9],
      });
      expect(receipts.products.map(({ id }) => id)).toEqual(['4711']);
      if (i !== 1) expect(receipts.storeIds).toEqual(['7']);
    }
  });

  it('takes no name for an order where orders have numbers, nor for a product where lines are told apart', async () => {
    const text = `Order Number,Name,Line Item Name,Line Item SKU\n7,Anna,Blue Mug,MUG-B\n8,Anna,Blue Mug,MUG-B\n`;
    const { receipts, report } = await readReceipts({ paths: [write('orders.csv', text)] });
    expect(basketsOf(receipts)).toEqual([['MUG-B'], ['MUG-B']]);
    expect(report.files[0]!.columns).toEqual({
      basket_id: 'Order Number',
      product_id: 'Line Item SKU',
      name: 'Line Item Name',
    });
  });

  it('knows the orders of a Shopify export by their name, and its lines by what they are called', async () => {
    const text = `Name,Email,Financial Status,Paid at,Subtotal,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Street,Id
#1001,a@x.nl,paid,2024-01-13 10:30:00 +0100,25,1,2024-01-13 10:29:00 +0100,2,Blue Mug,10.00,MUG-B,"Street 1
2nd floor",5551
#1001,a@x.nl,,,,,2024-01-13 10:29:00 +0100,1,Tea Towel,5.00,TOW-1,,
#1002,b@x.nl,refunded,2024-01-15 10:30:00 +0100,10,,2024-01-15 10:29:00 +0100,1,Blue Mug,10.00,MUG-B,Street 2,5552
`;
    const { receipts, report } = await readReceipts({ paths: [write('shopify.csv', text)] });
    expect(basketsOf(receipts)).toEqual([['MUG-B', 'TOW-1']]);
    expect(receipts.products).toEqual([
      { id: 'MUG-B', name: 'Blue Mug', unitPrice: 10 },
      { id: 'TOW-1', name: 'Tea Towel', unitPrice: 5 },
    ]);
    expect(receipts.soldAtMs[0]).toBe(Date.UTC(2024, 0, 13, 9, 29));
    expect(report.dropped).toEqual({ return: 1 });
    expect(report.files[0]!.columns).toMatchObject({ basket_id: 'Name', name: 'Lineitem name' });
  });

  it('joins a column of dates with a column of times, and takes the name where there is no product id', async () => {
    const text =
      'Date,Time,Transaction,Item\n2016-10-30,10:05:34,2,Tea\n2016-10-30,09:58:11,1,Bread\n2016-10-30,10:05:34,2,NONE\n';
    const { receipts, report } = await readReceipts({ paths: [write('bakery.csv', text)] });
    expect(basketsOf(receipts)).toEqual([['Bread'], ['Tea']]);
    expect(receipts.soldAtMs[0]).toBe(Date.UTC(2016, 9, 30, 9, 58, 11));
    expect(report.dropped).toEqual({ 'no-item': 1 });
  });

  it('adds no time column to dates with a time, and says which formats it reads if it reads none', async () => {
    const text =
      'basket,sku,date_time,date,time\n1,A,25/01/2024 10:00,25/01/2024,10:00\n2,A,26/01/2024 00:00,26/01/2024,9:30\n';
    const { receipts, report } = await readReceipts({ paths: [write('both-times.csv', text)] });
    expect([...receipts.soldAtMs]).toEqual([Date.UTC(2024, 0, 25, 10), Date.UTC(2024, 0, 26, 9, 30)]);
    expect(report.dropped).toEqual({});
    const numbered = write('numbered.csv', 'basket;sku;date\n1;A;7\n2;A;8\n');
    expect((await failure(readReceipts({ paths: [numbered] }))).message).toMatch(
      /values of date \(.*numbered\.csv\), such as "7", are no dates.*dates are read as 2024-01-25 10:00, .*--date-order/,
    );
  });

  it('follows --columns: short names, joined columns, quotients', async () => {
    const text =
      'date,store_id,customer_id,item no,n,total,spent\n2026-01-01,1,5,A,3,5.85,3\n2026-01-01,1,5,B,1,2,1\n2026-01-01,1,6,A,1,2,1\n2026-01-01,1,6,B,0,2,1\n';
    const { receipts, report } = await readReceipts({
      paths: [write('mapped.csv', text)],
      columns: {
        basket: 'customer_id+date+store_id',
        product: 'item no',
        quantity: 'n',
        price: 'total/n',
        cost: 'spent/n',
      },
    });
    expect(basketsOf(receipts)).toEqual([['A', 'B'], ['A']]);
    expect(receipts.products[0]).toEqual({ id: 'A', unitPrice: 1.975, unitCost: 1 });
    expect(report.files[0]!.columns).toMatchObject({
      basket_id: 'customer_id+date+store_id',
      unit_price: 'total/n',
    });
    expect(report.dropped).toEqual({ 'quantity-not-positive': 1 });
  });

  it('names the columns it found where a required one or one of --columns is missing', async () => {
    const path = write('foreign.csv', 'when,what\n2026-01-01,A\n');
    const missing = await failure(readReceipts({ paths: [path] }));
    expect(missing).toBeInstanceOf(IngestError);
    expect(missing.message).toMatch(
      /foreign\.csv has the columns when, what.*basket_id or product_id.*--columns/,
    );
    const title = write('title.csv', 'Sales report;;\nPeriod;2024-01;\nbasket_id;sku;qty\n1;A;1\n');
    expect((await failure(readReceipts({ paths: [title] }))).message).toMatch(
      /columns Sales report,.*Remove what stands above the line that names the columns\.$/,
    );
    const wrong = await failure(readReceipts({ paths: [path], columns: { basket: 'till' } }));
    expect(wrong.message).toMatch(/when, what.*"till" for basket_id/);
    const unknown = await failure(readReceipts({ paths: [path], columns: { colour: 'what' } }));
    expect(unknown.message).toMatch(/"colour".*basket_id, product_id/);
  });

  it('reads one basket per line from .txt and .basket files, in file order, and tidies blanks in names', async () => {
    const path = write('shop.txt.gz', 'milk|cream cheese |milk\nbread\n\ncream  cheese|bread\n');
    const { receipts, report } = await readReceipts({ paths: [path] });
    expect(basketsOf(receipts)).toEqual([['cream cheese', 'milk'], ['bread'], ['bread', 'cream cheese']]);
    expect([...receipts.soldAtMs]).toEqual([0, 1, 2]);
    expect(receipts.hasTime).toBe(false);
    expect(report).toMatchObject({ rowsRead: 6, rowsKept: 5, dropped: { 'duplicate-line': 1 } });
    const comma = await readReceipts({ paths: [write('shop.basket', '"milk, whole",bread\nbread\n')] });
    expect(basketsOf(comma.receipts)).toEqual([['bread', 'milk, whole'], ['bread']]);
    const pair = await readReceipts({ paths: [path, join(folder, 'shop.basket')] });
    expect(basketsOf(pair.receipts)).toHaveLength(5);
  });

  it('keeps the baskets of lines apart from those of a table, whatever ids those have', async () => {
    const paths = [
      write('numbered.csv', 'basket,sku\n1,A\n1,B\n2,C\n 1 ,D\n'),
      write('lines.basket', 'tea|milk\nbread|jam\n'),
    ];
    for (const order of [paths, paths.toReversed()]) {
      const baskets = basketsOf((await readReceipts({ paths: order })).receipts);
      expect(baskets.sort()).toEqual([['A', 'B', 'D'], ['C'], ['bread', 'jam'], ['milk', 'tea']]);
    }
  });

  it('finds the separator of baskets further on where the first line holds a single item', async () => {
    for (const separator of [',', ';', '\t', '|']) {
      const text = `yogurt\n${['citrus fruit', 'margarine'].join(separator)}\n${['milk', 'bread', 'tea'].join(separator)}\n`;
      for (const name of ['single.txt', 'single.basket']) {
        const { receipts } = await readReceipts({ paths: [write(name, text)] });
        expect(basketsOf(receipts)).toEqual([
          ['yogurt'],
          ['citrus fruit', 'margarine'],
          ['bread', 'milk', 'tea'],
        ]);
      }
    }
    const named = await readReceipts({
      paths: [write('named.basket', 'yogurt\nmilk, whole, 1l|bread\n"salt, sugar"\n')],
    });
    expect(basketsOf(named.receipts)).toEqual([['yogurt'], ['bread', 'milk, whole, 1l'], ['salt, sugar']]);
  });

  it('takes a .txt file with a header that it knows for a table', async () => {
    const { receipts } = await readReceipts({ paths: [write('table.txt', 'order id\tsku\n1\tA\n1\tB\n')] });
    expect(basketsOf(receipts)).toEqual([['A', 'B']]);
  });
});

describe('cleaning', () => {
  it('counts returns, cancellations, quantities, prices and repeated lines by reason', async () => {
    const text = `InvoiceNo,StockCode,Quantity,UnitPrice
1,10,1,2
1,10,1,2
1,11,-1,2
C2,12,1,2
3,12,0,2
3,13,1,0
3,14,1,-2
3,15,,2
4,15,1,
`;
    const { receipts, report } = await readReceipts({ paths: [write('clean.csv', text)] });
    expect(basketsOf(receipts)).toEqual([['10'], ['15'], ['15']]);
    expect(report.dropped).toEqual({
      'duplicate-line': 1,
      'price-not-positive': 2,
      'quantity-not-positive': 1,
      return: 2,
    });
  });

  it('keeps baskets named C1, C2, … where that is how all baskets are named', async () => {
    const text = 'basket_id,product_id\nC1,10\nC2,10\n7,10\n';
    const { receipts } = await readReceipts({ paths: [write('c.csv', text)] });
    expect(receipts.soldAtMs).toHaveLength(3);
  });

  it('drops service codes among numbered product codes only', async () => {
    const codes = Array.from({ length: 100 }, (_, i) => `${85_000 + i}`);
    const numbered = ['POST', 'm', 'gift_0001_20', 'AMAZONFEE', 'BANK CHARGES', 'C2', 'DCGSSBOY', ...codes];
    const rows = numbered.map((code) => `1,${code}`).join('\n');
    const path = write('codes.csv', `basket_id,product_id\n${rows}\n`);
    const { receipts, report } = await readReceipts({ paths: [path] });
    expect(receipts.productIds).toEqual([...codes, 'DCGSSBOY'].sort());
    expect(report.dropped).toEqual({ 'service-code': 6 });
    const named = await readReceipts({
      paths: [write('words.csv', 'basket_id,product_id\n1,M\n1,Tea\n1,POST\n')],
    });
    expect(named.receipts.productIds).toEqual(['M', 'POST', 'Tea']);
    const own = await readReceipts({ paths: [path], serviceCodes: 'post|8501.*' });
    expect(own.report.dropped).toEqual({ 'service-code': 11 });
    expect((await failure(readReceipts({ paths: [path], serviceCodes: '(' }))).message).toMatch(
      /service codes/,
    );
  });

  it('drops no short name where products go by their names, however many of them hold a digit', async () => {
    const dishes = Array.from({ length: 40 }, (_, i) => `${i} Dish`);
    const rows = ['Cola', 'Tea', 'M', ...dishes].map((name) => `1,${name}`).join('\n');
    for (const header of ['order_id,item', 'order_id,product']) {
      const path = write(`${header}.csv`, `${header}\n${rows}\n`);
      expect((await readReceipts({ paths: [path] })).report.dropped, header).toEqual({});
    }
    const short = Array.from({ length: 40 }, (_, i) => `1,Dish-${i}`).join('\n');
    const menu = write('menu.csv', `order_id,item\n1,Cola\n${short}\n`);
    expect((await readReceipts({ paths: [menu] })).report.dropped).toEqual({});
    const own = await readReceipts({ paths: [menu], serviceCodes: 'cola' });
    expect(own.report.dropped).toEqual({ 'service-code': 1 });
  });

  it('takes ids that differ in case, blanks or a .0 for one product, under its commonest spelling', async () => {
    const text =
      'basket_id,product_id\n1,85123a\n2,85123A\n3,85123A \n4,"85123A"\n4, big   box\n5,Big box\n6,Big box\n';
    const { receipts, report } = await readReceipts({ paths: [write('case.csv', text)] });
    expect(receipts.productIds).toEqual(['85123A', 'Big box']);
    expect(report.rowsKept).toBe(7);
    const floats = write('floats.csv', 'basket_id,product_id\n1.0,4011.0\n1,4012\n2,4011\n');
    expect(basketsOf((await readReceipts({ paths: [floats] })).receipts)).toEqual([
      ['4011', '4012'],
      ['4011'],
    ]);
  });

  it('takes no word for a missing value for a basket, a product, a store or a customer', async () => {
    const words = ['NA', 'None', 'nan', 'NULL', 'n/a', '\\N'];
    const text = [
      'basket_id,product_id,store_id,customer_id',
      '1,A,s1,c1',
      ...words.map((word, i) => `${i + 2},A,${word},${word}`),
      ...words.map((word) => `1,${word},s1,c1`),
      ...words.map((word) => `${word},A,s1,c1`),
    ].join('\n');
    const { receipts, report } = await readReceipts({ paths: [write('words.csv', text)] });
    expect(receipts.productIds).toEqual(['A']);
    expect([receipts.storeIds, receipts.customerIds]).toEqual([['s1'], ['c1']]);
    expect(receipts.soldAtMs).toHaveLength(7);
    expect(report.dropped).toEqual({ 'no-item': 6, 'missing-basket-id': 6 });
  });

  it('takes the commonest name of a product, of equals the first', async () => {
    const text = 'basket_id,product_id,name\n1,A,tea\n2,A,Tea bags\n3,A,Tea  bags\n1,B,z\n1,B,y\n1,C,\n';
    const { receipts } = await readReceipts({ paths: [write('described.csv', text)] });
    expect(receipts.products).toEqual([{ id: 'A', name: 'Tea bags' }, { id: 'B', name: 'y' }, { id: 'C' }]);
  });
});

describe('rows that cannot be read', () => {
  it('counts them and writes them with file, line, reason and text, also behind line ends in quotes', async () => {
    const text = `basket_id,product_id,sold_at,quantity,name
1,A,2026-01-01,1,"two
lines ""quoted"""
2,B,2026-02-30,1,x
3,,2026-01-01,1,x
,C,2026-01-01,1,x
4,D,2026-01-01,many,"a
b"
5,E,2026-01-01,1
6,F,2026-01-01,1,"open
7,G\u0001,2026-01-01,1,x
8,H,,1,x
9,I,2026-01-01,1,"x
y"
`;
    const path = write('bad.csv', text.replaceAll('\n', '\r\n'));
    const rejectsDir = join(folder, 'rejects');
    const { receipts, report } = await readReceipts({ paths: [path], rejectsDir });
    expect(receipts.productIds).toEqual(['A', 'I']);
    expect(receipts.products[0]!.name).toBe('two lines "quoted"');
    expect(report.dropped).toEqual({
      'bad-date': 1,
      'bad-number': 1,
      'broken-quotes': 1,
      'control-characters': 1,
      'missing-basket-id': 1,
      'missing-date': 1,
      'missing-product-id': 1,
      'wrong-number-of-columns': 1,
    });
    expect(report.rowsRead).toBe(10);
    expect(report.rejectsFile).toBe(join(rejectsDir, 'receipts-rejects.csv'));
    const q = (row: string) => `"${row.replaceAll('"', '""')}"`;
    expect(readFileSync(report.rejectsFile!, 'utf8').replaceAll(q(path), 'FILE')).toBe(
      `file,line,reason,text
FILE,4,bad-date,${q('2,B,2026-02-30,1,x')}
FILE,5,missing-product-id,${q('3,,2026-01-01,1,x')}
FILE,6,missing-basket-id,${q(',C,2026-01-01,1,x')}
FILE,7,bad-number,${q('4,D,2026-01-01,many,"a\r\nb"')}
FILE,9,wrong-number-of-columns,${q('5,E,2026-01-01,1')}
FILE,10,broken-quotes,${q('6,F,2026-01-01,1,"open')}
FILE,11,control-characters,${q('7,G\u0001,2026-01-01,1,x')}
FILE,12,missing-date,${q('8,H,,1,x')}
`,
    );
  });

  it('names the columns that hold what is no number, with an example each', async () => {
    const paths = [
      write('whole-numbers.csv', 'basket;sku;Menge;Preis\n1;A;1;2,50\n'),
      write(
        'other-numbers.csv',
        'basket;sku;Menge;Preis\n1;B;3 Stk.;2,50\n1;C;2 Stk.;2,50\n1;D;1;gratis\n2;E;(1);2,50\n',
      ),
    ];
    const { report } = await readReceipts({ paths });
    expect(report.dropped).toEqual({ 'bad-number': 3, return: 1 });
    expect(report.notices).toEqual([
      `Menge (${paths[1]}) also holds what cannot be read as a number, such as "2 Stk.": such rows are left out as bad-number`,
      `Preis (${paths[1]}) also holds what cannot be read as a number, such as "gratis": such rows are left out as bad-number`,
    ]);
    const none = write('no-numbers.csv', 'basket,sku,qty\n1,A,2 pcs\n');
    expect((await failure(readReceipts({ paths: [none] }))).message).toMatch(
      /none of 1 rows.*bad-number 1.*qty \(.*no-numbers\.csv\) .* such as "2 pcs".*numbers are read as 1234\.5/,
    );
  });

  it('leaves out no row for a discount in per cent, of which nothing is learned', async () => {
    const text = 'basket,sku,price,discount\n1,A,10,10%\n1,B,5,0%\n2,A,10,1.50\n2,A,10,2.50\n';
    const { report } = await readReceipts({ paths: [write('per-cent.csv', text)] });
    expect(report).toMatchObject({ rowsKept: 4, dropped: {} });
    expect(report.notices).toBeUndefined();
  });

  it('writes no rejects file where every row could be read', async () => {
    const { report } = await readReceipts({
      paths: [write('good.csv', FULL)],
      rejectsDir: join(folder, 'none'),
    });
    expect(report.rejectsFile).toBeUndefined();
  });

  it('ends with the reasons where nothing is left', async () => {
    const error = await failure(
      readReceipts({ paths: [write('returns.csv', 'basket_id,sku,qty\n1,A,-1\n2\n')] }),
    );
    expect(error.message).toMatch(/none of 2 rows.*return 1/);
    const broken = await failure(readReceipts({ paths: [write('broken.csv', 'basket_id,sku,qty\n1\n2\n')] }));
    expect(broken.message).toMatch(/none of 2 rows.*wrong-number-of-columns 2/);
  });
});

describe('files that cannot be used', () => {
  it('reports an empty, a header-only, a truncated, an Excel and a UTF-16 file, and no file at all', async () => {
    const whole = gzipSync(
      `basket_id,product_id\n${Array.from({ length: 5000 }, (_, i) => `${i},P${i * 7919}`).join('\n')}`,
    );
    const cases: [string, string | Buffer, RegExp][] = [
      ['empty.csv', '', /empty\.csv is empty/],
      ['blank.csv', '\n\n', /blank\.csv is empty/],
      ['empty.csv.gz', '', /empty\.csv\.gz is empty/],
      ['header.csv', 'basket_id,product_id\n', /header \(basket_id, product_id\) and no rows/],
      ['cut.csv.gz', whole.subarray(0, whole.length - 2000), /ends early or is damaged/],
      ['cut.parquet', Buffer.from('PAR1 and no more'), /damaged Parquet/],
      ['book.csv', Buffer.from('PK\u0003\u0004….'), /Excel/],
      ['old-book.csv', Buffer.from('d0cf11e0a1b11ae10000', 'hex'), /old-book\.csv is an Excel workbook/],
      ['page.csv', '\ufeff<html><table><tr><td>basket_id</td></tr></table>', /page\.csv is HTML or XML/],
      ['rows.csv', '[\n {"basket_id": 1, "sku": "A"}]', /rows\.csv is JSON/],
      ['wide.csv', Buffer.from('\ufeffbasket_id,product_id\n1,A\n', 'utf16le'), /UTF-16/],
      ['unmarked.csv', Buffer.from('basket_id,product_id\n1,A\n', 'utf16le'), /UTF-16/],
      ['swapped.csv', Buffer.from('basket_id,product_id\n1,A\n', 'utf16le').swap16(), /UTF-16/],
    ];
    for (const [name, content, message] of cases) {
      const error = await failure(readReceipts({ paths: [write(name, content)] }));
      expect(error, name).toBeInstanceOf(IngestError);
      expect(error.message, name).toMatch(message);
    }
    for (const path of ['absent.csv', 'absent*.csv']) {
      const error = await failure(readReceipts({ paths: [join(folder, path)] }));
      expect(error.message).toMatch(/no file was found/);
    }
  });

  it('refuses a mix of files with and without times', async () => {
    const paths = [
      write('timed.csv', 'basket_id,sku,date\n1,A,2026-01-01\n'),
      write('timeless.csv', 'basket_id,sku\n1,A\n'),
    ];
    expect((await failure(readReceipts({ paths }))).message).toMatch(
      /timed\.csv says.*timeless\.csv does not/,
    );
  });
});

describe('notations', () => {
  it('reads UTF-8 with and without BOM, and Latin-1, to the same names', async () => {
    const text = 'basket_id,product_id\n1,Café\n1,Tea\n';
    const files = [Buffer.from(text), Buffer.from(`\ufeff${text}`), Buffer.from(text, 'latin1')];
    const read = await Promise.all(
      files.map((content, i) => readReceipts({ paths: [write(`encoded-${i}.csv`, content)] })),
    );
    for (const { receipts } of read) expect(receipts.productIds).toEqual(['Café', 'Tea']);
    expect(read.map(({ report }) => report.files[0]!.encoding)).toEqual([
      'utf-8',
      'utf-8 with BOM',
      'windows-1252',
    ]);
    expect(new Set(read.map(({ report }) => report.fingerprint)).size).toBe(1);
  });

  it('reads what is written for a spreadsheet to keep as text', async () => {
    const text = '="basket_id",sku,name\n="0001",="00123","=""Tea"""\n="0001","=""00124""","a=""b"""\n';
    const { receipts } = await readReceipts({ paths: [write('formulas.csv', text)] });
    expect(receipts.products).toEqual([
      { id: '00123', name: 'Tea' },
      { id: '00124', name: 'a="b"' },
    ]);
  });

  it('reads comma, semicolon and tab, decimal commas and thousands, to the same numbers', async () => {
    const files = [
      'basket_id,sku,qty,price\n1,A,2,"1,234.50"\n1,B,1,0.5\n',
      'basket_id;sku;qty;price\r\n1;A;2;1.234,50\r\n1;B;1;0,5\r\n',
      'basket_id\tsku\tqty\tprice\n1\tA\t2\t1234,5\n1\tB\t1\t,5',
      '"basket_id","sku","qty","price"\n"1","A","2","1.234,50"\n"1","B","1","0,50"\n',
      'basket_id,sku,qty,price\r1,A,2,1234.5\r1,B,1,0.50\r',
    ];
    const read = await Promise.all(
      files.map((text, i) => readReceipts({ paths: [write(`marks-${i}.csv`, text)] })),
    );
    for (const { receipts, report } of read) {
      expect(receipts.products.map((product) => product.unitPrice)).toEqual([1234.5, 0.5]);
      expect(report.fingerprint).toBe(read[0]!.report.fingerprint);
    }
  });

  it('reads weights below one (0,250) among whole ones and other decimals, and loses no row', async () => {
    const text = 'basket;sku;qty;price\n1;A;0,250;0,995\n1;B;0,5;2,50\n2;A;1;1,125\n2;B;1,750;0,450\n';
    const { receipts, report } = await readReceipts({ paths: [write('weights.csv', text)] });
    expect([...receipts.quantity]).toEqual([0.25, 0.5, 1, 1.75]);
    expect(receipts.products.map((product) => product.unitPrice)).toEqual([1.06, 1.475]);
    expect(report.dropped).toEqual({});
  });

  it('finds the order of day and month in the column, asks where it is open, and follows --date-order', async () => {
    const rows = (dates: string[]) =>
      `basket_id,sku,date\n${dates.map((date, i) => `${i},A,${date}`).join('\n')}\n`;
    const proven = await readReceipts({
      paths: [write('dmy.csv', rows(['03/08/19 20:25', '31/12/19 09:00']))],
    });
    expect(proven.receipts.soldAtMs[0]).toBe(Date.UTC(2019, 7, 3, 20, 25));
    const open = write('open.csv', rows(['03/08/2019', '04/08/2019']));
    expect((await failure(readReceipts({ paths: [open] }))).message).toMatch(
      /date .*open\.csv.*--date-order dmy/,
    );
    const given = await readReceipts({ paths: [open], dateOrder: 'mdy' });
    expect(given.receipts.soldAtMs[0]).toBe(Date.UTC(2019, 2, 8));
    const both = write('both.csv', rows(['31/08/2019', '08/31/2019', '01.02.2019']));
    expect((await failure(readReceipts({ paths: [both] }))).message).toMatch(
      /both "31\/08\/2019".*"08\/31\/2019"/,
    );
    const forced = await readReceipts({ paths: [both], dateOrder: 'dmy' });
    expect(forced.report.dropped).toEqual({ 'bad-date': 1 });
  });

  it('reads Parquet with its types as it reads CSV, and rejects its bad rows by row', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const path = join(folder, "odd [1]*'s.parquet");
    await connection.run(`COPY (SELECT * FROM (VALUES
      (2, 'B', TIMESTAMPTZ '2026-05-02 12:00:00+02', 1, 3.5::DOUBLE), (1, 'A', TIMESTAMPTZ '2026-05-01 09:00:00+00', 2, 8),
      (1, NULL, TIMESTAMPTZ '2026-05-01 09:00:00+00', 1, 1)) v(basket_id, product_id, sold_at, quantity, unit_price))
      TO '${path.replaceAll("'", "''")}' (FORMAT parquet)`);
    instance.closeSync();
    const rejectsDir = join(folder, 'parquet-rejects');
    const { receipts, report } = await readReceipts({ paths: [path], rejectsDir });
    expect(basketsOf(receipts)).toEqual([['A'], ['B']]);
    expect([...receipts.soldAtMs]).toEqual([Date.UTC(2026, 4, 1, 9), Date.UTC(2026, 4, 2, 10)]);
    expect(receipts.products.map((product) => product.unitPrice)).toEqual([8, 3.5]);
    expect(report.files[0]!.encoding).toBe('parquet');
    expect(readFileSync(report.rejectsFile!, 'utf8')).toMatch(/\.parquet",3,missing-product-id,/);
  });
});

describe('same data, same answer', () => {
  const rows = Array.from({ length: 6000 }, (_, i) => {
    const basket = Math.floor(i / 4);
    const day = 1 + (basket % 28);
    return `${basket},P${(i * 7919) % 211},2026-01-${String(day).padStart(2, '0')} 10:00:00,${1 + (i % 3) / 10},${(1 + (i % 900)) / 7}`;
  });
  const header = 'basket_id,product_id,sold_at,quantity,unit_price\n';

  it('has one fingerprint however rows are ordered, split over files, or given twice', async () => {
    const whole = await readReceipts({ paths: [write('whole.csv', header + rows.join('\n'))] });
    const turned = [...rows].reverse();
    const paths = [
      write('part-1.csv', header + turned.slice(0, 2500).join('\n')),
      write('part-2.csv.gz', header + turned.slice(2500).join('\n')),
    ];
    const split = await readReceipts({ paths });
    const globbed = await readReceipts({ paths: [join(folder, 'part-*'), ...paths] });
    const twice = await readReceipts({ paths: [...paths, join(folder, 'whole.csv')] });
    expect(globbed.report.files).toHaveLength(2);
    for (const other of [split, globbed, twice]) {
      expect(other.report.fingerprint).toBe(whole.report.fingerprint);
      expect(other.report.rowsKept).toBe(whole.report.rowsKept);
    }
    expect(twice.report.dropped['duplicate-line']).toBe(6000 + (whole.report.dropped['duplicate-line'] ?? 0));
    const changed = await readReceipts({ paths: [write('less.csv', header + rows.slice(1).join('\n'))] });
    expect(changed.report.fingerprint).not.toBe(whole.report.fingerprint);
  });

  it('gives identical arrays each time', async () => {
    const path = write('again.csv', header + rows.join('\n'));
    const first = await readReceipts({ paths: [path] });
    for (let i = 0; i < 3; i++) expect(await readReceipts({ paths: [path] })).toEqual(first);
  });

  it('reads a folder with the folders below it and nothing hidden in it', async () => {
    const root = join(folder, 'tree');
    mkdirSync(join(root, 'store=2'), { recursive: true });
    writeFileSync(join(root, 'a.csv'), 'basket_id,sku\n1,A\n');
    writeFileSync(join(root, 'store=2', 'b.csv'), 'basket_id,sku\n2,B\n');
    writeFileSync(join(root, '_SUCCESS.csv'), 'x\n');
    writeFileSync(join(root, 'README.txt'), 'not data\n');
    const { receipts, report } = await readReceipts({ paths: [root] });
    expect(basketsOf(receipts)).toEqual([['A'], ['B']]);
    expect(report.files).toHaveLength(2);
  });

  it('takes names of files and columns for names, whatever they hold', async () => {
    const path = write("o'brien [x]; DROP TABLE raw--.csv", `"a""; DROP TABLE raw; --",'p'\n1,A\n`);
    const { receipts } = await readReceipts({
      paths: [path],
      columns: { basket: 'a"; DROP TABLE raw; --', product: "'p'" },
    });
    expect(basketsOf(receipts)).toEqual([['A']]);
  });

  it('tells how far it is', async () => {
    const seen: string[] = [];
    await readReceipts({
      paths: [write('progress.csv', FULL)],
      onProgress: ({ stage, share }) => seen.push(`${stage} ${share}`),
    });
    expect(seen[0]).toMatch(/^reading/);
    expect(seen.at(-1)).toBe('arranging 1');
  });
});

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { IngestError } from '../../../src/training/ingest/ingest-error.ts';
import { readCatalogue } from '../../../src/training/ingest/read-catalogue.ts';
import { readReceipts } from '../../../src/training/ingest/read-receipts.ts';
import { basketsOf, failure, testFolder } from './files-in-folder.ts';

const { folder, write } = testFolder();

function folderOf(name: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(folder, name));
  for (const [file, text] of Object.entries(files)) write(join(name, file), text);
  return join(folder, name);
}

describe('text files', () => {
  it('reads .txt and .tsv tables, also compressed, by name and in a folder, whatever separates their fields', async () => {
    const files = {
      'a.txt': 'basket_id\tsku\n1\tA\n',
      'b.tsv': 'basket_id\tsku\n2\tB\n',
      'c.txt.gz': 'basket_id;sku\n3;C\n',
      'd.tsv.gz': 'basket_id|sku\n4|D\n',
    };
    const root = folderOf('tables', files);
    const inFolder = await readReceipts({ paths: [root] });
    expect(basketsOf(inFolder.receipts)).toEqual([['A'], ['B'], ['C'], ['D']]);
    expect(inFolder.report.files.map(({ delimiter }) => delimiter)).toEqual(['\t', '\t', ';', '|']);
    expect(inFolder.report.notices).toBeUndefined();
    const named = await readReceipts({ paths: Object.keys(files).map((file) => join(root, file)) });
    expect(named).toEqual(inFolder);
  });

  it('leaves other texts of a folder out and says so, but reads them by name', async () => {
    const root = folderOf('mixed', {
      'a.csv': 'basket_id,sku\nr1,A\n',
      'README.txt': 'What these are\n',
      'empty.txt': '',
      'baskets.txt': 'B|C\nB\n',
    });
    const { receipts, report } = await readReceipts({ paths: [root] });
    expect(basketsOf(receipts)).toEqual([['A']]);
    expect(report.notices).toEqual([
      `${root}/README.txt has the columns What these are, none of which is known as basket_id or product_id: left out; name the file itself if it is to be read`,
      expect.stringMatching(/baskets\.txt has the columns B, C, .*: left out; name the file itself/),
      `${root}/empty.txt is empty: left out; name the file itself if it is to be read`,
    ]);
    const both = await readReceipts({ paths: [root, join(root, 'baskets.txt')] });
    expect(both.receipts.soldAtMs).toHaveLength(3);
    expect(both.report.notices).toHaveLength(2);
  });

  it('finds the columns of a text in a folder by --columns', async () => {
    const root = folderOf('foreign', { 'a.txt': 'bon\tartikel\n1\tA\n', 'README.txt': 'not data\n' });
    const columns = { basket: 'bon', product: 'artikel' };
    const { receipts, report } = await readReceipts({ paths: [root], columns });
    expect(basketsOf(receipts)).toEqual([['A']]);
    expect(report.notices).toEqual([
      expect.stringMatching(/^.*README\.txt has the columns not data: left out/),
    ]);
  });

  it('ends with the reasons where a folder holds other texts only', async () => {
    const root = folderOf('notes', { 'README.txt': 'not data\n' });
    const error = await failure(readReceipts({ paths: [root] }));
    expect(error).toBeInstanceOf(IngestError);
    expect(error.message).toMatch(/README\.txt has the columns not data,.*Name the file itself/);
  });

  it('takes no table for baskets: two names of ours in the first line make it one', async () => {
    const path = write('foreign.txt', 'recibo\tartigo\tdate\tqty\n1\tA\t2026-01-01\t2\n');
    expect((await failure(readReceipts({ paths: [path] }))).message).toMatch(
      /foreign\.txt has the columns recibo, artigo, date, qty.*--columns/,
    );
    const baskets = write('baskets.txt', 'date\tfig\nfig\n');
    expect(basketsOf((await readReceipts({ paths: [baskets] })).receipts)).toEqual([
      ['date', 'fig'],
      ['fig'],
    ]);
  });

  it('reports texts left out of a folder of catalogues too', async () => {
    const root = folderOf('catalogue', { 'a.txt': 'sku\tname\nA\tTea\n', 'README.txt': 'not data\n' });
    const { products, report } = await readCatalogue([root]);
    expect(products.map(({ id }) => id)).toEqual(['A']);
    expect(report.notices).toHaveLength(1);
  });
});

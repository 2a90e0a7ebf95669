import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findHeaderStart } from '../../../src/training/ingest/header-start.ts';
import { IngestError } from '../../../src/training/ingest/ingest-error.ts';
import { readReceipts } from '../../../src/training/ingest/read-receipts.ts';
import { basketsOf, testFolder } from './files-in-folder.ts';

const NEWLINE = 0x0a;
const { folder, write } = testFolder();

describe('what stands before the header', () => {
  it('passes over blank lines, rows of empty cells and one sep= line, in any order', () => {
    const start = (text: string) => findHeaderStart('file', text, NEWLINE);
    expect(start('a;b\n1;2\n')).toEqual({ line: 1, text: 'a;b' });
    expect(start('\r\n \t\n;;;\n"";""\na,b\n')).toEqual({ line: 5, text: 'a,b' });
    for (const stated of ['sep=;', 'SEP=;\r', '"sep=;"', 'sep=;;;;', ' sep=; '])
      expect(start(`\n${stated}\n\na,b;c\n`), stated).toEqual({ line: 4, text: 'a,b;c', delimiter: ';' });
    expect(start('sep=\t\na\n')).toEqual({ line: 2, text: 'a', delimiter: '\t' });
    expect(start('sep=;\nsep=;\n')).toEqual({ line: 2, text: 'sep=;', delimiter: ';' });
    expect(start('\n;\nsep=,\n')).toBeUndefined();
  });

  it('refuses a separator that no file is read with', () => {
    expect(() => findHeaderStart('x.csv', 'sep=^\na^b\n', NEWLINE)).toThrow(IngestError);
    expect(() => findHeaderStart('x.csv', 'sep=^\na^b\n', NEWLINE)).toThrow(/x\.csv states "sep=\^"/);
  });

  it('reads the same receipts behind a BOM, blank lines and sep=, and counts lines as an editor does', async () => {
    const rows = 'basket_id;product_id;quantity\n1;A;1\n1;B;many\n2;A;1\n';
    const plain = await readReceipts({ paths: [write('plain.csv', rows)] });
    for (const [name, before] of [
      ['sep.csv', 'sep=;\n'],
      ['blank.csv', '\n  \n;;\n'],
      ['bom.csv', '\ufeffsep=;\n\n'],
      ['bom-blank.csv', '\ufeff\n"sep=;"\n'],
      ['sep.txt.gz', '\nsep=;\n'],
    ] as const) {
      const path = write(name, `${before}${rows}`);
      const { receipts, report } = await readReceipts({
        paths: [path],
        rejectsDir: join(folder, 'rejects', name),
      });
      expect(receipts, name).toEqual(plain.receipts);
      expect(report.rowsRead, name).toBe(3);
      const line = before.split('\n').length + 2;
      expect(readFileSync(report.rejectsFile!, 'utf8'), name).toMatch(`",${line},bad-number,"1;B;many"\n`);
    }
  });

  it('believes sep= where another mark is the more frequent one in the header, and before baskets without one', async () => {
    const marked = write('marked.csv', 'sep=;\nbasket_id;product_id;price, incl. VAT, EUR, each\n1;A;2\n');
    const { report } = await readReceipts({ paths: [marked] });
    expect(report.files[0]).toMatchObject({ rows: 1, delimiter: ';' });
    const baskets = write('baskets.basket', '\nsep=;\nmilk, whole, 1l;bread\nbread\n');
    expect(basketsOf((await readReceipts({ paths: [baskets] })).receipts)).toEqual([
      ['bread', 'milk, whole, 1l'],
      ['bread'],
    ]);
  });
});

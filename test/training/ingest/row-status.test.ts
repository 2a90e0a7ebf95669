import { describe, expect, it } from 'vitest';
import { readReceipts } from '../../../src/training/ingest/read-receipts.ts';
import { basketsOf, failure, testFolder } from './files-in-folder.ts';

const { write } = testFolder();

async function cleaned(name: string, text: string) {
  const { receipts, report } = await readReceipts({ paths: [write(name, text)] });
  return { baskets: basketsOf(receipts), ...report };
}

describe('rows that say that they are no sale', () => {
  it('leaves out what was cancelled, voided or refunded, and counts it by reason', async () => {
    const statuses: [status: string, reason: string | undefined][] = [
      ['wc-completed', undefined],
      ['wc-cancelled', 'voided'],
      ['Canceled', 'voided'],
      ['VOIDED', 'voided'],
      ['failed', 'voided'],
      ['storniert', 'voided'],
      ['Refund', 'return'],
      ['refunded', 'return'],
      ['partially_refunded', undefined],
      ['Payment', undefined],
      ['NULL', undefined],
    ];
    for (const column of ['Order Status', 'Status', 'Event Type', 'Financial Status']) {
      const rows = statuses.map(([status], i) => `${i},A,${status}`).join('\n');
      const { baskets, dropped } = await cleaned(`${column}.csv`, `order id,sku,${column}\n${rows}\n`);
      expect(baskets, column).toHaveLength(statuses.filter(([, reason]) => reason === undefined).length);
      expect(dropped, column).toEqual({ return: 2, voided: 5 });
    }
  });

  it('takes a mark of a voided row for set where it says yes, cancelled or when, in any language', async () => {
    const unset = ['', '0', '0.0', '0,00', 'false', 'FALSCH', 'FAUX', 'ONWAAR', 'No', 'NULL', '-', 'ok', '2'];
    const set = [
      '1',
      '1.0',
      'Y',
      'x',
      'true',
      'WAHR',
      'Ja',
      'oui',
      'Voided',
      '2024-01-25',
      '25/01/2024 10:30',
    ];
    for (const [name, marks, dropped] of [
      ['unset', unset, {}],
      ['set', set, { voided: set.length }],
    ] as const) {
      const rows = marks.map((mark, i) => `${name}${i};A;${mark}`).join('\n');
      const read = await cleaned(`${name}.csv`, `order id;sku;voided\n${rows}\nlast;A;\n`);
      expect(read.dropped, name).toEqual(dropped);
      expect(read.baskets, name).toHaveLength(name === 'set' ? 1 : marks.length + 1);
    }
  });

  it('takes the status of an order, stated on its first row, for all its rows, and that of a row for itself', async () => {
    const rows = '1,A,voided\n1,B,\n2,A,paid\n2,B,\n';
    const ofOrder = await cleaned('of-order.csv', `order id,sku,financial status\n${rows}`);
    expect(ofOrder.baskets).toEqual([['A', 'B']]);
    expect(ofOrder.dropped).toEqual({ voided: 2 });
    const ofRow = await cleaned('of-row.csv', `order id,sku,status\n${rows}`);
    expect(ofRow.baskets).toEqual([['B'], ['A', 'B']]);
  });

  it('says what to do where all rows say so', async () => {
    const path = write('all-voided.csv', 'order id,sku,status\n1,A,void\n2,A,void\n');
    expect((await failure(readReceipts({ paths: [path] }))).message).toMatch(
      /none of 2 rows.*voided 2.*give it another name in the file/,
    );
  });
});

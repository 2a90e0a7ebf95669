import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReceipts } from '../../../src/training/ingest/read-receipts.ts';
import { basketsOf, testFolder } from './files-in-folder.ts';

const { folder, write } = testFolder();
const HEADER = 'basket_id,sku,date,time,store,customer,channel,agent\n';

describe('what only the first row of a basket states', () => {
  it('holds for its other rows: the receipts are those that state it on every row, and a notice counts the rows', async () => {
    const first = `${HEADER}1,A,2024-01-02,10:00,s1,c1,till,a1
1,B,,,,,,
1,C,NA,,null,,,
2,A,2024-01-03,11:00,s2,c2,phone,a2
2,D,,,,,,
`;
    const every = `${HEADER}1,A,2024-01-02,10:00,s1,c1,till,a1
1,B,2024-01-02,10:00,s1,c1,till,a1
1,C,2024-01-02,10:00,s1,c1,till,a1
2,A,2024-01-03,11:00,s2,c2,phone,a2
2,D,2024-01-03,11:00,s2,c2,phone,a2
`;
    const whole = await readReceipts({ paths: [write('every.csv', every)] });
    const { receipts, report } = await readReceipts({ paths: [write('first.csv', first)] });
    expect(receipts).toEqual(whole.receipts);
    expect(report).toMatchObject({ dropped: {}, fingerprint: whole.report.fingerprint });
    expect(whole.report.notices).toBeUndefined();
    expect(report.notices).toEqual([
      'rows blank, and filled from another row of the same basket: sold_at 3, sold_time 3, store_id 3, customer_id 3, channel 3, agent_id 3',
    ]);
  });

  it('is taken from any row of the basket, also one that is no sale, and from no other basket', async () => {
    const text =
      'basket_id,sku,date,store\n1,A,,\n2,A,2024-01-02,s2\n1,,2024-01-01,s1\n,B,,\n3,A,,\n3,B,,s3\n2,B,,\n';
    const { receipts, report } = await readReceipts({ paths: [write('any.csv', text)] });
    expect(basketsOf(receipts)).toEqual([['A'], ['A', 'B']]);
    expect(receipts.storeIds).toEqual(['s1', 's2']);
    expect(report.dropped).toEqual({ 'missing-basket-id': 1, 'missing-date': 2, 'missing-product-id': 1 });
    expect(report.notices![0]).toMatch(/sold_at 2, store_id 3$/);
  });

  it('is not filled in where rows of the basket contradict each other', async () => {
    const text =
      'basket_id,sku,date,store\n1,A,2024-01-01,s1\n1,B,2024-01-02,s1\n1,C,,\n2,A,2024-01-03,s2\n2,B,2024-01-03,s2\n';
    const rejectsDir = join(folder, 'rejects');
    const { receipts, report } = await readReceipts({ paths: [write('both.csv', text)], rejectsDir });
    expect(basketsOf(receipts)).toEqual([
      ['A', 'B'],
      ['A', 'B'],
    ]);
    expect(report.dropped).toEqual({ 'missing-date': 1 });
    expect(report.notices![0]).toMatch(/: store_id 1$/);
  });
});

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReceipts } from '../../../src/training/ingest/read-receipts.ts';
import { testFolder } from './files-in-folder.ts';

const { folder, write } = testFolder();

describe('notices on receipts that can be read', () => {
  it('counts the baskets of a file given twice once where baskets have no ids, and says so', async () => {
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
});

import { beforeEach, expect, test } from 'vitest';
import type { DataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { openRollUp } from '../../src/adapters/roll-up-file.ts';
import { clearTables, openTables } from '../../src/adapters/roll-up-tables.ts';
import { closeCommissions, sealPay } from '../../src/gateway/close-commission.ts';
import { type PaySource, readOpenPay } from '../../src/gateway/run-commission.ts';
import { makePath, openFolder, TENANT, write } from '../support/kept-and-folded.ts';
import { decisionRecord, outcomeEvent, saleEvent } from '../support/ledger-events.ts';

const PLANS = {
  timeZone: 'UTC',
  dayEnds: 0,
  plans: [{ id: 'p', from: '2026-01', currency: 'EUR', rates: [{ of: 'revenue', percent: 10 }] }],
};
const NOBODY = async () => {};

let path: string;
let folder: DataFolder;
beforeEach(async () => {
  path = makePath();
  folder = openFolder(path, { outcomes: { stepRows: 1 } });
  await folder.commissions.replacePlans(TENANT, PLANS, undefined);
});

/** An up-sell of 40.00 in May. */
function upsold(name: string) {
  const at = '2026-05-03T10:00:00Z';
  const basketId = `b-${name}`;
  const decided = { basketId, atMs: Date.parse(at), agentId: 'a1', suggestions: ['A'] };
  const accepted = { decisionId: `d-${name}`, basketId, productId: 'A', at };
  const lines = [{ productId: 'A', quantity: 1, unitPrice: 40 }];
  return write(folder, [
    { decision: decisionRecord(`d-${name}`, decided) },
    { event: outcomeEvent(`o-${name}`, accepted) },
    { event: saleEvent(`s-${name}`, { basketId, agentId: 'a1', at, lines }) },
  ]);
}

/** What others do in the first pause of somebody who reads. */
function meanwhile(act: () => unknown): () => Promise<void> {
  let pauses = 0;
  return async () => {
    if (pauses++ === 0) await act();
  };
}

function source(pause: () => Promise<void>): PaySource {
  const { commissions } = folder;
  const about = { tenant: TENANT, nowMs: Date.parse('2026-08-02'), categories: new Map() };
  return { ...about, commissions, outcomes: folder.outcomes(), pause };
}

const close = (period: string) =>
  closeCommissions(
    { tenant: TENANT, commissions: folder.commissions, sealedPayOf: (of) => sealPay(source(NOBODY), of) },
    period,
  );

async function payIn(period: string, pause = NOBODY) {
  const { pay } = await readOpenPay(source(pause), { period });
  return pay.statements.map(({ payMinor, entries }) => [payMinor, ...entries.map(({ kind }) => kind)]);
}

test.each([
  ['and nobody has begun anew', 0],
  ['and another report has begun anew', 1],
])(
  'nothing is taken back if the stored outcomes are discarded while closed periods are read, %s',
  async (_, steps) => {
    await upsold('1');
    await close('2026-05');
    const other = openRollUp(path, () => {});
    const throwAway = () => {
      other.transactionSync(() => clearTables(openTables(other)));
      for (let step = 0; step < steps; step++) expect(folder.outcomes().advance()).toBe(true);
    };
    expect(await payIn('2026-06', meanwhile(throwAway))).toEqual([]);
    await other.close();
  },
);

test('pay uses the periods that were closed when it was requested, whatever is closed in the meantime', async () => {
  await upsold('1');
  await close('2026-05');
  await upsold('2');
  expect(await payIn('2026-06')).toEqual([[400, 'correction']]);
  expect(
    await payIn(
      '2026-06',
      meanwhile(() => close('2026-06')),
    ),
  ).toEqual([[400, 'correction']]);
  expect(await payIn('2026-07')).toEqual([]);
  await upsold('3');
  expect(await payIn('2026-07')).toEqual([[400, 'correction']]);
});

test('a period is not closed by plans that changed in the meantime, before or after it was sealed', async () => {
  await upsold('1');
  const change = () => folder.commissions.replacePlans(TENANT, { ...PLANS, plans: [] }, undefined);
  const { commissions } = folder;
  const whileRead = closeCommissions(
    { tenant: TENANT, commissions, sealedPayOf: (of) => sealPay(source(meanwhile(change)), of) },
    '2026-05',
  );
  await expect(whileRead).rejects.toMatchObject({ type: 'conflict' });
  const sealedPayOf = async (period: string) => {
    const sealed = await sealPay(source(NOBODY), period);
    await folder.commissions.replacePlans(TENANT, PLANS, undefined);
    return sealed;
  };
  await folder.commissions.replacePlans(TENANT, PLANS, undefined);
  const closing = closeCommissions({ tenant: TENANT, commissions, sealedPayOf }, '2026-05');
  await expect(closing).rejects.toMatchObject({ type: 'conflict' });
  expect(folder.commissions.newestClosedPeriod(TENANT)).toBeUndefined();
});

test('a sealed period is not kept if it was closed by somebody else in the meantime', async () => {
  await upsold('1');
  const sealed = await sealPay(source(NOBODY), '2026-05');
  await close('2026-05');
  const again = closeCommissions(
    { tenant: TENANT, commissions: folder.commissions, sealedPayOf: async () => sealed },
    '2026-05',
  );
  await expect(again).rejects.toMatchObject({ type: 'conflict' });
  expect(await sealPay(source(NOBODY), '2026-05')).toBeUndefined();
});

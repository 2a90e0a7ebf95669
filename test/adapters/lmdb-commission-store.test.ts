import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import type { SealedPeriod } from '../../src/ledger/commission-store.ts';
import type { ClosedPeriod } from '../../src/ledger/pay-statement.ts';
import { closing } from '../support/pay-ledger.ts';

function openStore(path = mkdtempSync(join(tmpdir(), 'basketlift-commissions-'))) {
  const folder = openDataFolder(path);
  onTestFinished(async () => {
    await folder.close();
    rmSync(path, { recursive: true, force: true });
  });
  return { path, folder, commissions: folder.commissions };
}

/** As it is kept after another one. */
const sealed = (closed: ClosedPeriod, previous?: string): SealedPeriod => ({
  period: closed.period,
  previous,
  json: new TextEncoder().encode(JSON.stringify(closed)),
});
const may = closing('2026-05', []);
const june = closing('2026-06', [], { previousHash: may.hash });

test('plans and closed periods survive reopening, separately for each tenant', async () => {
  const { path, folder, commissions } = openStore();
  expect([commissions.plans('t'), [...commissions.closings('t')]]).toEqual([undefined, []]);
  expect(await commissions.replacePlans('t', ['a'], 0)).toBe(1);
  expect(await commissions.close('t', sealed(may))).toBe(true);
  expect(await commissions.close('t', sealed(june, '2026-05'))).toBe(true);
  await folder.close();
  const again = openStore(path).commissions;
  expect(again.plans('t')).toEqual({ version: 1, plans: ['a'] });
  expect([...again.closings('t')]).toEqual([may, june]);
  expect([again.closing('t', '2026-05'), again.closing('t', '2026-07')]).toEqual([may, undefined]);
  expect([again.newestClosing('t'), again.newestClosing('u')]).toEqual([june, undefined]);
  expect([again.newestClosedPeriod('t'), again.newestClosedPeriod('u')]).toEqual(['2026-06', undefined]);
  expect([again.plans('u'), [...again.closings('u')]]).toEqual([undefined, []]);
});

test('of two changes to the same version of plans one is kept', async () => {
  const { commissions } = openStore();
  const results = await Promise.all([
    commissions.replacePlans('t', ['a'], 0),
    commissions.replacePlans('t', ['b'], 0),
  ]);
  expect(results).toEqual([1, undefined]);
  expect(commissions.plans('t')?.plans).toEqual(['a']);
});

test('a period is closed once, after the one before it, and never again', async () => {
  const { commissions } = openStore();
  expect(await commissions.close('t', sealed(june, '2026-05'))).toBe(false);
  const results = await Promise.all([
    commissions.close('t', sealed(may)),
    commissions.close('t', sealed({ ...may, hash: 'x' })),
  ]);
  expect(results).toEqual([true, false]);
  expect(await commissions.close('t', sealed(may, '2026-05'))).toBe(false);
  expect(await commissions.close('t', sealed(closing('2026-04', []), '2026-05'))).toBe(false);
  expect([...commissions.closings('t')]).toEqual([may]);
});

test('a process sees what another has closed', async () => {
  const { path, commissions } = openStore();
  const other = openStore(path).commissions;
  expect([...other.closings('t')]).toEqual([]);
  await commissions.close('t', sealed(may));
  expect([...other.closings('t')]).toEqual([may]);
});

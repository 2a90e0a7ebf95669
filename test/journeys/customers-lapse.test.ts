import { join } from 'node:path';
import { open } from 'lmdb';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { LmdbDecisions } from '../../src/adapters/lmdb-decisions.ts';
import { readConfig } from '../../src/config.ts';
import { DAY_MS } from '../../src/ledger/instant.ts';
import { startService } from '../../src/service.ts';
import { runCli } from '../support/cli-run.ts';
import { startGateway } from '../support/gateway-process.ts';
import { decisionRecord } from '../support/ledger-events.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TENANT = 'default';

afterEach(() => void vi.useRealTimers());

/** A ledger with a decision of anna and one of ben, of so many days ago. */
async function ledgerOf(daysAgo: { readonly anna: number; readonly ben: number }): Promise<string> {
  const dataDir = temporaryFolder();
  const folder = openDataFolder(dataDir);
  for (const [customer, days] of Object.entries(daysAgo)) {
    const atMs = Date.now() - days * DAY_MS;
    folder.events.record(decisionRecord(`d-${customer}`, { tenant: TENANT, customer, atMs }));
  }
  await folder.close();
  return dataDir;
}

async function namesIn(dataDir: string): Promise<(string | undefined)[]> {
  const folder = openDataFolder(dataDir);
  const names = [...folder.events.decisions(TENANT)].map(({ customer }) => customer);
  await folder.close();
  return names;
}

/** What a crash leaves behind between two steps. */
async function beginLapse(dataDir: string, customer: string): Promise<void> {
  const root = open({ path: join(dataDir, 'basketlift.lmdb'), noSubdir: true, maxDbs: 24 });
  const { customers } = new LmdbDecisions(root);
  const due = { customer: customers.keyOf(TENANT, customer), decisions: 1 };
  expect(root.transactionSync(() => customers.markLapsing(due, 'a token', Date.now(), Date.now()))).toBe(
    true,
  );
  await root.close();
}

test('a start finishes an interrupted lapse, which doctor reports; without a limit nobody else lapses', async () => {
  const dataDir = await ledgerOf({ anna: 900, ben: 900 });
  await beginLapse(dataDir, 'anna');
  const env = { BASKETLIFT_DATA: dataDir };
  const ill = await runCli(['doctor'], { env });
  expect(ill.stdout).toMatch(/BAD {2}erasure +1 customer is only partly forgotten: start the gateway/);
  const gateway = await startGateway({ dataDir });
  onTestFinished(() => gateway.kill());
  await gateway.stop();
  expect((await runCli(['doctor'], { env })).stdout).toMatch(/ok {3}erasure +0 customers erased/);
  expect(await namesIn(dataDir)).toEqual(['a token', 'ben']);
});

test('a gateway with a limit for customers forgets those not named for longer, a minute after its start', async () => {
  const dataDir = await ledgerOf({ anna: 31, ben: 29 });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const settings = { BASKETLIFT_DATA: dataDir, BASKETLIFT_PORT: '0', BASKETLIFT_LOG_LEVEL: 'silent' };
  const service = await startService({
    config: readConfig({ ...settings, BASKETLIFT_CUSTOMERS_DAYS: '30' }),
  });
  await vi.advanceTimersByTimeAsync(59_000);
  expect(await namesIn(dataDir)).toEqual(['anna', 'ben']);
  await vi.advanceTimersByTimeAsync(2_000);
  await service.stop();
  const [anna, ben] = await namesIn(dataDir);
  expect([anna, ben]).toEqual([expect.stringMatching(/^[\w-]{22}$/), 'ben']);
});

test('an invalid number of days is refused at the start', async () => {
  const refused = await runCli(['serve'], { env: { BASKETLIFT_CUSTOMERS_DAYS: '0' } });
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain("BASKETLIFT_CUSTOMERS_DAYS: wanted at least 1; got '0'");
});

import { expect, onTestFinished, test } from 'vitest';
import { openModelRegistry } from '../../src/adapters/file-model-registry.ts';
import { type DataFolder, openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { type Changes, NOBODY } from '../../src/gateway/change.ts';
import type { WireRule } from '../../src/gateway/wire.ts';
import { type OpenTenants, openTenants } from '../../src/service/open-tenants.ts';
import { readServable } from '../../src/service/served-version.ts';
import { joinedChannels } from '../support/joined-channels.ts';
import { publishModel } from '../support/published-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const row = { storeId: 's1', productId: 'case', onHand: 7, asOfMs: 5 };
const rules: WireRule[] = [{ id: 'r', action: 'exclude', productIds: ['cable'] }];

function openFolder(): DataFolder {
  const folder = openDataFolder(temporaryFolder());
  onTestFinished(() => folder.close());
  return folder;
}

/** The tenants of as many processes on one data folder. */
async function openProcesses(folder: DataFolder, channels: readonly Changes[]): Promise<OpenTenants[]> {
  const models = temporaryFolder();
  await publishModel(models, 'v1');
  const first = await readServable(openModelRegistry(models), 'v1');
  return channels.map((changes) => openTenants({ first, folder, stated: [], changes, ticks: () => 0 }));
}

test('stock kept in one process is in all, of the tenant it was stated for', async () => {
  const [one, two] = (await openProcesses(openFolder(), joinedChannels(2))) as [OpenTenants, OpenTenants];
  await one.of('north').stateStock([row]);
  expect(two.of('north').stock.row('s1', 'case')).toEqual(row);
  expect(two.of('south').stock.row('s1', 'case')).toBeUndefined();
});

test('rules put in one process are in force in all, and never replaced by older ones that come late', async () => {
  const channels = joinedChannels(2);
  const [one, two] = (await openProcesses(openFolder(), channels)) as [OpenTenants, OpenTenants];
  const inForce = () => two.servingFor('north', undefined).rules();
  await one.of('north').rules.replace(rules, 0);
  expect(inForce()).toMatchObject({ version: 1 });
  expect(inForce().bound).toHaveLength(1);
  await one.of('north').rules.replace([], 1);
  channels[0]!.publish({ kind: 'rules', tenant: 'north', version: 1, rules });
  expect(inForce()).toMatchObject({ version: 2 });
  expect(inForce().bound).toHaveLength(0);
});

test('what a process has missed it reads from the disk', async () => {
  const folder = openFolder();
  const [one, two] = (await openProcesses(folder, [NOBODY, NOBODY])) as [OpenTenants, OpenTenants];
  const { stock } = two.of('north');
  await one.of('north').stateStock([row]);
  await one.of('north').rules.replace(rules, 0);
  expect(stock.row('s1', 'case')).toBeUndefined();
  await two.readAgain();
  expect(stock.row('s1', 'case')).toEqual(row);
  expect(two.servingFor('north', undefined).rules()).toMatchObject({ version: 1 });
});

test('the stock of a store is due for a count where it was told, and on each machine that agreed to it', async () => {
  const channels = joinedChannels(3);
  const [told, beside] = (await openProcesses(openFolder(), channels.slice(0, 2))) as [
    OpenTenants,
    OpenTenants,
  ];
  const toCount = () =>
    [told, beside].map((tenants) => [...tenants.inUse().find(({ name }) => name === 'north')!.toldStores]);
  await told.of('north').stateStock([row]);
  expect(toCount()).toEqual([['s1'], []]);
  // What all machines have agreed on comes without what was stated.
  channels[2]!.publish({ kind: 'stock', tenant: 'north', rows: [{ ...row, storeId: 's2' }] });
  expect(toCount()).toEqual([['s1', 's2'], ['s2']]);
});

test('what a process has heard is not undone by an older row of the same time on the disk', async () => {
  const folder = openFolder();
  const [one] = (await openProcesses(folder, [NOBODY])) as [OpenTenants];
  const { stock, stateStock } = one.of('north');
  await stateStock([row]);
  stock.apply({ ...row, onHand: 6 });
  await one.readAgain();
  expect(stock.row('s1', 'case')?.onHand).toBe(6);
});

test('each model states whose customers it holds, even to a basket that ends with the shared model', async () => {
  const [tenants] = (await openProcesses(openFolder(), [NOBODY])) as [OpenTenants];
  const models = temporaryFolder();
  await publishModel(models, 'n1');
  const ownerFor = (tenant: string, basketId: string) => tenants.servingFor(tenant, basketId).owner;
  expect(ownerFor('north', 'begun')).toBe('default');
  const rollout = tenants.ownRollout('north');
  const version = await readServable(openModelRegistry(models), 'n1');
  rollout.succeed(await rollout.prepare(version, async () => {}));
  expect(ownerFor('north', 'begun')).toBe('default');
  expect(ownerFor('north', 'new')).toBe('north');
  expect(ownerFor('south', 'new')).toBe('default');
});

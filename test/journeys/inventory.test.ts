import { expect, onTestFinished, test, vi } from 'vitest';
import { openModelRegistry } from '../../src/adapters/file-model-registry.ts';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { runCli } from '../support/cli-run.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { publishModel } from '../support/published-model.ts';
import { type Json, SellingClient } from '../support/selling-client.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const WAIT = { timeout: 20_000, interval: 100 };
const row = { storeId: 's1', productId: 'case', onHand: 100, demandPerDay: 2, asOfMs: Date.now() };

async function openShop(more: Readonly<Record<string, string>> = {}) {
  const [models, dataDir] = [temporaryFolder(), temporaryFolder()];
  await publishModel(models, 'v1', { openingStock: [row] });
  await openModelRegistry(models).promote('v1');
  const env = { BASKETLIFT_MODELS: models, BASKETLIFT_LOG_LEVEL: 'error', ...more };
  const start = async () => {
    const gateway = await startGateway({ dataDir, env });
    onTestFinished(() => gateway.kill());
    return gateway;
  };
  return { dataDir, env: { ...env, BASKETLIFT_DATA: dataDir }, start };
}

const report = ({ url }: GatewayProcess): Promise<Json> =>
  new SellingClient(url).get('/v1/reports/inventory?by=month');
const untilKept = (gateway: GatewayProcess, averageValue: number) =>
  vi.waitFor(async () => expect((await report(gateway)).total).toMatchObject({ averageValue }), WAIT);

test('a day of stock is soon on disk, survives a power cut, and the command line states the same', async () => {
  const { env, start } = await openShop();
  let gateway = await start();
  await untilKept(gateway, 800);
  await gateway.kill();
  gateway = await start();
  expect((await report(gateway)).total).toMatchObject({ storeDays: 1, averageValue: 800 });
  const lines = [{ productId: 'case', quantity: 2, unitPrice: 20, unitCost: 8 }];
  const sale = { id: 'e1', type: 'sale', basketId: 'b1', storeId: 's1', currency: 'EUR', lines };
  await new SellingClient(gateway.url).tell([{ ...sale, at: new Date().toISOString() }]);
  const answer = await report(gateway);
  expect(answer.total).toMatchObject({ costOfGoodsSold: 16, turnover: expect.closeTo((16 * 365) / 800, 6) });
  expect(answer.now.total).toMatchObject({ onHand: 100, daysOfSupply: 50, stockValue: 800 });

  const args = ['report', 'inventory', '--by', 'month'];
  const { code, stdout, stderr } = await runCli([...args, '--json'], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const told = JSON.parse(stdout);
  // The two looks were a moment apart.
  const timeless = ({ now: { at: _, products, ...now }, ...rest }: Json) => ({ ...rest, now });
  expect(timeless(told)).toEqual(timeless(answer));
  const csv = await runCli([...args, '--csv', '--table', 'stores'], { env });
  expect(csv.stdout).toMatch(/^storeId,products,.*\r\ns1,1,0,100,/);
  const text = await runCli(args, { env });
  expect(text.stdout).toMatch(/^storeId +products[\s\S]*\n\nstoreId +productId[\s\S]*\n\nperiod +storeDays/);
  expect(text.stdout).toContain('Turnover 7.30 times a year, before unknown');
  await gateway.stop();
});

test('with several workers, the last change told to one of them is kept when all stop', async () => {
  const { dataDir, start } = await openShop({ BASKETLIFT_WORKERS: '3' });
  const gateway = await start();
  await untilKept(gateway, 800);
  const told = { storeId: 's1', productId: 'case', onHand: 60, asOf: new Date().toISOString() };
  await new SellingClient(gateway.url).post('/v1/stock', { rows: [told] });
  await gateway.stop();
  const folder = openDataFolder(dataDir);
  onTestFinished(() => folder.close());
  const days = [...folder.inventory.days('default', '0000-01-01', '9999-12-31')];
  expect(days.map(({ onHandMilli }) => onHandMilli)).toEqual([60_000]);
});

test.each([
  [['--by', 'year'], /'day', 'week', 'month' or 'quarter'/],
  [['--limit', '-1'], /a number from 0/],
  [['--agent', 'a1'], /unknown option '--agent'/],
])('the command line refuses %j as wrong usage', async (flags, wanted) => {
  const { env } = await openShop();
  const { code, stderr } = await runCli(['report', 'inventory', ...flags], { env });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(wanted) });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { runCli } from '../support/cli-run.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { publishModel } from '../support/published-model.ts';
import { SellingClient } from '../support/selling-client.ts';
import { simulatedShop } from '../support/simulated-shop.ts';

const folder = mkdtempSync(join(tmpdir(), 'basketlift-simulate-'));
const models = join(folder, 'models');
const env = { BASKETLIFT_MODELS: models, BASKETLIFT_MIN_VALUE: '0', BASKETLIFT_HOLDOUT_SHARE: '0.5' };
const inFolder = { cwd: folder, env };
const SIZE = ['--days', '6', '--baskets', '60', '--stores', '2', '--seed', '5', '--json'];

beforeAll(async () => {
  await publishModel(models, 'shop', { model: simulatedShop() });
  writeFileSync(join(models, 'champion'), 'shop\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const simulate = (args: readonly string[]) => runCli(['simulate', ...args], inFolder);

/** A gateway on a data folder of its own; all of them hold out the same baskets. */
function startShop(name: string, port = 0): Promise<GatewayProcess> {
  const dataDir = join(folder, name);
  return startGateway({
    dataDir,
    port,
    env: { ...env, BASKETLIFT_LOG_LEVEL: 'error' },
  });
}

describe('simulate', { timeout: 90_000 }, () => {
  test('trades in a process of its own and finds the sales report to be the truth', async () => {
    const { code, stdout, stderr } = await simulate(SIZE);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const run = JSON.parse(stdout);
    expect(run.sales.map(({ isEqual }: { isEqual: boolean }) => isEqual)).toEqual(Array(5).fill(true));
    expect(run.baskets.reported).toBe(run.baskets.truth);
    const stated = run.increases.filter(({ reported }: { reported: object | null }) => reported !== null);
    expect(stated.map(({ figure }: { figure: string }) => figure)).toEqual([
      'margin',
      'revenue',
      'items',
      'holdingSaved',
    ]);
    const text = (await simulate(SIZE.slice(0, -1))).stdout;
    expect(text).toMatch(/^seed 5: 6 days from 2026-01-05, 2 stores, 6 agents, model shop\n/);
    expect(text).toMatch(/\nrevenue +[\d.]+ +[\d.]+ +yes\n/);
  });

  test('finds the same after a power cut of the gateway in the middle as without one', async () => {
    const calm = await startShop('calm');
    const asked = await simulate([...SIZE, '--gateway', calm.url]);
    await calm.stop();
    expect([asked.code, asked.stderr]).toEqual([0, '']);
    const wanted = JSON.parse(asked.stdout);

    let struck = await startShop('struck');
    const key = readFileSync(join(folder, 'calm', 'holdout.key'));
    await struck.stop();
    writeFileSync(join(folder, 'struck', 'holdout.key'), key);
    struck = await startShop('struck', struck.port);
    const client = new SellingClient(struck.url);
    // Slowly, so that the blow falls before the end.
    const running = simulate([...SIZE, '--gateway', struck.url, '--rate', '60']);
    const day = (agoDays: number) => new Date(Date.now() - agoDays * 86_400_000).toISOString().slice(0, 10);
    await vi.waitFor(
      async () => {
        const { total } = await client.get(`/v1/reports/sales?from=${day(9)}&to=${day(0)}`);
        expect(total.transactions).toBeGreaterThan(60);
      },
      { timeout: 30_000, interval: 50 },
    );
    await struck.kill();
    struck = await startShop('struck', struck.port);
    const { code, stdout, stderr } = await running;
    await struck.stop();
    expect([code, stderr]).toEqual([0, '']);
    const got = JSON.parse(stdout);
    expect(got.repeatedRequests).toBeGreaterThan(0);
    expect(got.truth).toEqual(wanted.truth);
    expect(got.sales).toEqual(wanted.sales);
    // A decision is written after its answer: those of the last moment are lost, and no sale is.
    expect(got.baskets.reported).toBeLessThanOrEqual(wanted.baskets.reported);
    expect(got.baskets.reported).toBeGreaterThan(wanted.baskets.reported - 30);
  }, 120_000);

  test('needs a key that may state stock where there are keys', async () => {
    const keysDir = join(folder, 'keys');
    const create = ['keys', 'create', '--tenant', 'default', '--json', '--scope'];
    const withData = { ...inFolder, env: { ...env, BASKETLIFT_DATA: keysDir } };
    const manager = JSON.parse((await runCli([...create, 'manager'], withData)).stdout).key;
    const terminal = JSON.parse((await runCli([...create, 'terminal'], withData)).stdout).key;
    const gateway = await startShop('keys');
    const to = ['--days', '1', '--baskets', '5', '--gateway', gateway.url];
    const [none, wrong, weak, good] = [
      await simulate(to),
      await simulate([...to, '--key', `bl_${'x'.repeat(43)}`]),
      await simulate([...to, '--key', terminal]),
      await simulate([...to, '--key', manager]),
    ];
    await gateway.stop();
    expect([none.code, wrong.code, weak.code, good.code]).toEqual([1, 1, 1, 0]);
    expect(none.stderr).toContain('answered 401: Wanted a key in Authorization');
    expect(wrong.stderr).toContain('answered 401: Wanted a valid key');
    expect(weak.stderr).toContain('answered 403: Wanted a key of scope');
    expect(wrong.stderr).not.toContain('xxx');
  }, 60_000);

  test('compares value weights with nobody offering anything, and writes what came out', async () => {
    const out = join(folder, 'frontier');
    const args = [
      '--compare',
      'value-weight=0,1',
      '--no-offers',
      '--seeds',
      '2',
      '--days',
      '3',
      '--baskets',
      '30',
    ];
    const { code, stdout, stderr } = await simulate([...args, '--out', out]);
    expect([code, stderr]).toEqual([0, '']);
    expect(readFileSync(join(out, 'frontier.md'), 'utf8')).toBe(stdout);
    const { rows } = JSON.parse(readFileSync(join(out, 'frontier.json'), 'utf8'));
    expect(rows.map(({ strategy }: { strategy: string }) => strategy)).toEqual(['no offers', 'β 0', 'β 1']);
    expect(rows[0].mean.accepted).toBe(0);
    expect(rows[1].mean.accepted).toBeGreaterThan(0);
    expect(readFileSync(join(out, 'frontier.html'), 'utf8')).toContain('<svg class="plot"');
    expect(readFileSync(join(out, 'frontier.svg'), 'utf8')).toMatch(/^<svg xmlns=/);
  }, 60_000);

  test.each<[string, number, string[], RegExp]>([
    [
      'an address without anybody',
      1,
      ['--gateway', 'http://127.0.0.1:9'],
      /There is no gateway at http:\/\/127/,
    ],
    ['no address', 2, ['--gateway', 'shop'], /--gateway: wanted an address such as http:/],
    ['an unknown model', 1, ['--model', 'nobody'], /nobody/],
    ['no number of days', 2, ['--days', 'many'], /--days: wanted a whole number from 1 to 1096; got 'many'/],
    [
      'too much',
      2,
      ['--days', '1000', '--baskets', '2000'],
      /wanted at most 1000000 baskets together; got 2000000/,
    ],
    [
      'no power',
      2,
      ['--price-resistance', 'much'],
      /--price-resistance: wanted a number from 0 to 3; got 'much'/,
    ],
    ['no day', 2, ['--from', 'monday'], /--from: wanted a day such as 2026-05-01; got 'monday'/],
    ['stores named twice', 2, ['--stores', 's1,s1'], /--stores: wanted a number to 50, or as many ids/],
    ['another knob', 2, ['--compare', 'colour=1'], /--compare: wanted value-weight=0,0.5,1/],
    ['a weight above 1', 2, ['--compare', 'value-weight=0,2'], /different weights from 0 to 1/],
    [
      'one seed to compare',
      2,
      ['--compare', 'value-weight=0,1', '--seeds', '1'],
      /--seeds: wanted a whole number from 2/,
    ],
    [
      'weights of a running gateway',
      2,
      ['--compare', 'value-weight=0', '--gateway'],
      /--compare and --gateway: wanted only one/,
    ],
    [
      'a model for a running gateway',
      2,
      ['--model', 'shop', '--gateway'],
      /--model and --gateway: wanted only one/,
    ],
    ['a key for nobody', 2, ['--key', 'bl_k'], /--key: wanted --gateway as well/],
    ['nothing to compare with', 2, ['--no-offers'], /--no-offers and --out: wanted --compare as well/],
  ])('refuses %s', async (_, wanted, args, message) => {
    const { code, stdout, stderr } = await simulate(args);
    expect([code, stdout]).toEqual([wanted, '']);
    expect(stderr).toMatch(message);
  });
});

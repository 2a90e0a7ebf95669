import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type FileModelRegistry, openModelRegistry } from '../../src/adapters/file-model-registry.ts';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { DEFAULT_TENANT } from '../../src/gateway/access.ts';
import { NOBODY } from '../../src/gateway/change.ts';
import { ModelFollower, type ModelFollowerParts } from '../../src/service/model-follower.ts';
import { type OpenTenants, openTenants, type ServableVersion } from '../../src/service/open-tenants.ts';
import { readServable } from '../../src/service/served-version.ts';
import { damage, publishModel } from '../support/published-model.ts';
import { type LogLine, recordingLog } from '../support/recording-telemetry.ts';
import { SMALL_STOCK, smallModel } from '../support/small-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Followed {
  readonly registry: FileModelRegistry;
  readonly models: string;
  readonly tenants: OpenTenants;
  readonly follower: ModelFollower;
  readonly lines: LogLine[];
  readonly clock: { ticks: number };
  /** Version that answers a basket of the default tenant. */
  versionFor(basketId: string): string;
}

/** A follower of a registry with versions v1, in service, and v2; versions are read in this thread. */
async function follow(more: Partial<ModelFollowerParts> = {}): Promise<Followed> {
  const models = temporaryFolder();
  const registry = openModelRegistry(models);
  await publishModel(models, 'v1', { model: { ...smallModel(), version: 'v1' } });
  await publishModel(models, 'v2', { openingStock: SMALL_STOCK, createdAt: '2026-06-01T00:00:00.000Z' });
  await registry.promote('v1');
  const folder = openDataFolder(temporaryFolder());
  onTestFinished(() => folder.close());
  const { log, lines } = recordingLog();
  const clock = { ticks: 0 };
  const ticks = () => clock.ticks;
  const first = await readServable(registry, 'v1');
  const tenants = openTenants({ first, folder, stated: [], ticks, changes: NOBODY });
  const load = (path: string): Promise<ServableVersion> => readServable(registry, path);
  const parts = {
    registry,
    rollout: tenants.sharedRollout,
    log,
    ticks,
    load,
    serving: 'v1',
    isFixed: false,
    warmUp: async () => {},
    lastArrival: () => undefined,
  };
  const follower = new ModelFollower({ ...parts, ...more });
  const versionFor = (basketId: string) => tenants.servingFor(DEFAULT_TENANT, basketId).model.version;
  return { registry, models, tenants, follower, lines, clock, versionFor };
}

describe('a gateway follows its registry', () => {
  test('a version promoted by anybody answers from then on, and baskets that have begun keep theirs', async () => {
    const { registry, follower, versionFor, lines } = await follow();
    expect(versionFor('begun')).toBe('v1');
    await registry.promote('v2');
    await follower.follow();
    expect([versionFor('begun'), versionFor('new')]).toEqual(['v1', 'v2']);
    expect(follower.state).toEqual({ name: 'model', state: 'v2 serves', isHealthy: true });
    expect(lines).toMatchObject([{ level: 'info', facts: { modelVersion: 'v2', before: 'v1' } }]);
    await registry.rollback();
    await follower.follow();
    expect(versionFor('another')).toBe('v1');
  });

  test('a damaged champion is never served; the state and the log say why, once', async () => {
    const { registry, models, follower, versionFor, lines, clock } = await follow();
    await registry.promote('v2');
    damage(models, 'v2');
    for (let poll = 0; poll < 5; poll++) await follower.follow();
    expect(versionFor('new')).toBe('v1');
    expect(follower.state).toMatchObject({ isHealthy: false });
    expect(follower.state.state).toMatch(/^v1 serves; v2 does not: .*stores\.json differs from its checksum/);
    expect(lines).toMatchObject([{ level: 'error', facts: { modelVersion: 'v2', serving: 'v1' } }]);
    await registry.rollback();
    clock.ticks += 1;
    await follower.follow();
    expect(follower.state).toEqual({ name: 'model', state: 'v1 serves', isHealthy: true });
  });

  test('a champion that was refused is tried again after half a minute, or when asked to', async () => {
    let loads = 0;
    const load = async () => {
      loads++;
      throw new Error('half there');
    };
    const { registry, follower, clock } = await follow({ load });
    await registry.promote('v2');
    for (let poll = 0; poll < 3; poll++) await follower.follow();
    expect(loads).toBe(1);
    clock.ticks = 30_000;
    await follower.follow();
    expect(loads).toBe(2);
    await follower.followAgain();
    expect(loads).toBe(3);
  });

  test('a version that fails to answer its own baskets is never served', async () => {
    const warmUp = async () => {
      throw new Error('wanted answers, got a 500');
    };
    const { registry, follower, versionFor } = await follow({ warmUp });
    await registry.promote('v2');
    await follower.follow();
    expect(versionFor('new')).toBe('v1');
    expect(follower.state.state).toContain('got a 500');
  });

  test('a registry that is gone for a while changes nothing', async () => {
    const { models, follower, versionFor } = await follow();
    rmSync(join(models, 'champion'));
    await follower.follow();
    expect(follower.state).toMatchObject({ isHealthy: false });
    expect(versionFor('new')).toBe('v1');
    writeFileSync(join(models, 'champion'), 'v1\n');
    await follower.follow();
    expect(follower.state.isHealthy).toBe(true);
  });
});

describe('what a version brings', () => {
  test('is its opening stock, under what was stated later', async () => {
    const { tenants, follower } = await follow();
    const { stock } = tenants.of(DEFAULT_TENANT);
    const [first, second] = SMALL_STOCK as [(typeof SMALL_STOCK)[0], (typeof SMALL_STOCK)[0]];
    stock.apply({ ...first, onHand: 1, asOfMs: first.asOfMs + 1 });
    await follower.promote('v2');
    expect(stock.row('s1', first.productId)).toMatchObject({ onHand: 1 });
    expect(stock.row('s1', second.productId)).toMatchObject({ onHand: second.onHand! });
  });

  test('is its opening stock, whose changes count once however often it is put in service', async () => {
    const { models, tenants, follower } = await follow();
    const row = { storeId: 's1', productId: 'case', asOfMs: 1e12 };
    const openingStock = [
      { ...row, onHand: 10 },
      { ...row, onHandDelta: -3, asOfMs: 2e12 },
    ];
    await publishModel(models, 'v3', { openingStock });
    const { stock } = tenants.of(DEFAULT_TENANT);
    for (const version of ['v3', 'v1', 'v3']) await follower.promote(version);
    expect(stock.row('s1', 'case')).toMatchObject({ onHand: 7 });
  });

  test('are the tenant’s rules over both versions, also rules that change while it is loaded', async () => {
    const during = { change: () => {} };
    const warmUp = async () => during.change();
    const { tenants, follower } = await follow({ warmUp });
    const rulesOf = (basketId: string) => tenants.servingFor('north', basketId).rules();
    rulesOf('begun');
    during.change = () =>
      tenants.of('north').replaceRules({
        version: 7,
        rules: [{ id: 'r', action: 'exclude', productIds: ['cable'] }],
      });
    await follower.promote('v2');
    for (const basketId of ['begun', 'new']) {
      expect(rulesOf(basketId)).toMatchObject({ version: 7 });
      expect(rulesOf(basketId).bound).toHaveLength(1);
    }
  });
});

describe('what was sold since', () => {
  /** A follower whose ledger grows, and whose versions remember so many baskets of it. */
  async function followSales(more: Partial<ModelFollowerParts> = {}) {
    const ledger = { arrival: 0, baskets: 0, loads: [] as string[] };
    const registries: FileModelRegistry[] = [];
    const load = async (path: string, tenant: string): Promise<ServableVersion> => {
      ledger.loads.push(tenant);
      const version = await readServable(registries[0]!, path);
      const remembered = { baskets: ledger.baskets, digest: `${ledger.baskets}` };
      const loaded = { ...version.loaded, cacheName: `${version.loaded.cacheName}+${ledger.baskets}` };
      return { ...version, loaded, ...(ledger.baskets > 0 && { remembered }) };
    };
    const followed = await follow({ load, lastArrival: () => ledger.arrival, ...more });
    registries.push(followed.registry);
    const cacheName = (basketId: string) => followed.tenants.servingFor(DEFAULT_TENANT, basketId).cacheName;
    return { ...followed, ledger, cacheName };
  }

  test('is known to baskets that begin from then on, under the same version name', async () => {
    const { follower, ledger, cacheName, versionFor, lines } = await followSales();
    const before = cacheName('begun');
    Object.assign(ledger, { arrival: 3, baskets: 2 });
    await follower.remember();
    expect(cacheName('begun')).toBe(before);
    expect(cacheName('new')).toMatch(/\+2$/);
    expect(versionFor('new')).toBe('v1');
    expect(follower.state).toEqual({
      name: 'model',
      state: 'v1 serves with 2 baskets sold since',
      isHealthy: true,
    });
    expect(ledger.loads).toEqual([DEFAULT_TENANT]);
    expect(lines).toMatchObject([{ level: 'info', facts: { modelVersion: 'v1', soldSince: 2 } }]);
  });

  test('is not looked for while the ledger does not grow, and changes nothing without a sale', async () => {
    const { follower, ledger, cacheName } = await followSales();
    const before = cacheName('a');
    for (const arrival of [4, 4, 5]) {
      ledger.arrival = arrival;
      await follower.remember();
    }
    expect(ledger.loads).toHaveLength(2);
    expect(cacheName('b')).toBe(before);
  });

  test('comes with a version that is promoted, and with one that was chosen for good', async () => {
    const promoted = await followSales();
    Object.assign(promoted.ledger, { arrival: 9, baskets: 5 });
    await promoted.follower.promote('v2');
    expect(promoted.follower.state.state).toBe('v2 serves with 5 baskets sold since');
    await promoted.follower.remember();
    expect(promoted.ledger.loads).toHaveLength(1);
    const fixed = await followSales({ isFixed: true });
    Object.assign(fixed.ledger, { arrival: 9, baskets: 5 });
    await fixed.follower.remember();
    expect(fixed.cacheName('new')).toMatch(/\+5$/);
  });

  test('does not lay the opening stock again', async () => {
    const { tenants, follower, ledger, clock } = await followSales();
    await follower.promote('v2');
    clock.ticks += 31 * 60_000;
    const { stock } = tenants.of(DEFAULT_TENANT);
    const { epoch } = stock;
    Object.assign(ledger, { arrival: 1, baskets: 1 });
    await follower.remember();
    expect(follower.state.state).toContain('1 baskets');
    expect(stock.epoch).toBe(epoch);
  });

  test('waits until no basket of the previous version is open, and frees it even if the version is fixed', async () => {
    for (const isFixed of [false, true]) {
      const { follower, ledger, clock, cacheName } = await followSales({ isFixed });
      const before = cacheName('begun');
      Object.assign(ledger, { arrival: 1, baskets: 1 });
      await follower.remember();
      Object.assign(ledger, { arrival: 2, baskets: 2 });
      await follower.remember();
      expect([cacheName('begun'), cacheName('new')]).toEqual([before, expect.stringMatching(/\+1$/)]);
      clock.ticks += 31 * 60_000;
      await follower.follow();
      expect(cacheName('begun')).toMatch(/\+1$/);
      await follower.remember();
      expect(cacheName('newer')).toMatch(/\+2$/);
    }
  });

  test('lets a change that is asked for meanwhile wait for it', async () => {
    const { follower, ledger } = await followSales();
    Object.assign(ledger, { arrival: 1, baskets: 1 });
    const [, change] = await Promise.all([follower.remember(), follower.promote('v2')]);
    expect(change).toMatchObject({ status: 'serving', version: 'v2' });
  });

  test('in an unreadable ledger changes nothing else: a version is promoted as it was trained', async () => {
    const registries: FileModelRegistry[] = [];
    const load = async (path: string) => ({
      ...(await readServable(registries[0]!, path)),
      remembered: new Error('no ledger'),
    });
    const { follower, registry, lines } = await follow({ load });
    registries.push(registry);
    expect(await follower.promote('v2')).toMatchObject({ status: 'serving' });
    expect(follower.state).toEqual({ name: 'model', state: 'v2 serves', isHealthy: true });
    expect(lines[0]).toMatchObject({ level: 'warn', facts: { err: { message: 'no ledger' } } });
  });

  test('is not looked for where receipts without a time do not say what is newer', async () => {
    const { follower, registry, ledger } = await followSales();
    const manifest = await registry.manifest('v1');
    const data = { ...manifest.data, from: null, to: null };
    const undated = { ...registry, manifest: async () => ({ ...manifest, data }) };
    const other = await followSales({ registry: undated });
    other.ledger.arrival = 1;
    await other.follower.remember();
    expect(other.ledger.loads).toHaveLength(0);
    ledger.arrival = 1;
    await follower.remember();
    expect(ledger.loads).toHaveLength(1);
  });

  test('that cannot be read is reported, and the version stays in service', async () => {
    const load = async () => {
      throw new Error('disk gone');
    };
    const { follower, ledger, versionFor, lines } = await followSales({ load });
    ledger.arrival = 1;
    await follower.remember();
    expect(versionFor('new')).toBe('v1');
    expect(follower.state.isHealthy).toBe(true);
    expect(lines).toMatchObject([{ level: 'warn' }]);
  });

  test('is looked for now and then from the start on, and no more after the end', async () => {
    const { follower, ledger } = await followSales({ rememberMs: 20 });
    Object.assign(ledger, { arrival: 1, baskets: 1 });
    follower.start();
    await expect.poll(() => follower.state.state).toContain('1 baskets');
    follower.stop();
    Object.assign(ledger, { arrival: 2, baskets: 2 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(follower.state.state).toContain('1 baskets');
  });
});

describe('a change asked of the gateway', () => {
  test('serves at once and is the champion for all others', async () => {
    const { registry, follower, versionFor } = await follow();
    expect(await follower.promote('v2')).toEqual({ status: 'serving', version: 'v2', before: 'v1' });
    expect(await registry.champion()).toBe('v2');
    expect(versionFor('new')).toBe('v2');
    expect(await follower.rollback()).toEqual({ status: 'serving', version: 'v1', before: 'v2' });
    expect(await registry.champion()).toBe('v1');
    expect(versionFor('newer')).toBe('v1');
  });

  test('to a version that is damaged or does not answer leaves the champion as it is', async () => {
    const { registry, models, follower } = await follow();
    damage(models, 'v2');
    expect(await follower.promote('v2')).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining('checksum'),
    });
    expect(await registry.champion()).toBe('v1');
    expect(follower.state.isHealthy).toBe(true);
  });

  test('to a version that is not there, or outside the registry, is unknown', async () => {
    const { follower } = await follow();
    for (const name of ['v3', '../v1', '/etc', '', 'champion'])
      expect(await follower.promote(name)).toMatchObject({ status: 'unknown' });
  });

  test('back where nothing served before is refused', async () => {
    const { follower } = await follow();
    expect(await follower.rollback()).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining('no earlier version'),
    });
  });

  test('while another is under way is busy', async () => {
    const { follower } = await follow();
    const changes = await Promise.all([follower.promote('v2'), follower.promote('v2')]);
    expect(changes.map(({ status }) => status).sort()).toEqual(['busy', 'serving']);
  });

  test('while the registry is being looked at is not hindered, nor undone by what was read before', async () => {
    const { follower, versionFor } = await follow();
    const polls = [follower.follow(), follower.follow()];
    expect(await follower.promote('v2')).toMatchObject({ status: 'serving' });
    await Promise.all(polls);
    expect(versionFor('new')).toBe('v2');
  });

  test('to the version that serves loads nothing, and takes a refused champion back', async () => {
    const { registry, models, follower } = await follow();
    await registry.promote('v2');
    damage(models, 'v2');
    await follower.follow();
    expect(follower.state.isHealthy).toBe(false);
    expect(await follower.promote('v1')).toEqual({ status: 'serving', version: 'v1', before: 'v1' });
    expect(follower.state.isHealthy).toBe(true);
    expect(await registry.champion()).toBe('v1');
  });

  test('is refused by a gateway with a fixed version, which follows no registry', async () => {
    const { registry, follower, versionFor } = await follow({ isFixed: true });
    expect(await follower.promote('v2')).toMatchObject({
      status: 'fixed',
      reason: expect.stringContaining('--model v1'),
    });
    await registry.promote('v2');
    await follower.follow();
    expect(versionFor('new')).toBe('v1');
  });
});

test('the versions are listed newest first, with what they learned from and what they are worth', async () => {
  const { models, follower } = await follow();
  const evaluation = {
    questions: 9,
    ours: { hitRate: { 10: 0.2 }, ndcg10: 0.15, mrr: 0.1, coverage: 1, novelty: 3 },
  };
  await publishModel(models, 'v3', { createdAt: '2026-07-01T00:00:00.000Z', evaluation });
  await publishModel(models, 'broken');
  writeFileSync(join(models, 'broken', 'manifest.json'), '{}');
  const data = { baskets: 1400, products: 12, from: '2026-01-01', to: '2026-04-30' };
  const facts = { isServing: false, data, evaluation: null };
  expect(await follower.list()).toEqual([
    {
      ...facts,
      version: 'v3',
      createdAt: '2026-07-01T00:00:00.000Z',
      evaluation: { questions: 9, hitRate10: 0.2, ndcg10: 0.15, mrr: 0.1, coverage: 1 },
    },
    { ...facts, version: 'v2', createdAt: '2026-06-01T00:00:00.000Z' },
    { ...facts, version: 'v1', createdAt: '2026-05-01T00:00:00.000Z', isServing: true },
    { ...facts, version: 'broken', createdAt: null, data: null },
  ]);
});

test('the evaluation of a version is read where there is one; else it is nothing, and no error', async () => {
  const { models, follower } = await follow();
  const quality = { hitRate: { 1: 0.1, 3: 0.15, 5: 0.17, 10: 0.2 }, ndcg10: 0.15, mrr: 0.1, coverage: 1 };
  const difference = { estimate: 0.1, low: 0.05, high: 0.15 };
  const evaluation = {
    questions: 9,
    ours: { ...quality, name: 'basketlift', novelty: 3 },
    baselines: [{ ...quality, name: 'popularity', difference }],
    calibration: { error: 0.002, bins: [{ from: 0, to: 0.1, count: 4, stated: 0.05, observed: 0.06 }] },
    byBasketLength: { '2-3': { ...quality, questions: 7 } },
  };
  await publishModel(models, 'v3', { evaluation });
  await publishModel(models, 'v4', { evaluation: { questions: 9 } });
  await publishModel(models, 'broken', { evaluation });
  writeFileSync(join(models, 'broken', 'manifest.json'), '{}');
  const { 5: _, ...hitRate } = quality.hitRate;
  expect(await follower.evaluation('v3')).toEqual({
    version: 'v3',
    questions: 9,
    methods: [
      { ...quality, hitRate, name: 'basketlift' },
      { ...quality, hitRate, name: 'popularity', difference },
    ],
    calibration: { error: 0.002, bins: [{ count: 4, stated: 0.05, observed: 0.06 }] },
    byBasketLength: [{ length: '2-3', questions: 7, hitRate10: 0.2, ndcg10: 0.15 }],
  });
  for (const version of ['v1', 'v4', 'broken', 'unknown', '../v3'])
    expect(await follower.evaluation(version)).toBeUndefined();
});

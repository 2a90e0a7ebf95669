import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { seededRandom } from '../../src/training/random.ts';
import { runCli } from '../support/cli-run.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { leastSquares } from '../support/plain-least-squares.ts';

const BASKETS = 260;
const share = 0.5;
const dataDir = mkdtempSync(join(tmpdir(), 'basketlift-reports-'));
const env = {
  BASKETLIFT_LOG_LEVEL: 'warn',
  BASKETLIFT_MIN_VALUE: '0',
  BASKETLIFT_HOLDOUT_SHARE: String(share),
};
const random = seededRandom(20260501);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

interface Line {
  productId: string;
  quantity: number;
  unitPrice: number;
  unitCost: number;
}

/** One customer at a till or on the phone, with all that the test knows about it. */
interface Visit {
  basketId: string;
  storeId: string;
  channel: string;
  agentId: string;
  basket: Line[];
  arm: string;
  /** Whole hour of the decision, since 1970. */
  hour: number;
  results: Map<string, string>;
  paid: Line[];
  returned: Line[];
  events: Record<string, unknown>[];
}

let gateway: GatewayProcess;
let prices: { id: string; unitPrice: number }[];
let stores: string[];
const visits: Visit[] = [];

// biome-ignore lint/suspicious/noExplicitAny: the JSON of any route
const get = async (path: string): Promise<any> => (await fetch(gateway.url + path)).json();
// biome-ignore lint/suspicious/noExplicitAny: the JSON of any route
const post = async (path: string, body: unknown): Promise<any> => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(gateway.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  return response.json();
};

const cents = (amount: number) => Math.round(amount * 100);
const lineOf = ({ id, unitPrice }: { id: string; unitPrice: number }, quantity = 1): Line => ({
  productId: id,
  quantity,
  unitPrice,
  unitCost: Math.round(unitPrice * 60) / 100,
});

/** A decision's id begins with its time (UUIDv7). */
function hourOf(decisionId: string): number {
  return Math.floor(Number.parseInt(decisionId.replaceAll('-', '').slice(0, 12), 16) / 3_600_000);
}

/** A basket is asked about, and what the customer does is made up: nothing is sent yet. */
async function serve(number: number): Promise<Visit> {
  const basketId = `journey-${number}`;
  const who = { storeId: pick(stores), channel: pick(['till', 'call']), agentId: pick(['a1', 'a2', 'a3']) };
  const goods = new Set(Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(prices)));
  const basket = [...goods].map((product) => lineOf(product, pick([1, 1, 2, 3])));
  const customer = number % 5 === 0 ? { customerId: `c${number % 20}`, consent: { personalise: true } } : {};
  const question = { basketId, ...who, ...customer, basket: basket.map(({ unitCost: _, ...line }) => line) };
  const answer = await post('/v1/suggestions', question);
  const visit: Visit = {
    basketId,
    ...who,
    basket,
    arm: answer.arm,
    hour: hourOf(answer.decisionId),
    results: new Map(),
    paid: [],
    returned: [],
    events: [],
  };
  const about = { basketId, decisionId: answer.decisionId, at: new Date().toISOString() };
  const event = (type: string, facts: object) =>
    visit.events.push({ id: `${basketId}-${visit.events.length}`, type, ...facts });
  for (const { productId } of answer.suggestions) {
    event('shown', { ...about, productId });
    const result = pick(['accepted', 'accepted', 'declined', 'not-offered', undefined]);
    visit.results.set(productId, result ?? 'shown');
    if (result) event('outcome', { ...about, productId, result });
  }
  if (random() < 0.9) {
    visit.paid = [...basket];
    for (const { productId, unitPrice } of answer.suggestions) {
      // Some that were accepted are left at the till after all.
      if (visit.results.get(productId) === 'accepted' && random() < 0.8)
        visit.paid.push(lineOf({ id: productId, unitPrice: unitPrice ?? 1 }, pick([1, 2])));
    }
    const { storeId, channel, agentId } = visit;
    const sold = { basketId, storeId, channel, agentId, currency: 'EUR', at: about.at };
    event('sale', { ...sold, lines: visit.paid });
    if (random() < 0.15) {
      const back = pick(visit.paid);
      visit.returned = [{ ...back, quantity: pick([1, back.quantity, back.quantity + 2]) }];
      event('refund', { basketId, currency: 'EUR', at: about.at, lines: visit.returned });
    }
  }
  return visit;
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((one) => [random(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);
}

async function tell(events: readonly unknown[]): Promise<void> {
  for (let at = 0; at < events.length; at += 100) {
    const { results } = await post('/v1/events', { events: events.slice(at, at + 100) });
    for (const { status } of results) expect(['stored', 'duplicate']).toContain(status);
  }
}

beforeAll(async () => {
  writeFileSync(join(dataDir, 'holdout.key'), Buffer.alloc(32, 5));
  gateway = await startGateway({ dataDir, env });
  stores = (await get('/v1/stores')).stores.slice(0, 2).map(({ id }: { id: string }) => id);
  const { products } = await get('/v1/products?q=&limit=60');
  prices = products.filter(({ unitPrice }: { unitPrice?: number }) => unitPrice !== undefined);

  for (let number = 0; number < BASKETS / 2; number++) visits.push(await serve(number));
  const first = shuffled(visits.flatMap(({ events }) => events));
  await tell(first);
  await vi.waitFor(async () => {
    const { parts } = await get('/readyz');
    expect(JSON.stringify(parts)).toContain('0 pending');
  });
  // The last events are told again after the power comes back, as a till does that heard no answer.
  await gateway.kill();
  gateway = await startGateway({ dataDir, env });
  for (let number = BASKETS / 2; number < BASKETS; number++) visits.push(await serve(number));
  const second = visits.slice(BASKETS / 2).flatMap(({ events }) => events);
  await tell(shuffled([...second, ...first.slice(-100), ...second.slice(0, 50)]));
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** What a visit brought, worked out line by line from what the test sent. */
function booked({ paid, returned, results }: Visit) {
  let [revenue, refunded, cost, items, upsellRevenue, upsellCost, bought] = [0, 0, 0, 0, 0, 0, 0];
  for (const line of paid) {
    const back = returned.find(({ productId }) => productId === line.productId);
    const units = Math.min(back?.quantity ?? 0, line.quantity);
    const kept = line.quantity - units;
    revenue += kept * cents(line.unitPrice);
    refunded += units * cents(line.unitPrice);
    cost += kept * cents(line.unitCost);
    items += kept;
    if (results.get(line.productId) !== 'accepted') continue;
    if (kept > 0) bought++;
    upsellRevenue += kept * cents(line.unitPrice);
    upsellCost += kept * cents(line.unitCost);
  }
  return { revenue, refunded, cost, items, upsellRevenue, upsellCost, bought };
}

function expectedTotal(some: readonly Visit[]) {
  const sold = some.filter(({ paid }) => paid.length > 0);
  const books = sold.map(booked);
  const sum = (field: keyof (typeof books)[number]) => books.reduce((total, book) => total + book[field], 0);
  const said = (wanted: string) =>
    some.flatMap(({ results }) => [...results.values()]).filter((result) => result === wanted).length;
  const attached = books.filter(({ bought }) => bought > 0).length;
  const shownSales = sold.filter(({ results }) => results.size > 0).length;
  const [accepted, declined, notOffered] = [said('accepted'), said('declined'), said('not-offered')];
  return {
    baskets: some.length,
    transactions: sold.length,
    items: sum('items'),
    transactionsShown: shownSales,
    transactionsAttached: attached,
    attachRate: attached / shownSales,
    accepted,
    declined,
    notOffered,
    shown: accepted + declined + notOffered + said('shown'),
    acceptance: accepted / (accepted + declined),
    money: [
      {
        currency: 'EUR',
        transactions: sold.length,
        costKnownShare: 1,
        revenue: sum('revenue') / 100,
        refunded: sum('refunded') / 100,
        averageTransactionValue: Math.round(sum('revenue') / sold.length) / 100,
        margin: (sum('revenue') - sum('cost')) / 100,
        upsellRevenue: sum('upsellRevenue') / 100,
        upsellMargin: (sum('upsellRevenue') - sum('upsellCost')) / 100,
      },
    ],
  };
}

describe('after baskets, events in any order, a power cut and events told twice', () => {
  test('the sales report is what the test sent, to the cent', async () => {
    const report = await get('/v1/reports/sales');
    expect(report.total).toMatchObject(expectedTotal(visits));
    expect(report.total.knownCustomers).toBe(4);
    expect(report.unmatched).toEqual({ suggestionEvents: 0, refunds: 0, receipts: 0 });
    expect(report.total.transactionsAttached).toBeGreaterThan(20);
    expect(report.total.money[0].refunded).toBeGreaterThan(0);
  });

  test('so is that of one store, of one agent and of one channel, and their parts', async () => {
    for (const [parameter, field] of [
      ['storeId', 'storeId'],
      ['agentId', 'agentId'],
      ['channel', 'channel'],
    ] as const) {
      const value = visits[0]![field];
      const report = await get(`/v1/reports/sales?${parameter}=${value}`);
      expect(report.total).toMatchObject(expectedTotal(visits.filter((visit) => visit[field] === value)));
    }
    const { rows } = await get('/v1/reports/sales?by=quarter&split=agent');
    for (const agent of ['a1', 'a2', 'a3']) {
      const own = rows.filter(({ part }: { part: string }) => part === agent);
      const baskets = own.reduce((sum: number, row: { baskets: number }) => sum + row.baskets, 0);
      expect(baskets).toBe(visits.filter(({ agentId }) => agentId === agent).length);
    }
  });

  test('the uplift is that of a regression written another way', async () => {
    const report = await get('/v1/reports/uplift');
    const treated = visits.filter(({ arm }) => arm === 'treatment').length;
    expect(report.baskets).toEqual({ treatment: treated, holdout: BASKETS - treated });
    const chiSquare = (treated - BASKETS * share) ** 2 / (BASKETS * share * (1 - share));
    expect(report.sampleRatio.ok).toBe(chiSquare < 10.828);
    expect(report).toMatchObject({ trusted: true, currency: 'EUR', costKnownShare: 1, notes: [] });
    const covariates = visits.map(({ basket, storeId, channel, hour }) => [
      basket.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0),
      basket.length,
      storeId === stores[0] ? 1 : 0,
      channel === 'till' ? 1 : 0,
      // Where the test ran over the full hour.
      ...(visits.some((visit) => visit.hour !== visits[0]!.hour) ? [hour] : []),
    ]);
    const books = visits.map(booked);
    for (const [metric, values] of [
      ['revenuePer100Baskets', books.map(({ revenue }) => revenue)],
      ['marginPer100Baskets', books.map(({ revenue, cost }) => revenue - cost)],
      ['itemsPer100Baskets', books.map(({ items }) => items * 100)],
    ] as const) {
      const effect = interactedEffect(
        visits.map(({ arm }) => arm === 'treatment'),
        covariates,
        values,
      );
      const { estimate, low, high } = report.incremental[metric];
      expect(estimate).toBeCloseTo(effect, 3);
      expect(low).toBeLessThan(estimate);
      expect(high).toBeGreaterThan(estimate);
      expect(report.anytime[metric].high).toBeGreaterThan(high);
    }
  });

  test('held-out baskets were offered nothing', () => {
    const heldOut = visits.filter(({ arm }) => arm === 'holdout');
    expect(heldOut.length).toBeGreaterThan(100);
    expect(heldOut.every(({ results }) => results.size === 0)).toBe(true);
  });

  test('the command line says the same, on the data folder of the running gateway', async () => {
    const data = { env: { BASKETLIFT_DATA: dataDir } };
    for (const kind of ['sales', 'uplift', 'customers']) {
      for (const way of kind === 'customers' ? [[]] : [[], ['--from-scratch']]) {
        const { code, stdout, stderr } = await runCli(['report', kind, '--json', ...way], data);
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        expect(JSON.parse(stdout)).toEqual(await get(`/v1/reports/${kind}`));
      }
    }
    for (const [split, ...way] of [['store'], ['category'], ['category', '--from-scratch']] as const) {
      const parts = await runCli(['report', 'uplift', '--json', '--split', split, ...way], data);
      expect(JSON.parse(parts.stdout)).toEqual(await get(`/v1/reports/uplift?split=${split}`));
      expect(JSON.parse(parts.stdout).parts.length).toBeGreaterThan(1);
    }
    // Four customers agreed to be known: too few to say more than that.
    expect((await get('/v1/reports/customers')).total).toEqual({ customers: 4, figures: null });
    const bests = await runCli(['report', 'bests', 'a1', '--json'], data);
    const { asOf, ...records } = await get('/v1/agents/a1/bests');
    expect(records.day.best.transactions.value).toBeGreaterThan(20);
    expect(JSON.parse(bests.stdout)).toEqual({ ...records, asOf: expect.stringMatching(/Z$/) });
    expect(Date.parse(asOf)).toBeLessThanOrEqual(Date.now());
    const unmatched = await runCli(['report', 'unmatched'], data);
    expect(unmatched.stdout).toContain(
      '0 words on offers and 0 refunds count nowhere, 0 receipts not by themselves.',
    );
    const wrong = await runCli(['report', 'bests', 'a1', '--tz', 'Mars'], data);
    expect({ code: wrong.code, stderr: wrong.stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('a time zone such as Europe/Amsterdam'),
    });
    const path = `/v1/reports/sales?storeId=${stores[0]}&by=month`;
    const fromGateway = await fetch(gateway.url + path, { headers: { accept: 'text/csv' } });
    const csv = await runCli(['report', 'sales', '--store', stores[0]!, '--by', 'month', '--csv'], data);
    expect(csv.stdout).toBe(await fromGateway.text());
    const table = await runCli(['report', 'uplift'], data);
    expect(table.stdout).toMatch(/^metric +interval +estimate +low +high/);
    expect(table.stdout.split('\n')).toHaveLength(12);
  });
});

test('a report that is abandoned, or whose gateway stops, does not affect the next one', async () => {
  const before = await get('/v1/reports/sales');
  const gone = new AbortController();
  const abandoned = fetch(`${gateway.url}/v1/reports/sales`, { signal: gone.signal }).catch(() => undefined);
  gone.abort();
  expect(await abandoned).toBeUndefined();
  expect(await get('/v1/reports/sales')).toEqual(before);
  rmSync(join(dataDir, 'reports'), { recursive: true });
  await gateway.stop();
  gateway = await startGateway({ dataDir, env });
  const asked = get('/v1/reports/sales').catch(() => undefined);
  await gateway.stop();
  const answered = await asked;
  if (answered) expect(answered).toEqual(before);
  gateway = await startGateway({ dataDir, env });
  expect(await get('/v1/reports/sales')).toEqual(before);
});

/** Effect per basket from one regression on arm, centred covariates and their products (the other form of Lin's estimator). */
function interactedEffect(
  isTreated: readonly boolean[],
  covariates: readonly number[][],
  values: readonly number[],
): number {
  const means = covariates[0]!.map(
    (_, j) => covariates.reduce((sum, row) => sum + row[j]!, 0) / covariates.length,
  );
  const rows = covariates.map((row, i) => {
    const centred = row.map((value, j) => value - means[j]!);
    const arm = isTreated[i] ? 1 : 0;
    return [arm, 1, ...centred, ...centred.map((value) => value * arm)];
  });
  return leastSquares(rows, values)[0]!;
}

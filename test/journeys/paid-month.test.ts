import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { withScratch } from '../../src/adapters/duckdb-scratch.ts';
import { seededRandom } from '../../src/training/random.ts';
import { runCli } from '../support/cli-run.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { type PaidBy, PayInSql, SQL_PLAN, SQL_RATES } from '../support/pay-in-sql.ts';
import { type Json, SellingClient, type SoldBasket } from '../support/selling-client.ts';

const BASKETS = 600;
const TIME_ZONE = 'Europe/Amsterdam';
const agents = Array.from({ length: 12 }, (_, at) => `a${at + 1}`);
const storeOf = (agent: number) => ['s6', 's7', 's13'][agent % 3]!;
const [month, next] = [monthsAgo(2), monthsAgo(1)];
const dataDir = mkdtempSync(join(tmpdir(), 'basketlift-paid-month-'));
const env = { BASKETLIFT_LOG_LEVEL: 'warn', BASKETLIFT_MIN_VALUE: '0', BASKETLIFT_HOLDOUT_SHARE: '0.1' };
const random = seededRandom(20260601);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;

/** Everything that is sent, and of that what is sent only after the month was closed. */
const prompt: Json[] = [];
const late: Json[] = [];
let gateway: GatewayProcess;
let client: SellingClient;
let products: { id: string; unitPrice: number }[];
let paidBy: PaidBy;

beforeAll(async () => {
  writeFileSync(join(dataDir, 'holdout.key'), Buffer.alloc(32, 5));
  gateway = await startGateway({ dataDir, env });
  client = new SellingClient(gateway.url);
  ({ products } = await client.get('/v1/products?q=&limit=60'));
  products = products.filter(({ unitPrice }) => unitPrice !== undefined);
  for (let n = 0; n < BASKETS / 2; n++) await serve(n);
  await client.tell(shuffled(prompt));
  // A decision is written after its answer; what was called stored is on disk already.
  await vi.waitFor(async () => expect(JSON.stringify(await client.get('/readyz'))).toContain('0 pending'));
  await gateway.kill();
  gateway = await startGateway({ dataDir, env });
  client = new SellingClient(gateway.url);
  for (let n = BASKETS / 2; n < BASKETS; n++) await serve(n);
  // Also what was told before the power went, as a till does that heard no answer.
  await client.tell(shuffled(prompt));
  const offered = [
    ...new Set([...prompt, ...late].flatMap(({ result, productId }) => (result ? [productId] : []))),
  ];
  const everyThird = (from: number) => offered.filter((_, at) => at % 3 === from);
  paidBy = { revenue: everyThird(0), incremental: everyThird(1), agents };
  const rates = [
    { of: 'revenue', percent: SQL_RATES.ofRevenue, productIds: paidBy.revenue },
    { of: 'incrementalMargin', percent: SQL_RATES.ofIncremental, productIds: paidBy.incremental },
    { of: 'margin', percent: SQL_RATES.ofMargin },
  ];
  const plans = [{ ...SQL_PLAN, agentIds: agents, rates }];
  await client.put('/v1/plans', { timeZone: TIME_ZONE, dayEnds: 4, plans });
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A basket in one of the two months; some of what is sold comes back, in the same month or the next. */
async function serve(n: number): Promise<void> {
  const agent = Math.floor(random() * agents.length);
  const soldIn = random() < 0.8 ? month : next;
  const sold: SoldBasket = {
    basketId: `b${n}`,
    storeId: storeOf(agent),
    agentId: agents[agent]!,
    at: momentIn(soldIn),
    basket: [pick(products), pick(products)].map(({ id, unitPrice }) => ({ productId: id, unitPrice })),
    accepts: random() < 0.6,
    upsell: pick(
      [1, 2, 3, 4].map((quantity) => ({ quantity, discount: quantity > 1 ? pick([0, 0.05, 0.13]) : 0 })),
    ),
    ...(random() < 0.15 && { split: splitOf(agent) }),
  };
  const events = await client.serve(sold);
  const said = events.find(({ result }) => result === 'accepted');
  if (said && random() < 0.2) events.push(refundOf(events.at(-1), said.productId, soldIn));
  (random() < 0.1 ? late : prompt).push(...events);
}

function splitOf(agent: number): NonNullable<SoldBasket['split']> {
  const percent = pick([50, 33.33, 72.5]);
  return [
    { agentId: agents[agent]!, percent },
    { agentId: agents[(agent + 1) % agents.length]!, percent: (10_000 - Math.round(percent * 100)) / 100 },
  ];
}

/** One piece at its full price, or all of it as it was paid; by its clock perhaps before the sale. */
function refundOf({ basketId, currency, lines }: Json, productId: string, soldIn: string): Json {
  const line = lines.find((one: Json) => one.productId === productId);
  const isWhole = line.quantity === 1 || random() < 0.5;
  const back = isWhole ? line : { ...line, quantity: 1, discount: 0 };
  const backAt = momentIn(soldIn === month && random() < 0.5 ? next : soldIn);
  return { id: `${basketId}-back`, type: 'refund', basketId, currency, at: backAt, lines: [back] };
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((one) => [random(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);
}

function monthsAgo(count: number): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 1)).toISOString().slice(0, 7);
}

/** Any second of a month's business days, by the clock in Amsterdam, with its offset; the nights of its edges often. */
function momentIn(of: string): string {
  const [year, number] = of.split('-').map(Number) as [number, number];
  const fromMs = Date.UTC(year, number - 1, 1, 6);
  const toMs = Date.UTC(year, number, 1, 1);
  const atMs = random() < 0.1 ? pick([fromMs, toMs]) : fromMs + Math.floor(random() * (toMs - fromMs));
  const format = new Intl.DateTimeFormat('en', { timeZone: TIME_ZONE, timeZoneName: 'longOffset' });
  const offset = format
    .formatToParts(atMs)
    .find(({ type }) => type === 'timeZoneName')!
    .value.replace('GMT', '');
  const shiftedMs = atMs + Number.parseInt(offset, 10) * 3_600_000;
  return `${new Date(shiftedMs).toISOString().slice(0, 19)}${offset}`;
}

const paid = ({ statements }: Json): Map<string, number> =>
  new Map(statements.map(({ agentId, pay }: Json) => [agentId, Math.round(pay * 100)]));
const commissions = (period: string) => client.get(`/v1/commissions?period=${period}`);
const BASE = Math.round(SQL_PLAN.basePay * 100);

/** What SQL says of a period: its base pay, and what its months' sales have earned more by its end than before. */
async function recomputed(
  load: (sql: PayInSql) => Promise<void>,
  parts: readonly (readonly [string, string, 1 | -1])[],
): Promise<Map<string, number>> {
  return withScratch(async (scratch) => {
    const sql = new PayInSql(scratch);
    await load(sql);
    const sums = new Map(agents.map((agent) => [agent, BASE]));
    for (const [soldIn, until, sign] of parts) {
      for (const [agent, minor] of await sql.earned(soldIn, until))
        sums.set(agent, sums.get(agent)! + sign * minor);
    }
    return sums;
  });
}

describe('a month of three stores and twelve agents, with a power cut in the middle', () => {
  let closed: Json;

  test('is paid to the cent as SQL over the events has it', async () => {
    const open = await commissions(month);
    expect(open.state).toBe('open');
    const wanted = await recomputed((sql) => sql.load(prompt, paidBy), [[month, month, 1]]);
    expect(paid(open)).toEqual(wanted);
    const kinds = new Set(
      open.statements.flatMap(({ entries }: Json) => entries.map(({ kind }: Json) => kind)),
    );
    expect([...kinds].sort()).toEqual(['base', 'cap', 'claw-back', 'pooled', 'team', 'tier', 'up-sell']);
  });

  test('would cost nothing under no plan', async () => {
    const { rows } = await client.post('/v1/commissions/what-if', { from: month, to: month, plans: [] });
    expect(paid({ statements: rows })).toEqual(paid(await commissions(month)));
    expect(rows.map(({ whatIf }: Json) => whatIf)).toEqual(rows.map(() => 0));
  });

  test('is closed under a hash, and the terminal prints it to the cent', async () => {
    closed = await client.post(`/v1/commissions/${month}/close`, {});
    expect(closed).toMatchObject({ state: 'closed', hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const args = ['report', 'commissions', '--period', month, '--csv'];
    const { code, stdout } = await runCli(args, { env: { BASKETLIFT_DATA: dataDir } });
    const printed = await runCli(args.slice(0, -1), { env: { BASKETLIFT_DATA: dataDir } });
    expect(printed.stdout).toContain(`unchanged since: SHA-256 ${closed.hash}`);
    const [header, ...rows] = stdout.trimEnd().split('\r\n');
    const columns = header!.split(',');
    const [agent, amount] = [columns.indexOf('agentId'), columns.indexOf('amount')];
    const sums = new Map<string, number>();
    for (const cells of rows.map((line) => line.split(','))) {
      sums.set(cells[agent]!, (sums.get(cells[agent]!) ?? 0) + Math.round(Number(cells[amount]) * 100));
    }
    expect([code, sums]).toEqual([0, paid(closed)]);
  });

  test('does not change when the rest arrives: the next month pays the difference, to the cent', async () => {
    await client.tell(shuffled(late));
    expect(await commissions(month)).toEqual(closed);
    const open = await commissions(next);
    const bothMonths = [
      [month, next, 1],
      [next, next, 1],
    ] as const;
    const everything = await recomputed((sql) => sql.load([...prompt, ...late], paidBy), bothMonths);
    for (const [agent, minor] of paid(open)) {
      const earlier = paid(closed).get(agent)! - BASE;
      expect([agent, minor]).toEqual([agent, everything.get(agent)! - earlier]);
    }
    expect(paid(open).size).toBe(agents.length);
    expect(JSON.stringify(open)).toContain('"correction"');
    // And as SQL over the ledger's own Parquet files has it.
    const folder = join(dataDir, 'exported');
    const exported = await runCli(['export', folder], { env: { BASKETLIFT_DATA: dataDir } });
    expect(exported).toMatchObject({ code: 0 });
    expect(await recomputed((sql) => sql.loadExport(folder, paidBy), bothMonths)).toEqual(everything);
  });

  test('settles a contest with the same scores as SQL', async () => {
    const lastDay = new Date(Date.parse(`${next}-01`) - 86_400_000).toISOString().slice(0, 10);
    const rules = {
      metric: 'upsellRevenue',
      currency: 'EUR',
      from: `${month}-01`,
      to: lastDay,
      timeZone: TIME_ZONE,
    };
    const { id } = await client.post('/v1/contests', {
      name: 'Month',
      budget: 50,
      rules: { ...rules, agentIds: agents, minimumBaskets: 1, returnDays: 0 },
    });
    const { wishes } = await client.post(`/v1/contests/${id}/wishes`, {
      agentId: 'a1',
      text: 'Cinema',
      cost: 20,
    });
    await client.put(`/v1/contests/${id}/ballot`, { agentId: 'a2', ranking: [wishes[0].id] });
    const settled = await client.post(`/v1/contests/${id}/settle`, {});
    const wanted = await withScratch(async (scratch) => {
      const sql = new PayInSql(scratch);
      await sql.load([...prompt, ...late], paidBy);
      return sql.upsellRevenue(month);
    });
    const scores = settled.standings.map(({ teamId, score }: Json) => [teamId, Math.round(score * 100)]);
    expect(new Map(scores)).toEqual(new Map(agents.map((agent) => [agent, wanted.get(agent) ?? 0])));
    expect(scores.map(([, score]: [string, number]) => score)).toEqual(
      [...wanted.values()].sort((a, b) => b - a),
    );
    // The sales report says the same of each agent.
    const days = `from=${rules.from}&to=${lastDay}&tz=${TIME_ZONE}&dayEnds=4`;
    const { rows } = await client.get(`/v1/reports/sales?${days}&by=quarter&split=agent`);
    const reported = new Map<string, number>();
    for (const { part, money } of rows)
      reported.set(part, (reported.get(part) ?? 0) + Math.round((money[0]?.upsellRevenue ?? 0) * 100));
    expect(reported).toEqual(new Map(agents.map((agent) => [agent, wanted.get(agent) ?? 0])));
    expect(settled).toMatchObject({
      state: 'settled',
      reward: { winners: [scores[0][0]], wish: { text: 'Cinema' } },
    });
    const again = await client.get(`/v1/contests/${id}/standings?evidence=1`);
    expect(createHash('sha256').update(JSON.stringify(again)).digest('hex')).toBe(
      createHash('sha256').update(JSON.stringify(settled)).digest('hex'),
    );
  });
});

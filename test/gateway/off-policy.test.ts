import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exploredLog, trueDifference } from '../support/explored-log.ts';
import { decisionRecord } from '../support/ledger-events.ts';
import { openTestGateway, TENANT, type TestGateway } from '../support/test-gateway.ts';

const COUNT = 8000;
const SEED = 20261126;
const PATH = '/v1/reports/off-policy?from=2026-05-01&to=2026-05-01';
let gateway: TestGateway;

beforeAll(async () => {
  gateway = openTestGateway();
  const { decisions, events } = exploredLog(COUNT, SEED);
  for (const decision of decisions) gateway.parts.events.record(decision);
  await gateway.parts.events.append(TENANT, events, 1);
});

afterAll(() => gateway.close());

describe('GET /v1/reports/off-policy', () => {
  test('finds what another β would have earned, by both estimators', async () => {
    const { status, body } = await gateway.get(`${PATH}&valueWeight=1`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      decisions: COUNT,
      suggestions: COUNT,
      clusters: COUNT,
      leftOut: 0,
      overlap: 1,
      stated: true,
      policy: { valueWeight: 1 },
      currency: 'EUR',
      costKnownShare: 1,
      notes: [],
    });
    expect(body.effectiveSampleSize).toBeGreaterThan(1000);
    for (const estimator of ['snips', 'doublyRobust']) {
      const { value, difference } = body.marginPer100Decisions[estimator];
      expect(difference.low).toBeLessThan(trueDifference());
      expect(difference.high).toBeGreaterThan(trueDifference());
      expect(value.estimate).toBeCloseTo(
        body.marginPer100Decisions.logged.estimate + difference.estimate,
        estimator === 'snips' ? 8 : 0,
      );
    }
  });

  test('finds no difference where nothing of the policy differs', async () => {
    const { body } = await gateway.get(`${PATH}&valueWeight=0.5`);
    expect(body).toMatchObject({ stated: true, raisedShown: 0 });
    const { logged, snips, doublyRobust, isBetter } = body.marginPer100Decisions;
    expect(snips.value.estimate).toBeCloseTo(logged.estimate, 4);
    expect(snips.difference.estimate).toBeCloseTo(0, 4);
    expect(doublyRobust.difference.estimate).toBe(0);
    expect(isBetter).toBe(false);
  });

  test('states no figure for too small a part, and says what would help', async () => {
    const { body } = await gateway.get(`${PATH}&valueWeight=1&storeId=elsewhere`);
    expect(body).toMatchObject({ decisions: 0, stated: false, marginPer100Decisions: null });
    expect(body.notes).toEqual([expect.stringContaining('no decision')]);
  });

  test('requires a valid policy', async () => {
    for (const [query, wanted] of [
      ['', 'valueWeight or minValue'],
      ['&valueWeight=2', 'a number from 0 to 1'],
      ['&minValue=x', 'a number from 0'],
      ['&beta=1', 'only from'],
    ]) {
      const { status, body } = await gateway.get(PATH + query);
      expect(status).toBe(400);
      expect(JSON.stringify(body.errors)).toContain(wanted);
    }
  });

  test('comes as CSV with one line a reward and estimator', async () => {
    const response = await gateway.app.request(`${PATH}&valueWeight=1`, { headers: { accept: 'text/csv' } });
    const [header, ...rows] = (await response.text()).trimEnd().split('\r\n');
    expect(header).toMatch(/^per100Decisions,estimator,value,low,high,difference,/);
    expect(rows.map((row) => row.split(',').slice(0, 2).join(' '))).toEqual([
      'margin logged',
      'margin snips',
      'margin doublyRobust',
      'acceptances logged',
      'acceptances snips',
      'acceptances doublyRobust',
    ]);
  });

  test('counts equal questions once, and leaves out those without a full ranking or a known policy', async () => {
    const [first] = exploredLog(1, SEED).decisions;
    const again = (decisionId: string, changes: object) =>
      gateway.parts.events.record({ ...first!, decisionId, ...changes });
    again('e1', {});
    again('e2', { degraded: ['budget', 'ranking'] });
    again('e3', { arm: 'holdout' });
    again('e4', { objective: 'probability' });
    gateway.parts.events.record(decisionRecord('e5', { tenant: TENANT, basketId: 'b0', atMs: first!.atMs }));
    const { body } = await gateway.get(`${PATH}&valueWeight=1`);
    expect(body).toMatchObject({ decisions: COUNT, leftOut: 2 });
  });

  test('leaves out decisions whose candidates are no longer kept', async () => {
    const own = openTestGateway();
    const { decisions, events } = exploredLog(100, SEED);
    for (const decision of decisions) own.parts.events.record(decision);
    await own.parts.events.append(TENANT, events, 1);
    await own.parts.events.flush();
    const beforeMs = decisions[30]!.atMs;
    await own.folder.retention.forgetCandidates(beforeMs, () => true);
    const { body } = await own.get(`${PATH}&valueWeight=1`);
    await own.close();
    // Three of ten had a candidate that was not suggested; the others say nothing of another policy.
    const forgotten = decisions.findLastIndex(({ candidates }, at) => at < 30 && candidates.length > 1) + 1;
    expect(forgotten).toBeGreaterThan(20);
    expect(body).toMatchObject({ decisions: 100 - forgotten, leftOut: forgotten });
  });
});

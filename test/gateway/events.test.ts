import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EventStoreUnavailable } from '../../src/ledger/event-store.ts';
import { decisionRecord } from '../support/ledger-events.ts';
import { addKey } from '../support/made-key.ts';
import { openTestGateway, TENANT, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;

beforeEach(() => {
  gateway = openTestGateway();
});

afterEach(() => gateway.close());

const at = '2026-05-01T10:00:00+02:00';
const shown = (id: string) => ({ id, type: 'shown', at, decisionId: 'd1', productId: 'case' });
const sale = (id: string, changes: object = {}) => ({
  id,
  type: 'sale',
  at,
  basketId: 'b1',
  storeId: 's1',
  currency: 'EUR',
  lines: [{ productId: 'case', quantity: 1, unitPrice: 20, discount: 2, unitCost: 8 }],
  ...changes,
});

async function send(...events: unknown[]) {
  const { status, body } = await gateway.post('/v1/events', { events });
  expect(status).toBe(200);
  return body.results;
}

const storedIds = () => [...gateway.folder.events.events(TENANT)].map(({ event }) => event.id);

describe('events', () => {
  test('of every kind are stored, with all fields that interface.md allows', async () => {
    const outcome = { ...shown('e2'), type: 'outcome', result: 'accepted', basketId: 'b1', agentId: 'a1' };
    const { storeId: _, ...refund } = { ...sale('e4'), type: 'refund' };
    const results = await send(shown('e1'), outcome, sale('e3'), refund);
    expect(results).toEqual(['e1', 'e2', 'e3', 'e4'].map((id) => ({ id, status: 'stored' })));
    expect(storedIds()).toEqual(['e1', 'e2', 'e3', 'e4']);
    expect(gateway.telemetry.count('events stored')).toBe(4);
  });

  test('are on disk when they are answered, in minor units', async () => {
    await send(sale('e1'));
    const [stored] = [...gateway.folder.events.events(TENANT)];
    expect(stored!.event).toMatchObject({
      lines: [{ unitPriceMinor: 2000, discountMinor: 200, unitCostMinor: 800 }],
    });
    expect(stored!.receivedAtMs).toBe(gateway.clock.nowMs);
  });

  test('sent again are duplicates and stay one, also within one request', async () => {
    expect(await send(shown('e1'), shown('e1'))).toEqual([
      { id: 'e1', status: 'stored' },
      { id: 'e1', status: 'duplicate' },
    ]);
    expect(await send(shown('e1'))).toEqual([{ id: 'e1', status: 'duplicate' }]);
    expect(storedIds()).toEqual(['e1']);
  });

  test('with another content under a known id are rejected, and the first stays', async () => {
    await send(sale('e1'));
    const [result] = await send(sale('e1', { basketId: 'b2' }));
    expect(result).toMatchObject({ id: 'e1', status: 'rejected', reason: expect.stringContaining('id') });
  });

  test('that are bad do not spoil the others, and each says why', async () => {
    const results = await send(
      shown('e1'),
      { ...shown('e2'), type: 'dance' },
      null,
      ['e3'],
      { ...shown('e4'), at: 'yesterday' },
      { ...shown('e5'), at: '2031-01-01T00:00:00Z' },
      sale('e6', { currency: 'euro' }),
      sale('e7', { lines: [] }),
      sale('e8', { lines: [{ productId: 'case', quantity: -1, unitPrice: 1 }] }),
      sale('e9', { lines: [{ productId: 'case', quantity: 1, unitPrice: 0.001 }] }),
      { ...shown('e\u0000'), id: 'e\u0000' },
      { ...shown('x'), id: 7 },
      sale('e11'),
    );
    expect(results.map(({ id, status }: { id: string; status: string }) => [id, status])).toEqual([
      ['e1', 'stored'],
      ['e2', 'rejected'],
      [null, 'rejected'],
      [null, 'rejected'],
      ['e4', 'rejected'],
      ['e5', 'rejected'],
      ['e6', 'rejected'],
      ['e7', 'rejected'],
      ['e8', 'rejected'],
      ['e9', 'rejected'],
      ['e\u0000', 'rejected'],
      [null, 'rejected'],
      ['e11', 'stored'],
    ]);
    for (const { status, reason } of results) {
      if (status === 'rejected') expect(reason).toMatch(/wanted|got|EUR/);
    }
    expect(storedIds()).toEqual(['e1', 'e11']);
  });

  test('in another encoding than UTF-8 are a 400: their ids would all be the same', async () => {
    for (const city of ['Filiale Ä 1', 'Filiale Ö 1']) {
      const body = Buffer.from(JSON.stringify({ events: [shown(city)] }), 'latin1');
      const headers = { 'content-type': 'application/json' };
      const answer = await gateway.send('/v1/events', { method: 'POST', headers, body });
      expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining('UTF-8') } });
    }
    expect(await send(shown('Filiale Ä 1'))).toEqual([{ id: 'Filiale Ä 1', status: 'stored' }]);
    expect(storedIds()).toEqual(['Filiale Ä 1']);
  });

  test('1,000 at once are stored in their order; 1,001, none or no list are a 400', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => shown(`e${i}`));
    expect((await send(...many)).every(({ status }: { status: string }) => status === 'stored')).toBe(true);
    expect(storedIds()).toEqual(many.map(({ id }) => id));
    for (const body of [{ events: [...many, shown('last')] }, { events: [] }, {}, [], { events: {} }]) {
      expect((await gateway.post('/v1/events', body)).status).toBe(400);
    }
  });

  test('that the disk cannot store now are answered 503 with Retry-After; suggestions continue', async () => {
    const { events } = gateway.folder;
    vi.spyOn(events, 'append').mockRejectedValue(new EventStoreUnavailable('overloaded', 'too much waits'));
    vi.spyOn(events, 'record').mockReturnValue(false);
    const { status, headers, body } = await gateway.post('/v1/events', { events: [shown('e1')] });
    expect({ status, type: headers.get('content-type'), retry: headers.get('retry-after') }).toEqual({
      status: 503,
      type: 'application/problem+json',
      retry: '1',
    });
    expect(body).toMatchObject({
      type: 'https://basketlift.dev/problems/unavailable',
      detail: expect.stringMatching(/^Too much is waiting for the disk already\. /),
    });
    expect((await gateway.post('/v1/events', { events: [{}] })).status).toBe(200);
    expect((await gateway.post('/v1/suggestions', { basket: [] })).status).toBe(200);
    await vi.waitFor(() => expect(gateway.telemetry.count('decision lost')).toBe(1));
  });
});

describe('a decision', () => {
  test('can be read by its id, with all that was considered', async () => {
    const { body } = await gateway.post('/v1/suggestions', {
      basketId: 'b1',
      storeId: 's1',
      channel: 'call',
      agentId: 'a1',
      language: 'nl',
      limit: 2,
      basket: [{ productId: 'phone', quantity: 2 }, { productId: 'x' }],
      declined: ['cable'],
      customerId: 'customer-007',
      consent: { personalise: true },
    });
    const decision = await vi.waitFor(async () => {
      const answer = await gateway.get(`/v1/decisions/${body.decisionId}`);
      expect(answer.status).toBe(200);
      return answer.body;
    });
    expect(decision).toMatchObject({
      decisionId: body.decisionId,
      basketId: 'b1',
      storeId: 's1',
      channel: 'call',
      agentId: 'a1',
      language: 'nl',
      arm: 'treatment',
      modelVersion: 'small-1',
      rulesVersion: 0,
      objective: 'value',
      degraded: [],
      at: '2026-05-01T10:00:00.000Z',
      suggestions: ['case', 'charger'],
      stockEpoch: expect.any(Number),
      basket: [
        { productId: 'phone', quantity: 2, unitPrice: 200 },
        { productId: 'x', quantity: 1 },
      ],
    });
    const verdicts = new Map(
      decision.candidates.map((one: Record<string, unknown>) => [one.productId, one.verdict]),
    );
    expect(verdicts.get('case')).toBe('suggested');
    expect(verdicts.get('cable')).toBe('declined');
    expect(verdicts.get('beer')).toBe('age-limit');
    expect(JSON.stringify(decision)).not.toContain('customer-007');
  });

  test('is on disk a moment after the answer', async () => {
    const { body } = await gateway.post('/v1/suggestions', { basket: [] });
    await vi.waitFor(() =>
      expect([...gateway.folder.events.decisions(TENANT)]).toContainEqual(
        expect.objectContaining({ decisionId: body.decisionId }),
      ),
    );
  });

  test('that cannot be made into a record is counted and logged, and ends nothing', async () => {
    vi.spyOn(gateway.folder.events, 'record').mockImplementation(() => {
      throw new Error('a bug');
    });
    expect((await gateway.post('/v1/suggestions', { basket: [] })).status).toBe(200);
    await vi.waitFor(() => expect(gateway.telemetry.count('decision lost')).toBe(1));
    expect(gateway.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'decision not recorded' }),
    );
  });

  test('that does not exist is a 404', async () => {
    for (const id of ['nope', '__proto__', '%00', 'x'.repeat(5000)]) {
      const { status, body } = await gateway.get(`/v1/decisions/${id}`);
      expect(status).toBe(404);
      expect(body.detail.length).toBeLessThan(300);
    }
  });
});

describe('what a key may state', () => {
  const keyed = async (scope: 'terminal' | 'agent' | 'manager', more: object) => {
    const { headers } = await addKey(gateway.folder, scope, more);
    return async (event: object) => {
      const { status, body } = await gateway.post('/v1/events', { events: [event] }, headers);
      return status === 200 ? (body.results[0].reason ?? body.results[0].status) : status;
    };
  };
  const decide = (decisionId: string, storeId: string) =>
    gateway.parts.events.record(decisionRecord(decisionId, { tenant: TENANT, storeId }));
  const outcome = (id: string, decisionId: string) => ({
    id,
    type: 'outcome',
    at,
    decisionId,
    productId: 'C',
    result: 'declined',
  });

  test("an agent's own key splits no sale", async () => {
    const tell = await keyed('agent', { agentId: 'a1' });
    expect(await tell(sale('e1', { agentId: 'a1' }))).toBe('stored');
    const split = [{ agentId: 'a1', percent: 100 }];
    expect(await tell(sale('e2', { agentId: 'a1', split }))).toContain('At split: wanted nothing');
    expect(await (await keyed('terminal', {}))(sale('e3', { split }))).toBe('stored');
    expect(await (await keyed('manager', { agentId: 'm1' }))(sale('e4', { split }))).toBe('stored');
    expect(storedIds()).toEqual(['e1', 'e3', 'e4']);
  });

  test("an agent's own key states nothing of more than a week ago; the key of a till may", async () => {
    const tell = await keyed('agent', { agentId: 'a1' });
    const old = '2026-04-24T09:59:59.999Z';
    expect(await tell(sale('e1', { at: '2026-04-24T10:00:00Z' }))).toBe('stored');
    for (const event of [sale('e2', { at: old }), { ...outcome('e3', 'd-1'), at: old }])
      expect(await tell(event)).toBe(
        `At at: wanted a time of the last 7 days, because it is an agent's own key; got ${old}.`,
      );
    expect(await (await keyed('agent', {}))(sale('e4', { at: old }))).toBe('stored');
    expect(await (await keyed('manager', { agentId: 'm1' }))(sale('e5', { at: old }))).toBe('stored');
    gateway.clock.nowMs += 60_000;
    expect(await tell(sale('e1', { at: '2026-04-24T10:00:00Z' }))).toBe('duplicate');
    expect(storedIds()).toEqual(['e1', 'e4', 'e5']);
  });

  test('what is stored already is a duplicate, also from a key that may not state it', async () => {
    const split = [{ agentId: 'a1', percent: 100 }];
    await send(sale('e1', { split }));
    const tell = await keyed('agent', { agentId: 'a1' });
    expect(await tell(sale('e1', { split }))).toBe('duplicate');
    expect(await tell(sale('e2', { split }))).toContain('At split: wanted nothing');
  });

  test('a key for some stores reports only on their decisions, and states the store of a refund', async () => {
    decide('d-1', 's1');
    decide('d-2', 's2');
    const tell = await keyed('terminal', { stores: ['s1'] });
    expect(await tell(outcome('e1', 'd-1'))).toBe('stored');
    expect(await tell(outcome('e2', 'd-2'))).toBe(403);
    expect(await tell(outcome('e3', 'not-known-here'))).toBe('stored');
    const { storeId: _, ...nowhere } = { ...sale('e4'), type: 'refund' };
    expect(await tell(nowhere)).toContain('At storeId: wanted the store that makes the refund');
    expect(await tell({ ...nowhere, storeId: 's1' })).toBe('stored');
    expect(await tell({ ...nowhere, id: 'e5', storeId: 's2' })).toBe(403);
    expect(storedIds()).toEqual(['e1', 'e3', 'e4']);
  });
});

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { undocumented } from '../support/documented.ts';
import { type ListeningGateway, listenTestGateway } from '../support/listening-gateway.ts';
import { LiveClient } from '../support/live-client.ts';

let gateway: ListeningGateway;
let isOverloaded: boolean;

beforeEach(async () => {
  isOverloaded = true;
  gateway = await listenTestGateway({}, { isOverloaded: () => isOverloaded });
});

afterEach(() => gateway.close());

const json = { 'content-type': 'application/json' };
const question = { method: 'POST', headers: json, body: '{"basket":[{"productId":"phone"}]}' };
const shown = { type: 'shown', id: 'e1', at: '2026-05-01T10:00:00Z', decisionId: 'd', productId: 'case' };

describe('while more is asked than can be answered', () => {
  test.each([
    ['POST', '/v1/suggestions', question],
    ['GET', '/v1/products', {}],
    ['POST', '/v1/stock', { ...question, body: `{"rows":[${' '.repeat(900_000)}]}` }],
  ] as const)('%s %s is refused as described, with when to ask again', async (method, path, init) => {
    const response = await fetch(gateway.url + path, init);
    const body = await response.json();
    const contentType = response.headers.get('content-type');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(undocumented({ method, path }, { status: 503, contentType, body })).toBeUndefined();
    expect(body).toMatchObject({ type: 'https://basketlift.dev/problems/overloaded' });
    expect(gateway.telemetry.count('shed request')).toBe(1);
    // On the same connection, with the body of the one before out of the way.
    isOverloaded = false;
    expect((await fetch(`${gateway.url}/v1/suggestions`, question)).status).toBe(200);
  });

  test.each(['/healthz', '/readyz', '/metrics', '/healthz?x=1'])('%s is answered', async (path) => {
    expect((await fetch(gateway.url + path)).status).toBe(200);
  });

  test('events are stored', async () => {
    const init = { method: 'POST', headers: json, body: JSON.stringify({ events: [shown] }) };
    const response = await fetch(`${gateway.url}/v1/events`, init);
    expect(await response.json()).toEqual({ results: [{ id: 'e1', status: 'stored' }] });
    expect(gateway.telemetry.count('shed request')).toBe(0);
  });

  test('a socket hears that its basket is not answered, keeps it, and has its events stored', async () => {
    const client = await LiveClient.connect(gateway.url);
    client.send({ type: 'basket', basketId: 'b1', seq: 1, basket: [{ productId: 'phone' }] });
    expect(await client.hear({ type: 'problem' })).toMatchObject({
      problem: 'overloaded',
      status: 503,
      basketId: 'b1',
    });
    client.send({ type: 'outcome', event: { ...shown, type: 'outcome', result: 'accepted' } });
    await client.hear({ type: 'stored', id: 'e1', status: 'stored' });
    isOverloaded = false;
    client.send({ type: 'change', basketId: 'b1', seq: 2, add: [{ productId: 'crisps' }] });
    await client.hear({ type: 'suggestions', basketId: 'b1', seq: 2 });
    await vi.waitFor(() => expect(gateway.telemetry.count('shed live-answer')).toBe(1));
    await client.close();
  });
});

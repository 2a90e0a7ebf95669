import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { LiveClient } from '../support/live-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'basketlift-live-'));
let gateway: GatewayProcess;
let client: LiveClient;
/** Products of the shipped model that are sold in its first store. */
let milk: string;
let soup: string;
let storeId: string;

beforeAll(async () => {
  // Every basket gets an offer: silence is tested elsewhere.
  const env = { BASKETLIFT_LOG_LEVEL: 'warn', BASKETLIFT_MIN_VALUE: '0' };
  gateway = await startGateway({ dataDir: folder, env });
  const get = async (path: string) =>
    (await fetch(gateway.url + path)).json() as Promise<Record<string, { id: string }[]>>;
  storeId = (await get('/v1/stores')).stores![0]!.id;
  const search = async (q: string): Promise<string> =>
    (await get(`/v1/products?limit=1&q=${q}&storeId=${storeId}`)).products![0]!.id;
  [milk, soup] = await Promise.all([search('milk'), search('soup')]);
});

afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  client = await LiveClient.connect(gateway.url);
});

afterEach(() => client.close());

let baskets = 0;
const newBasketId = () => `live-${process.pid}-${baskets++}`;
const line = (productId: string, quantity = 1) => ({ productId, quantity });
const whole = (basketId: string, seq: number, ...basket: object[]) => ({
  type: 'basket',
  basketId,
  seq,
  storeId,
  channel: 'call',
  language: 'en',
  basket,
});
const change = (basketId: string, seq: number, parts: object) => ({
  type: 'change',
  basketId,
  seq,
  ...parts,
});

describe('a till that builds a basket', () => {
  test('says hello and is told the model', async () => {
    client.send({ type: 'hello', key: 'none yet' });
    expect(await client.hear({ type: 'hello' })).toMatchObject({ modelVersion: 'demo', resumed: [] });
  });

  test('gets suggestions at every change, records an outcome and closes', async () => {
    const basketId = newBasketId();
    client.send({ type: 'hello' });
    client.send(whole(basketId, 1, line(milk)));
    const first = await client.hear({ type: 'suggestions', seq: 1 });
    expect(first).toMatchObject({
      basketId,
      arm: 'treatment',
      modelVersion: 'demo',
      unknownProducts: [],
      degraded: [],
    });
    expect(first.suggestions.length).toBeGreaterThan(0);
    const [offer] = first.suggestions;

    client.send(change(basketId, 2, { add: [line(soup)] }));
    const second = await client.hear({ type: 'suggestions', seq: 2 });
    expect(second.decisionId).not.toBe(first.decisionId);

    const event = { id: `${basketId}-e1`, type: 'outcome', at: new Date().toISOString(), result: 'declined' };
    const facts = { decisionId: first.decisionId, productId: offer.productId };
    client.send({ type: 'outcome', event: { ...event, ...facts } });
    expect(await client.hear({ type: 'stored' })).toMatchObject({ id: event.id, status: 'stored' });

    client.send(change(basketId, 3, { remove: [line(soup)] }));
    const third = await client.hear({ type: 'suggestions', seq: 3 });
    expect(third.suggestions).not.toContainEqual(expect.objectContaining({ productId: offer.productId }));

    client.send({ type: 'close', basketId });
    client.send(change(basketId, 4, { add: [line(soup)] }));
    await client.hear({ type: 'resync', basketId });
  });

  test('gets the answer to the same whole basket that HTTP gives', async () => {
    const basketId = newBasketId();
    client.send(whole(basketId, 1, line(milk), line('no such product')));
    const live = await client.hear({ type: 'suggestions' });
    const response = await fetch(`${gateway.url}/v1/suggestions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ storeId, channel: 'call', basket: [line(milk), line('no such product')] }),
    });
    const { suggestions, unknownProducts } = (await response.json()) as Record<string, unknown>;
    expect(live.suggestions).toEqual(suggestions);
    expect(live.unknownProducts).toEqual(unknownProducts);
  });

  test('gets the answer to the newest of a burst last, and fewer answers than it sent', async () => {
    const basketId = newBasketId();
    const burst = 100;
    for (let seq = 1; seq <= burst; seq++) client.send(whole(basketId, seq, line(milk, seq)));
    await client.hear({ type: 'suggestions', seq: burst });
    client.send({ type: 'hello' });
    await client.hear({ type: 'hello' });
    const answered = client.heard.filter(({ type }) => type === 'suggestions').map(({ seq }) => seq);
    expect(answered.length).toBeLessThan(burst);
    expect(answered).toEqual([...answered].sort((a, b) => a - b));
    expect(answered.at(-1)).toBe(burst);
  });

  test('is asked for the whole basket when a change was missed, and continues after it', async () => {
    const basketId = newBasketId();
    client.send(whole(basketId, 1, line(milk)));
    await client.hear({ type: 'suggestions', seq: 1 });
    client.send(change(basketId, 3, { add: [line(soup)] }));
    await client.hear({ type: 'resync', basketId });
    client.send(whole(basketId, 4, line(milk), line(soup)));
    await client.hear({ type: 'suggestions', seq: 4 });
    client.send(change(basketId, 5, { remove: [line(milk)] }));
    await client.hear({ type: 'suggestions', seq: 5 });
  });

  test('continues its baskets on a new socket', async () => {
    const [kept, other] = [newBasketId(), newBasketId()];
    client.send(whole(kept, 1, line(milk)));
    client.send(whole(other, 8, line(soup)));
    await client.hear({ type: 'suggestions', basketId: kept });
    await client.hear({ type: 'suggestions', basketId: other });
    await client.close();
    client = await LiveClient.connect(gateway.url);
    client.send({ type: 'hello', resume: [kept, 'never seen'] });
    expect(await client.hear({ type: 'hello' })).toMatchObject({ resumed: [{ basketId: kept, seq: 1 }] });
    client.send(change(kept, 2, { add: [line(soup)] }));
    await client.hear({ type: 'suggestions', basketId: kept, seq: 2 });
    client.send(change(other, 9, { add: [line(milk)] }));
    await client.hear({ type: 'suggestions', basketId: other, seq: 9 });
  });

  test('keeps several baskets apart on one socket', async () => {
    const ids = [newBasketId(), newBasketId(), newBasketId()];
    for (const [at, basketId] of ids.entries())
      client.send(whole(basketId, at, line(at === 0 ? milk : soup)));
    const answers = await Promise.all(ids.map((basketId) => client.hear({ type: 'suggestions', basketId })));
    expect(answers.map(({ seq }) => seq)).toEqual([0, 1, 2]);
    expect(answers[1].suggestions).toEqual(answers[2].suggestions);
    expect(answers[0].suggestions).not.toEqual(answers[1].suggestions);
  });

  test('is told when it has more open baskets than a socket may have', async () => {
    const ids = Array.from({ length: 51 }, newBasketId);
    for (const basketId of ids) client.send(whole(basketId, 1, line(milk)));
    expect(await client.hear({ type: 'problem' })).toMatchObject({
      basketId: ids[50],
      problem: 'invalid-input',
    });
    client.send({ type: 'close', basketId: ids[0] });
    client.send(whole(ids[50]!, 2, line(milk)));
    await client.hear({ type: 'suggestions', basketId: ids[50], seq: 2 });
  });
});

describe('a socket that misbehaves', () => {
  test('by binary messages is closed with 1003', async () => {
    client.socket.send(Buffer.from([0, 1, 2, 255]));
    expect(await client.closed).toEqual({ code: 1003, reason: 'wanted JSON text, got a binary message' });
  });

  test('by garbage gets a problem and stays open', async () => {
    for (const text of ['', 'garbage', '[]', '{"type":"basket"}', '{"__proto__":1}']) client.send(text);
    client.send({ type: 'hello' });
    await client.hear({ type: 'hello' });
    expect(client.heard.filter(({ type }) => type === 'problem')).toHaveLength(5);
    for (const problem of client.heard.slice(0, 5)) {
      expect(problem).toMatchObject({ status: 400, title: expect.any(String), detail: expect.any(String) });
    }
  });

  test('by too many messages is closed with 1008 and the reason', async () => {
    for (let i = 0; i < 2000; i++) client.send({ type: 'pong' });
    expect(await client.closed).toEqual({ code: 1008, reason: 'more than 100 messages a second' });
  });

  test('by a message that is too large is closed with 1009', async () => {
    client.send('x'.repeat(256 * 1024 + 1));
    expect((await client.closed).code).toBe(1009);
  });

  test('by text that is not UTF-8 is closed with 1007', async () => {
    client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
    expect((await client.closed).code).toBe(1007);
  });

  test('leaves the others alone', async () => {
    client.send({ type: 'hello' });
    await client.hear({ type: 'hello' });
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });
});

describe('an upgrade is refused', () => {
  test.each(['http://evil.example', 'null', 'http://localhost:1', 'https://127.0.0.1'])(
    'from a page of another origin: %s',
    async (origin) => {
      await expect(LiveClient.connect(gateway.url, { origin })).rejects.toThrow('403');
    },
  );

  test('by a name that is not this machine', async () => {
    const headers = { host: `evil.example:${gateway.port}` };
    await expect(LiveClient.connect(gateway.url, { headers })).rejects.toThrow('403');
  });

  test('on any other path', async () => {
    await expect(LiveClient.connect(gateway.url, {}, '/v1/suggestions')).rejects.toThrow('404');
  });

  test('and welcome from the own page', async () => {
    const own = await LiveClient.connect(gateway.url, { origin: gateway.url });
    await own.close();
  });
});

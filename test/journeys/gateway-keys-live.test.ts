import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ListeningGateway, listenTestGateway } from '../support/listening-gateway.ts';
import { LiveClient } from '../support/live-client.ts';
import { addKey, type MadeKey } from '../support/made-key.ts';

let gateway: ListeningGateway;
let terminal: MadeKey;
const clients: LiveClient[] = [];

beforeEach(async () => {
  gateway = await listenTestGateway({ helloMs: 60_000 }, { requestsPerSecond: 50 });
  terminal = await addKey(gateway.folder, 'terminal');
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await gateway.close();
});

async function connect(headers: Record<string, string> = {}): Promise<LiveClient> {
  const client = await LiveClient.connect(gateway.url, { headers });
  clients.push(client);
  return client;
}

const basket = (more: object = {}) => ({
  type: 'basket',
  basketId: 'b1',
  seq: 1,
  basket: [{ productId: 'phone' }],
  ...more,
});
const refused = { code: 1008, reason: 'a valid key is needed' };

describe('a socket is let in', () => {
  test('by a key in its header', async () => {
    const client = await connect(terminal.headers);
    client.send(basket());
    expect((await client.hear({ type: 'suggestions' })).suggestions.length).toBeGreaterThan(0);
  });

  test('by a key in its hello', async () => {
    const client = await connect();
    client.send({ type: 'hello', key: terminal.key });
    await client.hear({ type: 'hello' });
    client.send(basket());
    expect((await client.hear({ type: 'suggestions' })).suggestions[0]).not.toHaveProperty('value');
  });

  test('by the cookie of a page of the gateway', async () => {
    const login = await fetch(`${gateway.url}/v1/session`, {
      method: 'POST',
      headers: { ...terminal.headers, 'content-type': 'application/json' },
      body: '{}',
    });
    const cookie = login.headers.get('set-cookie')!.split(';')[0]!;
    const page = await connect({ cookie, origin: gateway.url });
    page.send({ type: 'hello' });
    await page.hear({ type: 'hello' });
    const foreign = LiveClient.connect(gateway.url, { headers: { cookie, origin: 'http://evil.example' } });
    await expect(foreign).rejects.toThrow('403');
    const pageless = await connect({ cookie });
    pageless.send({ type: 'hello' });
    expect(await pageless.closed).toEqual(refused);
  });

  test('under any name of the machine, once there are keys', async () => {
    const client = await connect({ ...terminal.headers, host: 'gateway.example' });
    client.send({ type: 'hello' });
    await client.hear({ type: 'hello' });
  });
});

describe('a socket is refused', () => {
  test('at the door with a key that is not valid in its header', async () => {
    const headers = { authorization: `Bearer bl_${'A'.repeat(43)}` };
    await expect(LiveClient.connect(gateway.url, { headers })).rejects.toThrow('401');
  });

  test.each<[string, object]>([
    ['no hello', basket()],
    ['a hello without a key', { type: 'hello' }],
    ['an unknown key in its hello', { type: 'hello', key: `bl_${'A'.repeat(43)}` }],
    ['no key in its hello', { type: 'hello', key: 'letmein' }],
  ])('with %s', async (_, message) => {
    const client = await connect();
    client.send(message);
    expect(await client.closed).toEqual(refused);
    expect(client.heard).toEqual([expect.objectContaining({ type: 'problem', status: 401 })]);
    expect(gateway.telemetry.count('cache miss')).toBe(0);
  });

  test('when its key is revoked: at its next message, with a reason, and nothing is answered', async () => {
    const client = await connect(terminal.headers);
    client.send(basket());
    await client.hear({ type: 'suggestions' });
    await gateway.folder.keys.revoke(terminal.id, 1);
    await addKey(gateway.folder, 'terminal');
    client.send(basket({ seq: 2 }));
    expect(await client.closed).toEqual(refused);
    expect(client.heard.filter(({ type }) => type === 'suggestions')).toHaveLength(1);
  });

  test('that was let in while there were no keys, when there is one', async () => {
    await gateway.folder.keys.revoke(terminal.id, 1);
    const client = await connect();
    client.send({ type: 'hello' });
    await client.hear({ type: 'hello' });
    await addKey(gateway.folder, 'terminal');
    client.send(basket());
    expect(await client.closed).toEqual(refused);
  });

  test('with another key than it came with', async () => {
    const client = await connect(terminal.headers);
    client.send({ type: 'hello', key: (await addKey(gateway.folder, 'admin')).key });
    expect(await client.hear({ type: 'problem' })).toMatchObject({ status: 403, problem: 'forbidden' });
  });
});

describe('bounds of sockets with keys', () => {
  test('a socket without a key in time is closed', async () => {
    const hasty = await listenTestGateway({ helloMs: 1 });
    await addKey(hasty.folder, 'terminal');
    const client = await LiveClient.connect(hasty.url);
    expect(await client.closed).toEqual(refused);
    await hasty.close();
  });

  test('a silent socket is closed at the next ping once its key is revoked', async () => {
    const pinging = await listenTestGateway({ pingMs: 20 });
    const { id, headers } = await addKey(pinging.folder, 'terminal');
    await addKey(pinging.folder, 'terminal');
    const client = await LiveClient.connect(pinging.url, { headers });
    await client.hear({ type: 'ping' });
    await pinging.folder.keys.revoke(id, 1);
    expect(await client.closed).toEqual(refused);
    await pinging.close();
  });

  test('a disk that cannot be read refuses a socket, and leaves those that are open as they are', async () => {
    const pinging = await listenTestGateway({ pingMs: 20 });
    const { headers } = await addKey(pinging.folder, 'terminal');
    const client = await LiveClient.connect(pinging.url, { headers });
    const failing = vi.spyOn(pinging.folder.keys, 'find').mockImplementation(() => {
      throw new Error('MDB_READERS_FULL');
    });
    await expect(LiveClient.connect(pinging.url, { headers })).rejects.toThrow('server response: 500');
    await client.hear({ type: 'problem', problem: 'internal' });
    failing.mockRestore();
    client.send({ type: 'hello' });
    await client.hear({ type: 'hello' });
    expect(pinging.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'live socket failed' }),
    );
    await client.close();
    await pinging.close();
  });

  test('messages count against the rate of the key; excess is reported, and the socket stays open', async () => {
    const client = await connect(terminal.headers);
    for (let i = 0; i < 101; i++) client.send({ type: 'pong' });
    expect(await client.hear({ type: 'problem' })).toMatchObject({
      status: 429,
      problem: 'too-many-requests',
    });
    gateway.clock.ticks += 1000;
    client.send({ type: 'hello' });
    await client.hear({ type: 'hello' });
  });

  test('a key with a list of stores may name no other in a basket or an event', async () => {
    const { headers } = await addKey(gateway.folder, 'terminal', { stores: ['s1'] });
    const client = await connect(headers);
    client.send(basket({ storeId: 's2' }));
    expect(await client.hear({ type: 'problem', basketId: 'b1' })).toMatchObject({
      status: 403,
      detail: "Wanted a store of this key (s1); got 's2'.",
    });
    const outcome = {
      type: 'outcome',
      id: 'e1',
      at: '2026-05-01T09:00:00Z',
      decisionId: 'd',
      productId: 'cable',
      result: 'declined',
      storeId: 's2',
    };
    client.send(outcome);
    expect(await client.hear({ type: 'problem', id: 'e1' })).toMatchObject({ status: 403 });
    client.send(basket({ storeId: 's1' }));
    await client.hear({ type: 'suggestions', basketId: 'b1' });
  });

  test('a reconnect resumes the baskets of its own tenant only', async () => {
    const first = await connect(terminal.headers);
    first.send(basket({ seq: 4 }));
    await first.hear({ type: 'suggestions' });
    await first.close();
    const foreign = await connect((await addKey(gateway.folder, 'admin', { tenant: 'theirs' })).headers);
    foreign.send({ type: 'hello', resume: ['b1'] });
    expect((await foreign.hear({ type: 'hello' })).resumed).toEqual([]);
    const own = await connect();
    own.send({ type: 'hello', key: terminal.key, resume: ['b1'] });
    expect((await own.hear({ type: 'hello' })).resumed).toEqual([{ basketId: 'b1', seq: 4 }]);
  });

  test('a basket of a store that the key may not name does not exist for it, and stays for its owner', async () => {
    const owner = await addKey(gateway.folder, 'terminal', { stores: ['s7'] });
    const first = await connect(owner.headers);
    first.send(basket({ basketId: 'b-x1', storeId: 's7', seq: 4 }));
    await first.hear({ type: 'suggestions' });
    await first.close();
    const other = await connect((await addKey(gateway.folder, 'terminal', { stores: ['s6'] })).headers);
    other.send({ type: 'hello', resume: ['b-x1'] });
    expect((await other.hear({ type: 'hello' })).resumed).toEqual([]);
    other.send({ type: 'change', basketId: 'b-x1', seq: 5 });
    await other.hear({ type: 'resync', basketId: 'b-x1' });
    const again = await connect(owner.headers);
    again.send({ type: 'hello', resume: ['b-x1'] });
    expect((await again.hear({ type: 'hello' })).resumed).toEqual([{ basketId: 'b-x1', seq: 4 }]);
  });
});

test('no key gets into the log of a socket', async () => {
  const client = await connect();
  client.send(`{"type":"hello","key":"${terminal.key}"`);
  client.send({ type: 'hello', key: [terminal.key] });
  client.send({ type: 'hello', key: terminal.key });
  await client.hear({ type: 'hello' });
  expect(JSON.stringify(gateway.lines)).not.toContain(terminal.key);
});

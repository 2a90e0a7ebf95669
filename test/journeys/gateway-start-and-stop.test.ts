import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type CliResult, runCli } from '../support/cli-run.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { LiveClient } from '../support/live-client.ts';
import { isRedisServerInstalled, startRedisServer } from '../support/redis-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function start(dataDir: string, env: Record<string, string> = {}): Promise<GatewayProcess> {
  const gateway = await startGateway({ dataDir, env: { BASKETLIFT_LOG_LEVEL: 'warn', ...env } });
  onTestFinished(() => gateway.kill());
  return gateway;
}

async function postJson(gateway: GatewayProcess, path: string, body: unknown) {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(gateway.url + path, init);
  expect(response.status).toBe(200);
  return (await response.json()) as { results: { id: string; status: string }[]; applied: number };
}

/** A request of which the last character is still to come. */
async function openRequest(gateway: GatewayProcess) {
  const body = '{"basket":[]}';
  const socket = connect(gateway.port, '127.0.0.1');
  await once(socket, 'connect');
  let answer = '';
  socket.on('data', (text) => {
    answer += text;
  });
  const ended = new Promise<string>((resolve) => socket.once('close', () => resolve(answer)));
  socket.on('error', () => {});
  const head = `POST /v1/suggestions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  socket.write(head + body.slice(0, -1));
  // Answered on another connection after ours was written, so the gateway has it.
  await fetch(`${gateway.url}/healthz`);
  return { finish: () => socket.write(body.slice(-1)), ended };
}

function says(gateway: GatewayProcess, text: string): Promise<void> {
  return new Promise((resolve) => {
    gateway.child.stderr!.on('data', (chunk) => {
      if (String(chunk).includes(text)) resolve();
    });
  });
}

describe('a gateway that is told to stop', () => {
  test('finishes an open request, closes its sockets with a reason and ends with 0', async () => {
    const gateway = await start(temporaryFolder());
    const client = await LiveClient.connect(gateway.url);
    const request = await openRequest(gateway);
    const exited = once(gateway.child, 'exit');
    const heard = says(gateway, 'finishing open requests');
    gateway.child.kill('SIGTERM');
    await heard;
    expect(await client.closed).toEqual({ code: 1001, reason: 'the gateway is stopping' });
    // On the connection of the fetch before; a new one is refused.
    const readiness = await fetch(`${gateway.url}/readyz`);
    expect([readiness.status, readiness.headers.get('connection')]).toEqual([503, 'close']);
    await expect(once(connect(gateway.port, '127.0.0.1'), 'connect')).rejects.toThrow('ECONNREFUSED');
    request.finish();
    expect(await request.ended).toMatch(/^HTTP\/1\.1 200 .+^connection: close\r$/ims);
    expect(await exited).toEqual([0, null]);
  });

  test('does not wait for a client that ignores the close', async () => {
    const gateway = await start(temporaryFolder());
    const client = await LiveClient.connect(gateway.url);
    client.socket.pause();
    const exited = once(gateway.child, 'exit');
    gateway.child.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
    client.socket.terminate();
  });

  test('twice ends at once, with an open request and all', async () => {
    const gateway = await start(temporaryFolder());
    await openRequest(gateway);
    const exited = once(gateway.child, 'exit');
    const heard = says(gateway, 'finishing open requests');
    gateway.child.kill('SIGTERM');
    await heard;
    gateway.child.kill('SIGTERM');
    expect(await exited).toEqual([null, 'SIGKILL']);
  });
});

describe('what was acknowledged', () => {
  test('as stored is there after kill -9 in full flight', async () => {
    const folder = temporaryFolder();
    const first = await start(folder);
    const stored: object[] = [];
    let isKilled = false;
    const send = async (sender: number) => {
      for (let batch = 0; !isKilled; batch++) {
        const events = Array.from({ length: 10 }, (_, i) => outcome(`${sender}-${batch}-${i}`));
        const { results } = await postJson(first, '/v1/events', { events });
        for (const [at, { status }] of results.entries()) if (status === 'stored') stored.push(events[at]!);
      }
    };
    const senders = [1, 2, 3, 4].map((sender) => send(sender).catch(() => {}));
    await vi.waitFor(() => expect(stored.length).toBeGreaterThan(500), { timeout: 20_000 });
    await first.kill();
    isKilled = true;
    await Promise.all(senders);
    const second = await start(folder);
    for (let at = 0; at < stored.length; at += 1000) {
      const { results } = await postJson(second, '/v1/events', { events: stored.slice(at, at + 1000) });
      expect(results.filter(({ status }) => status !== 'duplicate')).toEqual([]);
    }
  });

  test('as stock is there after kill -9 in full flight, and a change that was not answered counts once', async () => {
    const folder = temporaryFolder();
    const first = await start(folder);
    const { products } = await productsOf(first);
    const row = { storeId: 's1', productId: products[0]!.id };
    const asOf = new Date().toISOString();
    await postJson(first, '/v1/stock', { rows: [{ ...row, onHand: 100_000, asOf }] });
    const changes: object[] = [];
    let answered = 0;
    const sell = async (till: number) => {
      for (let at = 0; ; at++) {
        const change = { ...row, onHandDelta: -1, changeId: `${till}-${at}`, asOf };
        changes.push(change);
        await postJson(first, '/v1/stock', { rows: [change] });
        answered++;
      }
    };
    const tills = [1, 2, 3, 4].map((till) => sell(till).catch(() => {}));
    await vi.waitFor(() => expect(answered).toBeGreaterThan(200), { timeout: 20_000 });
    await first.kill();
    await Promise.all(tills);
    const second = await start(folder);
    const onHand = async () => {
      const response = await fetch(`${second.url}/v1/products/${row.productId}?storeId=s1`);
      return ((await response.json()) as { stock: { onHand: number } }).stock.onHand;
    };
    expect(await onHand()).toBeLessThanOrEqual(100_000 - answered);
    for (const rows of [changes, changes]) await postJson(second, '/v1/stock', { rows });
    expect(await onHand()).toBe(100_000 - changes.length);
  });

  test('as stock is there after a restart', async () => {
    const folder = temporaryFolder();
    const first = await start(folder);
    const { products } = await productsOf(first);
    const asOf = new Date().toISOString();
    const row = { storeId: 's1', productId: products[0]!.id, onHand: 77, asOf };
    expect((await postJson(first, '/v1/stock', { rows: [row] })).applied).toBe(1);
    await first.stop();
    const second = await start(folder);
    const response = await fetch(`${second.url}/v1/products/${row.productId}?storeId=s1`);
    expect(await response.json()).toMatchObject({ stock: { onHand: 77, asOf } });
  });

  test('as rules is in force after kill -9', async () => {
    const folder = temporaryFolder();
    const first = await start(folder);
    const { products } = await productsOf(first);
    const rules = [{ id: 'r', action: 'exclude', productIds: [products[0]!.id] }];
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'PUT', headers, body: JSON.stringify({ version: 0, rules }) };
    expect((await fetch(`${first.url}/v1/rules`, init)).status).toBe(200);
    await first.kill();
    const second = await start(folder);
    expect(await (await fetch(`${second.url}/v1/rules`)).json()).toEqual({ version: 1, rules });
  });
});

describe('a gateway that cannot start says why and ends', () => {
  test('with 1 when the port is in use', async () => {
    const { port } = await takenPort();
    const run = await serve(['--port', String(port)]);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain(`Cannot listen on 127.0.0.1:${port}`);
    expect(run.stderr).toContain('--port');
  });

  test.runIf(isRedisServerInstalled)(
    'with 1 when the port is in use, also with a connection to Redis',
    async () => {
      const redis = await startRedisServer();
      onTestFinished(() => redis.stop());
      const { port } = await takenPort();
      expect(await serve(['--port', String(port)], { BASKETLIFT_REDIS_URL: redis.url })).toMatchObject({
        code: 1,
      });
    },
  );

  test.each(['0.0.0.0', '::', '192.168.1.10'])(
    'with 2 when it should listen on %s without keys',
    async (host) => {
      const run = await serve(['--host', host]);
      expect(run.code).toBe(2);
      expect(run.stderr).toMatch(new RegExp(`--host: wanted a loopback address.+no keys.+got '${host}'`));
    },
  );

  test('with 2 when the environment is wrong, naming every problem', async () => {
    const run = await serve([], {
      BASKETLIFT_PORT: '99999',
      BASKETLIFT_MIN_VALUE: 'much',
      BASKETLIFT_VALUE_WEIGHT: '2',
      BASKETLIFT_REDIS_URL: 'http://redis',
      BASKETLIFT_LOG_LEVEL: 'loud',
      BASKETLIFT_BUDGET_MS: '0',
      BASKETLIFT_HOLDOUT_SHARES: '{"channels":{"phone":0.1}}',
    });
    expect(run.code).toBe(2);
    for (const name of [
      'PORT',
      'MIN_VALUE',
      'VALUE_WEIGHT',
      'REDIS_URL',
      'LOG_LEVEL',
      'BUDGET_MS',
      'HOLDOUT_SHARES',
    ]) {
      expect(run.stderr).toMatch(new RegExp(`BASKETLIFT_${name}: wanted .+; got '`));
    }
  });

  test.each(['{', '[]', '{"store":{}}', '{"stores":{"s6":1}}', '{"stores":{"s6":"0.1"}}'])(
    'with 2 when the shares of the holdout are %s',
    async (shares) => {
      const run = await serve([], { BASKETLIFT_HOLDOUT_SHARES: shares });
      expect(run.code).toBe(2);
      expect(run.stderr).toContain(`BASKETLIFT_HOLDOUT_SHARES: wanted JSON with shares`);
      expect(run.stderr).toContain(`got '${shares}'`);
    },
  );

  test('with 2 when an option is not known', async () => {
    const run = await serve(['--prot', '1']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('--prot');
  });

  test('with 1 when the model is not in the registry', async () => {
    const run = await serve(['--model', 'no-such-model']);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('no-such-model');
    expect(run.stderr).not.toMatch(/\n\s+at /);
  });

  test('with 1 when the data folder is a file, or another program’s', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other', 'basketlift.lmdb'), 'not LMDB at all'.repeat(1000));
    for (const data of ['file', 'other']) {
      const run = await serve([], { BASKETLIFT_DATA: join(folder, data) });
      expect(run.code).toBe(1);
      expect(run.stderr).toContain('data folder: wanted');
    }
  });
});

async function takenPort(): Promise<{ port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server.address() as { port: number };
}

async function productsOf(gateway: GatewayProcess) {
  const response = await fetch(`${gateway.url}/v1/products?storeId=s1`);
  return (await response.json()) as { products: { id: string }[] };
}

function serve(args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> {
  const data = env.BASKETLIFT_DATA ?? temporaryFolder();
  const port = args.includes('--port') || 'BASKETLIFT_PORT' in env ? [] : ['--port', '0'];
  return runCli(['serve', ...port, ...args], { env: { ...env, BASKETLIFT_DATA: data } });
}

function outcome(id: string) {
  const facts = { at: '2026-05-01T10:00:00Z', decisionId: 'd', productId: 'p', result: 'accepted' };
  return { id, type: 'outcome', ...facts };
}

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
/** How long a fault lasts, in ms: nothing is waited for. */
import { setTimeout as lasting } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { LIVE_CHANNEL_LIMITS } from '../../src/gateway/live-channel.ts';
import { OTHER_FILES, openFilesMax, socketsAllowed } from '../../src/service/sockets-allowed.ts';
import { collectedMiB, inspectedGateway } from '../support/collected-memory.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { LiveClient } from '../support/live-client.ts';
import { metricOf } from '../support/metric.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const BUDGET_MS = 50;
/** Beyond the budget: the way through the machine's sockets, on a machine that is busy with other tests. */
const MARGIN_MS = 1950;
const WAIT = { timeout: 20_000, interval: 50 };
const json = { 'content-type': 'application/json' };

let dataDir: string;
let gateway: GatewayProcess;

async function start(command?: readonly string[]): Promise<GatewayProcess> {
  const env = { BASKETLIFT_LOG_LEVEL: 'silent', BASKETLIFT_BUDGET_MS: String(BUDGET_MS) };
  const started = await startGateway({ dataDir, env, ...(command && { command }) });
  onTestFinished(() => started.kill());
  return started;
}

beforeEach(async () => {
  dataDir = temporaryFolder();
});

function post(path: string, body: unknown, to = gateway): Promise<Response> {
  return fetch(to.url + path, { method: 'POST', headers: json, body: JSON.stringify(body) });
}

const question = { basket: [{ productId: '282' }, { productId: '1164' }], storeId: 's6' };

/** Asks one after the other; each has to be answered, or refused by name, in time. Returns how many were answered. */
async function askInTime(count: number): Promise<number> {
  let answered = 0;
  for (let asked = 0; asked < count; asked++) {
    const startedAt = performance.now();
    const response = await post('/v1/suggestions', { ...question, basketId: `b-${asked}` });
    await response.text();
    expect([200, 503]).toContain(response.status);
    expect(performance.now() - startedAt).toBeLessThan(BUDGET_MS + MARGIN_MS);
    if (response.status === 200) answered++;
  }
  return answered;
}

/** As many sockets as the gateway takes; here the other ends are open as well, in this process. */
const SOCKETS = socketsAllowed(LIVE_CHANNEL_LIMITS.socketsMax, openFilesMax());
const ROUNDS = 3;
/** A tenth of what the sockets of these rounds take, 5 KiB each; less than the first is noise. */
const KEPT_MIB_MAX = Math.max(3, (0.1 * ROUNDS * SOCKETS * 5) / 1024);

const event = (id: string) => ({
  id,
  type: 'outcome',
  at: '2026-05-01T10:00:00Z',
  decisionId: 'd',
  productId: 'p',
  result: 'accepted',
});

async function readiness(): Promise<{ degraded: string[]; parts: Record<string, string> }> {
  const response = await fetch(`${gateway.url}/readyz`);
  return (await response.json()) as { degraded: string[]; parts: Record<string, string> };
}

const metric = (name: string) => metricOf(gateway.url, name);

async function dial(text: string): Promise<Socket> {
  const socket = connect(gateway.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

describe('a stop under load', () => {
  test('answers every request it has taken, and keeps every event it has called stored', async () => {
    gateway = await start();
    const stored: string[] = [];
    const broken: unknown[] = [];
    let isRefusing = false;
    const send = async (sender: number) => {
      for (let batch = 0; !isRefusing; batch++) {
        const ids = Array.from({ length: 5 }, (_, i) => `${sender}-${batch}-${i}`);
        const wanted = sender % 2 === 0 ? question : { events: ids.map(event) };
        try {
          const response = await post(sender % 2 === 0 ? '/v1/suggestions' : '/v1/events', wanted);
          const { results } = (await response.json()) as { results?: { id: string; status: string }[] };
          if (response.status !== 200) broken.push(response.status);
          for (const { id, status } of results ?? []) if (status === 'stored') stored.push(id);
        } catch (error) {
          isRefusing = true;
          const { code } = ((error as Error).cause ?? {}) as { code?: string };
          // A new connection is refused or reset; a request on an open one is answered.
          if (code !== 'ECONNREFUSED' && code !== 'ECONNRESET' && code !== 'UND_ERR_SOCKET')
            broken.push(error);
        }
      }
    };
    const senders = Array.from({ length: 8 }, (_, sender) => send(sender));
    await vi.waitFor(() => expect(stored.length).toBeGreaterThan(100), WAIT);
    const exited = once(gateway.child, 'exit');
    gateway.child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    await Promise.all(senders);
    expect(broken).toEqual([]);
    gateway = await start();
    for (let at = 0; at < stored.length; at += 1000) {
      const again = await post('/v1/events', { events: stored.slice(at, at + 1000).map(event) });
      const { results } = (await again.json()) as { results: { status: string }[] };
      expect(results.filter(({ status }) => status !== 'duplicate')).toEqual([]);
    }
  });
});

describe('a disk that is full', () => {
  const expectRefusal = async (response: Response) => {
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^(5|60)$/);
    expect(await response.json()).toMatchObject({ type: expect.stringMatching(/unavailable$/) });
  };

  test('refuses events with a Retry-After, is reported, stops no suggestion, and ends once there is room', async () => {
    // A limit on the size of files is what a full disk is, without a file system of its own.
    const limited = 'ulimit -S -f 4096; exec "$0" "$@"';
    gateway = await start(['bash', '-c', limited, process.execPath, 'dist/cli.js', 'serve']);
    const stored: string[] = [];
    for (let isStored = true, batch = 0; isStored; batch++) {
      expect(batch).toBeLessThan(200);
      const ids = Array.from({ length: 500 }, (_, i) => `${batch}-${i}`);
      const response = await post('/v1/events', { events: ids.map(event) });
      isStored = response.status === 200;
      if (isStored) stored.push(...ids);
      else await expectRefusal(response);
    }
    expect((await readiness()).degraded).toEqual(['ledger']);
    expect(await metric('basketlift_ledger_trouble')).toBe(1);
    expect(await askInTime(20)).toBe(20);
    execFileSync('prlimit', ['--pid', String(gateway.child.pid), '--fsize=unlimited']);
    await vi.waitFor(async () => {
      expect((await post('/v1/events', { events: [event('after')] })).status).toBe(200);
      expect((await readiness()).degraded).toEqual([]);
    }, WAIT);
    expect(await metric('basketlift_ledger_trouble')).toBe(0);
    const again = await post('/v1/events', { events: stored.slice(-1000).map(event) });
    const { results } = (await again.json()) as { results: { status: string }[] };
    expect(results.filter(({ status }) => status !== 'duplicate')).toEqual([]);
  });
});

describe('a process that is stopped for 300 ms', () => {
  test('answers or refuses everything that has waited, and then answers as usual', async () => {
    gateway = await start();
    await askInTime(20);
    gateway.child.kill('SIGSTOP');
    const waiting = Promise.all(Array.from({ length: 60 }, () => post('/v1/suggestions', question)));
    await lasting(300);
    gateway.child.kill('SIGCONT');
    for (const { status } of await waiting) expect([200, 503]).toContain(status);
    expect(await askInTime(20)).toBe(20);
  });
});

describe('clients that are many, slow or gone', () => {
  test(`${SOCKETS} idle sockets delay nobody; the next is refused, and their memory is used again`, async () => {
    gateway = await start(inspectedGateway);
    const round = async () => {
      const clients: LiveClient[] = [];
      while (clients.length < SOCKETS) {
        const some = Array.from({ length: Math.min(100, SOCKETS - clients.length) }, () =>
          LiveClient.connect(gateway.url),
        );
        clients.push(...(await Promise.all(some)));
      }
      await expect(LiveClient.connect(gateway.url)).rejects.toThrow('503');
      expect(await askInTime(30)).toBe(30);
      for (const { socket } of clients) socket.terminate();
      await vi.waitFor(async () => expect(await metric('basketlift_sockets')).toBe(0), WAIT);
    };
    // The first one makes what is made once.
    await round();
    const before = await collectedMiB(gateway);
    for (let done = 0; done < ROUNDS; done++) await round();
    // Freed pages go back to the system a moment later.
    await vi.waitFor(
      async () => expect((await collectedMiB(gateway)) - before).toBeLessThan(KEPT_MIB_MAX),
      WAIT,
    );
  }, 180_000);

  test('a low limit on open files is reported, and the sockets it allows are accepted', async () => {
    const limited = `ulimit -n ${OTHER_FILES + 100}; exec "$0" "$@"`;
    const command = ['bash', '-c', limited, process.execPath, 'dist/cli.js', 'serve'];
    gateway = await startGateway({ dataDir, env: { BASKETLIFT_LOG_LEVEL: 'warn' }, command });
    onTestFinished(() => gateway.kill());
    const [warning] = await once(createInterface({ input: gateway.child.stderr! }), 'line');
    expect(JSON.parse(warning)).toMatchObject({ level: 40, sockets: 100, openFiles: OTHER_FILES + 100 });
    const clients = await Promise.all(Array.from({ length: 100 }, () => LiveClient.connect(gateway.url)));
    await expect(LiveClient.connect(gateway.url)).rejects.toThrow('503');
    expect(await askInTime(5)).toBe(5);
    for (const { socket } of clients) socket.terminate();
  });

  test('200 that read nothing delay nobody, and what they were not sent is counted', async () => {
    gateway = await start();
    const basket = Array.from({ length: 480 }, (_, i) => ({ productId: `${'x'.repeat(120)}${i}` }));
    const clients = await Promise.all(Array.from({ length: 200 }, () => LiveClient.connect(gateway.url)));
    for (const { socket } of clients) socket.pause();
    const skipped = 'basketlift_suggestions_skipped_total{reason="slow-reader"}';
    for (const client of clients) client.send({ type: 'basket', basketId: 'b', seq: 0, basket });
    // What the system buffers for one connection is several megabytes: three are filled.
    for (let seq = 1; !((await metric(skipped)) > 0) && seq < 1000; seq++) {
      for (const client of clients.slice(0, 3)) client.send({ type: 'basket', basketId: 'b', seq, basket });
      await askInTime(1);
    }
    expect(await metric(skipped)).toBeGreaterThan(0);
    expect(await askInTime(20)).toBeGreaterThan(0);
    for (const { socket } of clients) socket.terminate();
    await vi.waitFor(async () => expect(await metric('basketlift_sockets')).toBe(0), WAIT);
  }, 120_000);

  test('300 that dawdle over headers and bodies delay nobody', async () => {
    gateway = await start();
    const head = 'POST /v1/suggestions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
    const texts = ['GET /healthz HTTP/1.1\r\nHost: loc', `${head}Content-Length: 100\r\n\r\n{"bas`, head];
    const sockets = await Promise.all(Array.from({ length: 300 }, (_, i) => dial(texts[i % 3]!)));
    expect(await askInTime(30)).toBe(30);
    for (const socket of sockets) socket.destroy();
    expect((await readiness()).degraded).toEqual([]);
  });

  test('one that reconnects 100 times a second delays nobody, and leaves no socket behind', async () => {
    gateway = await start();
    const reconnect = async () => {
      const client = await LiveClient.connect(gateway.url);
      client.send({ type: 'hello', resume: ['b'] });
      client.send({ type: 'basket', basketId: 'b', seq: 1, basket: question.basket, storeId: 's6' });
      client.socket.terminate();
    };
    const asked = askInTime(60);
    for (let tenth = 0; tenth < 20; tenth++) {
      await Promise.all(Array.from({ length: 10 }, reconnect));
      await lasting(100);
    }
    expect(await asked).toBeGreaterThan(0);
    await vi.waitFor(async () => expect(await metric('basketlift_sockets')).toBe(0), WAIT);
    expect((await readiness()).degraded).toEqual([]);
  });
});

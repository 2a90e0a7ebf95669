import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ListeningGateway, listenTestGateway } from '../support/listening-gateway.ts';
import { LiveClient } from '../support/live-client.ts';

let gateway: ListeningGateway;

afterEach(() => gateway.close());

const upgrade = (path: string, host: string) =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';

async function dial(): Promise<Socket> {
  const socket = connect(gateway.port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

async function readAll(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket.setEncoding('latin1')) text += chunk;
  return text;
}

describe('a client that never reads', () => {
  test('loses suggestions but no acknowledgement, and is closed with a reason; nobody else notices', async () => {
    gateway = await listenTestGateway({ bufferedBytesMax: 1000, slowReaderMs: 5000, messagesBurst: 1e6 });
    const client = await LiveClient.connect(gateway.url);
    client.socket.pause();
    // Each answer repeats what it did not know: 60 KB of it fills what the system buffers.
    const basket = Array.from({ length: 480 }, (_, i) => ({ productId: `${'x'.repeat(120)}${i}` }));
    let seq = 0;
    await vi.waitFor(
      () => {
        client.send({ type: 'basket', basketId: 'b1', seq: seq++, basket });
        expect(gateway.telemetry.count('skipped slow-reader')).toBeGreaterThan(0);
      },
      { timeout: 20_000, interval: 1 },
    );
    const facts = { at: '2026-05-01T10:00:00Z', decisionId: 'd', productId: 'case', result: 'accepted' };
    client.send({ type: 'outcome', event: { id: 'e1', type: 'outcome', ...facts } });
    await vi.waitFor(() => expect(gateway.telemetry.count('events stored')).toBe(1));

    const other = await LiveClient.connect(gateway.url);
    other.send({ type: 'basket', basketId: 'b2', seq: 1, basket: [{ productId: 'phone' }] });
    await other.hear({ type: 'suggestions', basketId: 'b2' });
    await other.close();

    gateway.clock.ticks += 5001;
    client.send({ type: 'basket', basketId: 'b1', seq: seq++, basket });
    await vi.waitFor(() => expect(gateway.telemetry.count('message basket')).toBe(seq + 1));
    client.socket.resume();
    expect(await client.closed).toEqual({ code: 1008, reason: 'the reader is too slow' });
    await client.hear({ type: 'stored', id: 'e1', status: 'stored' });
  });

  test('and answers no ping is ended', async () => {
    gateway = await listenTestGateway({ pingMs: 20 });
    const silent = await LiveClient.connect(gateway.url, { autoPong: false });
    const lively = await LiveClient.connect(gateway.url);
    expect((await silent.closed).code).toBe(1006);
    expect(await lively.hear({ type: 'ping' })).toEqual({ type: 'ping' });
    expect(lively.socket.readyState).toBe(lively.socket.OPEN);
    await lively.close();
  });
});

describe('sockets', () => {
  test('above the limit are refused with 503, and welcome when one has gone', async () => {
    gateway = await listenTestGateway({ socketsMax: 2 });
    const [first] = await Promise.all([LiveClient.connect(gateway.url), LiveClient.connect(gateway.url)]);
    await expect(LiveClient.connect(gateway.url)).rejects.toThrow('503');
    await first.close();
    await vi.waitFor(() => LiveClient.connect(gateway.url));
  });

  test('are counted', async () => {
    gateway = await listenTestGateway();
    const client = await LiveClient.connect(gateway.url);
    expect(gateway.telemetry.count('sockets')).toBe(1);
    await client.close();
    await vi.waitFor(() => expect(gateway.telemetry.count('sockets')).toBe(0));
  });
});

describe('an upgrade', () => {
  test('that is refused ends its connection, also when the client keeps its half open', async () => {
    gateway = await listenTestGateway();
    const socket = connect({ port: gateway.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write(upgrade('/nowhere', 'localhost'));
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 404 /);
    await vi.waitFor(async () => {
      const count = await new Promise((resolve) => gateway.server.getConnections((_, open) => resolve(open)));
      expect(count).toBe(0);
    });
    socket.destroy();
  });

  test('that is refused and reset at the same moment ends nothing else', async () => {
    gateway = await listenTestGateway();
    const request = Buffer.from(upgrade('/nowhere', 'localhost'));
    for (let i = 0; i < 200; i++) {
      const socket = await dial();
      socket.on('error', () => {});
      socket.write(request);
      if (i % 2 === 0) await new Promise(setImmediate);
      socket.resetAndDestroy();
    }
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });

  test('to an unsupported protocol continues as plain HTTP, as clients that offer h2c expect', async () => {
    gateway = await listenTestGateway();
    const body = JSON.stringify({ basket: [{ productId: 'phone' }] });
    const socket = await dial();
    const request =
      'POST /v1/suggestions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n' +
      `Content-Length: ${body.length}\r\n`;
    const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n';
    const answer = async () => String((await once(socket, 'data'))[0]);
    // The same connection three times: with its body late, with it at once, and without the offer.
    socket.write(request + offer + body.slice(0, 5));
    await new Promise(setImmediate);
    socket.write(body.slice(5));
    expect(await answer()).toMatch(/^HTTP\/1\.1 200 OK.+"productId":"case"/s);
    socket.write(request + offer + body);
    expect(await answer()).toMatch(/^HTTP\/1\.1 200 OK.+"productId":"case"/s);
    socket.end(`${request}\r\n${body}`);
    expect(await answer()).toMatch(/^HTTP\/1\.1 200 OK.+"productId":"case"/s);
  });
});

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type ListeningGateway, listenTestGateway } from '../support/listening-gateway.ts';

let gateway: ListeningGateway;

beforeEach(async () => {
  gateway = await listenTestGateway(
    {},
    { server: { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 } },
  );
});

afterEach(() => gateway.close());

async function dial(): Promise<Socket> {
  const socket = connect(gateway.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** All that comes until the other side ends it. */
async function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
  });
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

const head = (line: string, ...headers: string[]) => `${[line, ...headers].join('\r\n')}\r\n\r\n`;
const post = (...headers: string[]) =>
  head('POST /v1/suggestions HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', ...headers);
const body = '{"basket":[{"productId":"phone"}]}';

test.each([
  ['an answer', post(`Content-Length: ${body.length}`) + body, 200],
  ['a problem', head('GET /v1/nowhere HTTP/1.1', 'Host: localhost'), 404],
])('%s over a connection has its request id once', async (_, request, status) => {
  const socket = await dial();
  socket.end(request);
  const answer = await readAll(socket);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer.match(/^x-request-id: [0-9a-f-]{36}\r$/gim)).toHaveLength(1);
});

describe('a body that does not end', () => {
  const total = 100 * 1024 ** 3;

  test.each([
    ['announced', [`Content-Length: ${total}`], (chunk: Buffer) => chunk],
    ['in chunks', ['Transfer-Encoding: chunked'], (chunk: Buffer) => framed(chunk)],
  ])('%s is answered 413 with a problem, and cut off', async (_, headers, frame) => {
    const socket = await dial();
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(post(...headers));
    const chunk = frame(Buffer.alloc(64 * 1024, 0x20));
    let sent = 0;
    while (sent < total && !socket.destroyed && socket.writable) {
      sent += chunk.length;
      if (!socket.write(chunk))
        await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
    }
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('application/problem+json');
    socket.destroy();
    await closed;
    expect(sent).toBeLessThan(total);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });
});

describe('a client that goes away', () => {
  test.each([
    ['a body it announced', 'Content-Length: 1000', body],
    ['a body in chunks', 'Transfer-Encoding: chunked', framed(Buffer.from(body)).toString()],
  ])('in the middle of %s is not counted as a failure', async (_, header, part) => {
    const socket = await dial();
    socket.write(post(header) + part);
    await new Promise((resolve) => gateway.server.once('request', resolve));
    socket.resetAndDestroy();
    await vi.waitFor(() => expect(gateway.telemetry.requests).toHaveLength(1));
    expect(gateway.telemetry.requests[0]!.status).toBeLessThan(500);
    expect(gateway.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('before its answer leaves the gateway well', async () => {
    for (let i = 0; i < 50; i++) {
      const socket = await dial();
      socket.write(post(`Content-Length: ${body.length}`) + body);
      socket.resetAndDestroy();
    }
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });
});

describe('a client that dawdles is cut off', () => {
  test('over its headers', async () => {
    const socket = await dial();
    socket.write('POST /v1/suggestions HTTP/1.1\r\nHost: loc');
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('over its body', async () => {
    const socket = await dial();
    socket.write(post('Content-Length: 1000') + body);
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 (408|400) /);
    expect(gateway.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('a client that takes nothing of its answers', () => {
  test('is cut off, but one that waits longer for its answer is not', async () => {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const slow = await listenTestGateway(
      {},
      {
        server: { unreadMsMax: 200 },
        cache: {
          state: 'connected',
          getOrCompute: async (_, compute) => {
            await held;
            return { value: compute(), source: 'miss', isStoreAvailable: true };
          },
          close: async () => {},
        },
      },
    );
    onTestFinished(() => slow.close());
    const asked = once(slow.server, 'request');
    const headers = { 'content-type': 'application/json' };
    const waiting = fetch(`${slow.url}/v1/suggestions`, { method: 'POST', headers, body });
    await asked;
    const deaf = connect(slow.port, '127.0.0.1').on('error', () => {});
    const accepted = once(slow.server, 'connection');
    deaf.pause().write(head('GET /openapi.json HTTP/1.1', 'Host: localhost').repeat(500));
    const [connection] = await accepted;
    await once(connection, 'close');
    letGo();
    expect((await waiting).status).toBe(200);
    deaf.destroy();
  });
});

test('connections beyond the limit are closed and counted, and welcome when one has gone', async () => {
  const small = await listenTestGateway({}, { server: { connectionsMax: 2 } });
  onTestFinished(() => small.close());
  const sockets = [connect(small.port, '127.0.0.1'), connect(small.port, '127.0.0.1')];
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const third = connect(small.port, '127.0.0.1').on('error', () => {});
  await once(third, 'close');
  expect(small.telemetry.count('shed connection')).toBe(1);
  sockets[0]!.destroy();
  await vi.waitFor(async () => expect((await fetch(`${small.url}/healthz`)).status).toBe(200));
  sockets[1]!.destroy();
});

describe('what is not HTTP, or not for this gateway, is refused and harms nobody', () => {
  test.each([
    ['garbage', '\u0000\u0001\u0002garbage\r\n\r\n'],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001'],
    ['headers of 1 MB', head('GET / HTTP/1.1', 'Host: localhost', `X: ${'x'.repeat(1_000_000)}`)],
    ['no Host', head('GET /healthz HTTP/1.1')],
    ['a Host that is none', head('GET /healthz HTTP/1.1', 'Host: a b/c', 'Connection: close')],
    [
      'two Hosts',
      head('GET /healthz HTTP/1.1', 'Host: localhost', 'Host: evil.example', 'Connection: close'),
    ],
    ['another Host', head('GET /healthz HTTP/1.1', 'Host: evil.example', 'Connection: close')],
    ['a length that is none', head('POST /v1/stock HTTP/1.1', 'Host: localhost', 'Content-Length: -1')],
    [
      'two lengths',
      head('POST /v1/stock HTTP/1.1', 'Host: localhost', 'Content-Length: 1', 'Content-Length: 2'),
    ],
  ])('%s', async (_, text) => {
    const socket = await dial();
    socket.write(text, 'latin1');
    socket.end();
    const answer = await readAll(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d |^$/);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });
});

function framed(chunk: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]);
}

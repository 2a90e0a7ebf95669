import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Hono } from 'hono';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { GatewayApp } from '../../src/gateway/gateway-app.ts';
import { createHttpServer } from '../../src/gateway/http-server.ts';

const IDLE_MS = 300;
/** More than the system holds between two sockets of this machine. */
const LARGE = 'x'.repeat(20_000_000);

interface Client {
  readonly socket: Socket;
  /** All that it has received. */
  heard(): string;
  readonly ended: Promise<void>;
  /** Whether the connection was reset. */
  wasReset(): boolean;
}

async function listen() {
  const app: GatewayApp = new Hono();
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  app.get('/now', (context) => context.text('answer'));
  app.get('/large', (context) => context.text(LARGE));
  app.get('/slow', async (context) => {
    await finished;
    return context.text('slow');
  });
  app.post('/', async (context) => context.text(`got ${await context.req.text()}`));
  app.post('/refused', async (context) => context.text('refused'));
  const parts = { overload: { admits: () => true }, telemetry: { shed() {} } };
  const limits = { hostname: '127.0.0.1', unreadMsMax: 30_000, connectionsMax: 100 };
  const { server, leave } = createHttpServer(app, parts as never, limits);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => server.closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return { leave, finish, open: () => openClient(port) };
}

async function openClient(port: number): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  let wasReset = false;
  socket.setEncoding('latin1').on('data', (text) => {
    heard += text;
  });
  socket.on('error', () => {
    wasReset = true;
  });
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  return { socket, heard: () => heard, ended, wasReset: () => wasReset };
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const answers = ({ heard }: Client) => heard().match(/HTTP\/1\.1 200/g)?.length ?? 0;
const closing = /^connection: close\r$/im;

/** A client whose connection has had an answer and waits for the next request. */
async function idleClient({ open }: Awaited<ReturnType<typeof listen>>): Promise<Client> {
  const client = await open();
  client.socket.write(get('/now'));
  await vi.waitFor(() => expect(answers(client)).toBe(1));
  return client;
}

test('a request that has arrived but is not read yet is answered', async () => {
  const gateway = await listen();
  const client = await idleClient(gateway);
  client.socket.write(get('/now'));
  const left = gateway.leave(0);
  await client.ended;
  expect(client.wasReset()).toBe(false);
  expect(answers(client)).toBe(2);
  await left;
});

test('an idle connection is kept for the given time, so that a client that asks often meets no close', async () => {
  const gateway = await listen();
  const [idle, busy] = [await idleClient(gateway), await idleClient(gateway)];
  const left = gateway.leave(IDLE_MS);
  await pause(IDLE_MS / 3);
  expect(idle.socket.readyState).toBe('open');
  busy.socket.write(get('/now'));
  await busy.ended;
  expect(busy.heard()).toMatch(closing);
  await left;
  expect(idle.wasReset()).toBe(false);
});

test('a connection that was idle for longer is closed at once, as is one that never asked', async () => {
  const gateway = await listen();
  await Promise.all([idleClient(gateway), gateway.open()]);
  await pause(IDLE_MS);
  const startedMs = performance.now();
  await gateway.leave(IDLE_MS);
  expect(performance.now() - startedMs).toBeLessThan(IDLE_MS);
});

test('an answer that is under way is finished and closes its connection', async () => {
  const gateway = await listen();
  const client = await gateway.open();
  client.socket.write(get('/slow'));
  await pause(50);
  const left = gateway.leave(0);
  await pause(200);
  gateway.finish();
  await client.ended;
  expect(client.heard()).toMatch(/slow$/);
  expect(client.heard()).toMatch(closing);
  await left;
});

test('an answer that is not all sent is not cut off', async () => {
  const gateway = await listen();
  const client = await gateway.open();
  client.socket.pause();
  client.socket.write(get('/large'));
  await pause(200);
  const left = gateway.leave(0);
  await pause(300);
  client.socket.resume();
  await left;
  await client.ended;
  expect(client.heard().endsWith(LARGE)).toBe(true);
});

test('half a request is not idle, however long the other half takes', async () => {
  const gateway = await listen();
  const client = await idleClient(gateway);
  const request = `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody`;
  client.socket.write(request.slice(0, 12));
  const left = gateway.leave(0);
  await pause(200);
  client.socket.write(request.slice(12, -2));
  await pause(200);
  client.socket.write(request.slice(-2));
  await client.ended;
  expect(client.heard()).toMatch(/got body$/);
  expect(client.wasReset()).toBe(false);
  await left;
});

test('of requests sent one behind the other every one is answered', async () => {
  const gateway = await listen();
  const client = await gateway.open();
  client.socket.write(get('/slow') + get('/now') + get('/now'));
  await pause(50);
  const left = gateway.leave(0);
  await pause(50);
  gateway.finish();
  await client.ended;
  expect(answers(client)).toBe(3);
  await left;
});

test('an answer before the end of its request arrives whole while the rest of the request is sent', async () => {
  const gateway = await listen();
  const client = await gateway.open();
  const bytes = 200_000;
  client.socket.write(`POST /refused HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes}\r\n\r\n`);
  const left = gateway.leave(0);
  await vi.waitFor(() => expect(client.heard()).toMatch(/refused$/));
  client.socket.end('x'.repeat(bytes));
  await client.ended;
  expect(client.wasReset()).toBe(false);
  await left;
});

test('a connection that waits to be taken is taken', async () => {
  const gateway = await listen();
  const connecting = gateway.open();
  const left = gateway.leave(IDLE_MS);
  const client = await connecting;
  client.socket.write(get('/now'));
  await client.ended;
  expect(answers(client)).toBe(1);
  await left;
  await expect(gateway.open()).rejects.toThrow('ECONNREFUSED');
});

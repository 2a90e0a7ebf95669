import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openRedisConnection, type RedisConnection } from '../../src/adapters/redis-connection.ts';
import { isRedisServerInstalled, type RedisServer, startRedisServer } from '../support/redis-server.ts';

const WAIT = { timeout: 15_000, interval: 10 };

async function startServer(settings: readonly string[] = []): Promise<RedisServer> {
  const server = await startRedisServer(settings);
  onTestFinished(() => server.stop());
  return server;
}

async function openReady(url: string): Promise<RedisConnection> {
  const connection = openRedisConnection(url);
  connection.on('error', () => {});
  onTestFinished(() => connection.disconnect());
  await vi.waitFor(() => expect(connection.status).toBe('ready'), WAIT);
  return connection;
}

describe.skipIf(!isRedisServerInstalled)('redis-connection', () => {
  test('a command fails at once while Redis is away, and works again after it comes back', async () => {
    const server = await startServer();
    const connection = await openReady(server.url);
    await server.kill();
    await expect(connection.get('k')).rejects.toThrow();
    await expect(connection.get('k')).rejects.toThrow();
    await server.start();
    await vi.waitFor(async () => expect(await connection.set('k', 'v')).toBe('OK'), WAIT);
  });

  test('what is in flight when the connection breaks is rejected, not left open', async () => {
    const server = await startServer();
    const connection = await openReady(server.url);
    server.pause();
    const inFlight = Promise.allSettled([connection.get('k'), connection.set('k', 'v')]);
    await server.kill();
    expect((await inFlight).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  test('a cluster is used like a single Redis', async () => {
    const server = await startServer(['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']);
    const node = await openReady(server.url);
    await node.call('CLUSTER', ['ADDSLOTSRANGE', '0', '16383']);
    await vi.waitFor(async () => expect(await node.call('CLUSTER', ['INFO'])).toContain('state:ok'), WAIT);
    const cluster = await openReady(`redis+cluster://127.0.0.1:${server.port}`);
    expect(await cluster.set('k', 'v')).toBe('OK');
    expect(await node.get('k')).toBe('v');
    await server.kill();
    await expect(cluster.get('k')).rejects.toThrow();
  });
});

test.each([
  'http://host:1',
  'redis',
  'redis+cluster://host',
  'redis+sentinel://user:secret@host:26379',
  'redis+cluster://:secret@host:1,host:99999',
])('an address such as %s is refused with what is wanted, without its password', (url) => {
  expect(() => openRedisConnection(url)).toThrow('wanted redis://HOST:PORT');
  expect(() => openRedisConnection(url)).not.toThrow('secret');
});

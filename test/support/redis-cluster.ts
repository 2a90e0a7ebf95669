import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';
import { findFreePort, type RedisServer, startRedisServer } from './redis-server.ts';

const run = promisify(execFile);

/** Three masters that share the slots, without replicas. */
export interface RedisCluster {
  readonly url: string;
  readonly masters: readonly RedisServer[];
  /** Moves slots from one master to another while both answer. */
  moveSlots(from: RedisServer, to: RedisServer, count: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedisCluster(): Promise<RedisCluster> {
  const masters = await Promise.all([1, 2, 3].map(startMaster));
  const addresses = masters.map(({ port }) => `127.0.0.1:${port}`);
  await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
  await Promise.all(masters.map(takesCommands));
  return {
    url: `redis+cluster://${addresses.join(',')}`,
    masters,
    async moveSlots(from, to, count) {
      const ids = ['--cluster-from', await idOf(from), '--cluster-to', await idOf(to)];
      const address = `127.0.0.1:${from.port}`;
      await run('redis-cli', [
        '--cluster',
        'reshard',
        address,
        ...ids,
        '--cluster-slots',
        String(count),
        '--cluster-yes',
      ]);
    },
    async stop() {
      await Promise.all(masters.map((master) => master.stop()));
    },
  };
}

async function startMaster(): Promise<RedisServer> {
  // The usual one, 10,000 above the port, may not exist.
  const busPort = String(await findFreePort());
  return startRedisServer([
    '--cluster-enabled',
    'yes',
    '--cluster-port',
    busPort,
    '--cluster-node-timeout',
    '1000',
  ]);
}

/** All know all slots before each of them takes commands: for a second, then at moments apart, they answer CLUSTERDOWN. */
async function takesCommands({ port }: RedisServer): Promise<void> {
  await vi.waitFor(
    async () => {
      const { stdout } = await run('redis-cli', ['-p', String(port), 'cluster', 'info']);
      expect(stdout).toContain('cluster_state:ok');
    },
    { timeout: 30_000, interval: 50 },
  );
}

async function idOf({ port }: RedisServer): Promise<string> {
  const { stdout } = await run('redis-cli', ['-p', String(port), 'cluster', 'myid']);
  return stdout.trim();
}

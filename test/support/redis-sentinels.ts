import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { type RedisServer, startOnFreePort, startRedisServer } from './redis-server.ts';

const NAME = 'basketlift';

/** A master with a replica, and three sentinels of which two decide. */
export interface RedisSentinels {
  readonly url: string;
  /** The server that is master at the start, and its replica. */
  readonly master: RedisServer;
  readonly replica: RedisServer;
  /** Makes the replica the master at once, without asking whether the old one is well. */
  failOver(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedisSentinels(): Promise<RedisSentinels> {
  const settings = ['--repl-diskless-sync-delay', '0'];
  const master = await startRedisServer(settings);
  const replica = await startRedisServer([...settings, '--replicaof', `127.0.0.1 ${master.port}`]);
  await untilAttached(replica);
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(master)));
  const clients = sentinels.map(({ url }) => new Redis(url));
  // They go with the sentinels at the end.
  for (const client of clients) client.on('error', () => {});
  await Promise.all(clients.map(takePart));
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${NAME}`,
    master,
    replica,
    async failOver() {
      await clients[0]!.call('SENTINEL', 'FAILOVER', NAME);
    },
    async stop() {
      for (const client of clients) client.disconnect();
      await Promise.all([...sentinels, replica, master].map((server) => server.stop()));
    },
  };
}

function startSentinel({ port: masterPort }: RedisServer): Promise<RedisServer> {
  return startOnFreePort((port, folder) => {
    const path = join(folder, 'sentinel.conf');
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 2`,
      `sentinel down-after-milliseconds ${NAME} 500`,
      `sentinel failover-timeout ${NAME} 3000`,
    ];
    writeFileSync(path, `${lines.join('\n')}\n`);
    // The program of Debian's package redis-sentinel is redis-server under another name.
    return [path, '--sentinel'];
  });
}

/** Until the sentinel knows the replica and the other two, without which it cannot promote one. */
async function takePart(sentinel: Redis): Promise<void> {
  // One that a busy machine or disk held up for 2 s trusts nothing that it sees for this long; 30 s by default.
  await sentinel.call('SENTINEL', 'DEBUG', 'TILT-PERIOD', '2000');
  await until(async () => {
    const facts = (await sentinel.call('SENTINEL', 'MASTER', NAME)) as string[];
    const fact = (name: string) => facts[facts.indexOf(name) + 1];
    return fact('num-slaves') === '1' && fact('num-other-sentinels') === '2';
  });
}

async function untilAttached(replica: RedisServer): Promise<void> {
  const client = new Redis(replica.url);
  await until(async () => (await client.info('replication')).includes('master_link_status:up'));
  client.disconnect();
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const endsAtMs = performance.now() + 30_000;
  while (!(await holds())) {
    if (performance.now() > endsAtMs) throw new Error('redis: wanted replica and sentinels to meet in 30 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

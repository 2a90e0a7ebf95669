import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { runCli } from '../support/cli-run.ts';
import { type GatewayProcess, startGateway, workersOf } from '../support/gateway-process.ts';
import { isRedisServerInstalled, startRedisServer } from '../support/redis-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Env = Readonly<Record<string, string>>;

async function start(dataDir: string, env: Env = {}): Promise<GatewayProcess> {
  const gateway = await startGateway({ dataDir, env: { BASKETLIFT_LOG_LEVEL: 'warn', ...env } });
  onTestFinished(() => gateway.kill());
  return gateway;
}

/** One that is expected to end by itself. */
function serve(dataDir: string, env: Env = {}) {
  return runCli(['serve', '--port', '0'], { env: { BASKETLIFT_DATA: dataDir, ...env } });
}

async function isReady({ url }: GatewayProcess): Promise<boolean> {
  return (await fetch(`${url}/readyz`)).status === 200;
}

const CREW = { BASKETLIFT_WORKERS: '2' };

describe('a second gateway on one data folder', () => {
  test.each([
    ['one process beside one', {}, {}],
    ['one process beside several', CREW, {}],
    ['several beside one process', {}, CREW],
  ])('refuses to start and says what to do: %s', async (_, firstEnv, secondEnv) => {
    const dataDir = temporaryFolder();
    const first = await start(dataDir, firstEnv);
    const { code, stdout, stderr } = await serve(dataDir, secondEnv);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('data folder: wanted one in which no other gateway works');
    expect(stderr).toContain(`got ${dataDir}, in which process ${first.child.pid} of `);
    expect(stderr).toMatch(/Stop that one, .+BASKETLIFT_DATA.+BASKETLIFT_REDIS_URL/);
    expect(await isReady(first)).toBe(true);
  });

  test('started at the same moment leaves one of the two', async () => {
    const dataDir = temporaryFolder();
    const results = await Promise.allSettled([start(dataDir), start(dataDir)]);
    const statuses = results.map(({ status }) => status).sort();
    expect(statuses).toEqual(['fulfilled', 'rejected']);
  });

  test.runIf(isRedisServerInstalled)(
    'starts where both hear each other over Redis, and only then',
    async () => {
      const redis = await startRedisServer();
      onTestFinished(() => redis.stop());
      const env = { BASKETLIFT_REDIS_URL: redis.url };
      const dataDir = temporaryFolder();
      const [first, second] = [await start(dataDir, env), await start(dataDir, { ...env, ...CREW })];
      expect(await Promise.all([isReady(first), isReady(second)])).toEqual([true, true]);
      expect(await serve(dataDir)).toMatchObject({ code: 1 });
      await Promise.all([first.stop(), second.stop()]);
      await start(dataDir);
      expect(await serve(dataDir, env)).toMatchObject({ code: 1 });
    },
  );
});

describe('a data folder is free again', () => {
  test.each([
    ['one process', {}],
    ['several', CREW],
  ])('when the gateway of %s was killed, and nothing is left of it', async (_, env) => {
    const dataDir = temporaryFolder();
    const first = await start(dataDir, env);
    await first.kill();
    const second = await start(dataDir, env);
    expect(await isReady(second)).toBe(true);
    await second.stop();
    expect(readdirSync(dataDir).filter((name) => name.endsWith('.sock'))).toEqual([]);
  });

  test('when the gateway has stopped', async () => {
    const dataDir = temporaryFolder();
    const first = await start(dataDir);
    await first.stop();
    expect(await isReady(await start(dataDir))).toBe(true);
  });
});

test('a worker that died is replaced on the folder of its crew', async () => {
  const crew = await start(temporaryFolder(), CREW);
  const before = workersOf(crew);
  process.kill(before[0]!, 'SIGKILL');
  const liveWorkers = async () => ((await (await fetch(`${crew.url}/readyz`)).json()) as Ready).parts.workers;
  await vi.waitFor(() => expect(workersOf(crew)).not.toContain(before[0]), { timeout: 20_000 });
  await vi.waitFor(async () => expect(await liveWorkers()).toBe('2 of 2 live'), { timeout: 20_000 });
});

interface Ready {
  readonly parts: { readonly workers: string };
}

test('commands work on the data folder of a running gateway', async () => {
  const dataDir = temporaryFolder();
  const gateway = await start(dataDir);
  const today = new Date().toISOString().slice(0, 10);
  const commands = [
    ['doctor'],
    ['keys', 'list'],
    ['report', 'sales', '--from', today, '--to', today],
    ['export', join(temporaryFolder(), 'export')],
    ['backup', join(temporaryFolder(), 'backup')],
    ['erase', '--customer', 'c1'],
  ];
  for (const command of commands) {
    const { code, stderr } = await runCli(command, { env: { BASKETLIFT_DATA: dataDir } });
    expect({ command, code, stderr: code === 0 ? '' : stderr }).toEqual({ command, code: 0, stderr: '' });
  }
  expect(await isReady(gateway)).toBe(true);
});

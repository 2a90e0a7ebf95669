import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CliResult, runCli } from '../support/cli-run.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { LiveClient } from '../support/live-client.ts';
import { isRedisServerInstalled, startRedisServer } from '../support/redis-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KEY = /^bl_[\w-]{43}\n$/;

/** `basketlift keys …` on one data folder. */
function keysOn(dataDir: string) {
  const run = (...args: string[]): Promise<CliResult> =>
    runCli(['keys', ...args], { env: { BASKETLIFT_DATA: dataDir } });
  const create = async (...args: string[]) => {
    const made = JSON.parse((await run('create', '--json', ...args)).stdout) as { id: string; key: string };
    return { ...made, headers: { authorization: `Bearer ${made.key}` } };
  };
  return { run, create };
}

async function start(dataDir: string, env: Record<string, string> = {}): Promise<GatewayProcess> {
  const gateway = await startGateway({ dataDir, env: { BASKETLIFT_LOG_LEVEL: 'warn', ...env } });
  onTestFinished(() => gateway.kill());
  return gateway;
}

const statusOf = async ({ url }: GatewayProcess, headers: Record<string, string> = {}) =>
  (await fetch(`${url}/v1/stores`, { headers })).status;

describe('keys create', () => {
  test('prints the key alone on stdout, once, and says on stderr what it is', async () => {
    const { run } = keysOn(temporaryFolder());
    const made = await run('create', '--scope', 'terminal', '--store', 's1, s2', '--label', 'kassa 4');
    expect(made.code).toBe(0);
    expect(made.stdout).toMatch(KEY);
    expect(made.stderr).toMatch(
      /Key [0-9a-f]{16} \(terminal\) is made.*not shown again.*nobody without a key/,
    );
    const { stdout } = await run('list');
    expect(stdout).toMatch(/^[0-9a-f]{16} {2}live +terminal +default +s1,s2 +created \S+ +"kassa 4"\n$/);
    expect(stdout).not.toContain(made.stdout.trim().slice(3));
  });

  test('keeps what was asked, for machines too', async () => {
    const { run } = keysOn(temporaryFolder());
    const asked = ['--scope', 'manager', '--tenant', 'north', '--expires', '2099-01-31'];
    const { stdout } = await run('create', ...asked, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      scope: 'manager',
      tenant: 'north',
      stores: null,
      label: '',
      state: 'live',
      expiresAt: '2099-02-01T00:00:00.000Z',
      key: expect.stringMatching(/^bl_/),
    });
    const { key: _, ...listed } = JSON.parse(stdout);
    expect(JSON.parse((await run('list', '--json')).stdout)).toEqual([listed]);
  });

  test.each([
    ['no scope', [], /--scope/],
    ['an unknown scope', ['--scope', 'owner'], /--scope: wanted one of terminal.*got 'owner'/],
    ['a tenant that is none', ['--scope', 'admin', '--tenant', 'A|b'], /--tenant: wanted.*got 'A\|b'/],
    ['a day that is past', ['--scope', 'admin', '--expires', '2020-01-01'], /--expires: wanted.*2020-01-01/],
    ['a day that is none', ['--scope', 'admin', '--expires', '2099-02-30'], /--expires: wanted/],
    [
      'a time without an offset',
      ['--scope', 'admin', '--expires', '2099-01-01T00:00:00'],
      /--expires: wanted/,
    ],
    ['an empty store', ['--scope', 'admin', '--store', 's1,'], /--store: wanted/],
    ['a label of two lines', ['--scope', 'admin', '--label', 'a\nb'], /--label: wanted/],
  ])('with %s is wrong usage, and makes no key', async (_, args, message) => {
    const { run } = keysOn(temporaryFolder());
    const { code, stdout, stderr } = await run('create', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect((await run('list')).stdout).toBe('No keys: the gateway answers this machine only.\n');
  });
});

describe('keys revoke', () => {
  test('says what it did, also the second time; a key that is not there is a failure', async () => {
    const { run, create } = keysOn(temporaryFolder());
    const { id } = await create('--scope', 'agent');
    const first = await run('revoke', id);
    expect(first).toMatchObject({ code: 0, stdout: `${id} is revoked.\n` });
    expect(first.stderr).toContain('That was the last key');
    expect((await run('revoke', id)).stdout).toMatch(/was revoked already, at 20/);
    expect(JSON.parse((await run('list', '--json')).stdout)[0].state).toBe('revoked');
    const unknown = await run('revoke', 'nothing');
    expect(unknown).toMatchObject({ code: 1, stdout: '' });
    expect(unknown.stderr).toMatch(/Wanted the id of a key; there is no key 'nothing'/);
  });
});

describe('gateways that run on one data folder', () => {
  test.runIf(isRedisServerInstalled)(
    'all follow a key from the moment it is created to the moment it is revoked',
    async () => {
      const redis = await startRedisServer();
      onTestFinished(() => redis.stop());
      const env = { BASKETLIFT_REDIS_URL: redis.url };
      const dataDir = temporaryFolder();
      const { run, create } = keysOn(dataDir);
      const gateways = [await start(dataDir, env), await start(dataDir, env)];
      const all = (headers?: Record<string, string>) =>
        Promise.all(gateways.map((gateway) => statusOf(gateway, headers)));
      expect(await all()).toEqual([200, 200]);
      await create('--scope', 'admin');
      const { id, headers } = await create('--scope', 'terminal');
      expect(await all()).toEqual([401, 401]);
      expect(await all(headers)).toEqual([200, 200]);
      const clients = await Promise.all(gateways.map(({ url }) => LiveClient.connect(url, { headers })));
      await run('revoke', id);
      expect(await all(headers)).toEqual([401, 401]);
      for (const client of clients) {
        client.send({ type: 'hello' });
        expect((await client.closed).code).toBe(1008);
      }
    },
  );

  test('listen for other machines with keys, and refuse to without', async () => {
    const dataDir = temporaryFolder();
    const env = { BASKETLIFT_DATA: dataDir };
    const refused = await runCli(['serve', '--port', '0', '--host', '0.0.0.0'], { env });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/--host: wanted a loopback address.*got '0.0.0.0'.*keys create/);
    const { id, headers } = await keysOn(dataDir).create('--scope', 'terminal');
    const gateway = await start(dataDir, { BASKETLIFT_HOST: '0.0.0.0' });
    expect([await statusOf(gateway), await statusOf(gateway, headers)]).toEqual([401, 200]);
    await keysOn(dataDir).run('revoke', id);
    expect([await statusOf(gateway), await statusOf(gateway, headers)]).toEqual([401, 401]);
  });

  test('say how many keys there are when they are ready, and so does doctor', async () => {
    const dataDir = temporaryFolder();
    const { create } = keysOn(dataDir);
    const env = { BASKETLIFT_DATA: dataDir };
    expect((await runCli(['doctor'], { env })).stdout).toMatch(/ok {3}keys +none: everybody on this machine/);
    for (const scope of ['terminal', 'agent', 'admin']) await create('--scope', scope);
    expect((await runCli(['doctor'], { env })).stdout).toMatch(/ok {3}keys +3 live; create more with/);
    const command = [process.execPath, 'dist/cli.js', 'serve', '--json'];
    const gateway = await startGateway({ dataDir, command });
    onTestFinished(() => gateway.kill());
    expect(gateway.said.join('\n')).toContain('"keys":{"live":3,"expired":0}');
  });

  test('write no key into their log, not even one that a client puts into a path', async () => {
    const dataDir = temporaryFolder();
    const { key, headers } = await keysOn(dataDir).create('--scope', 'terminal');
    const gateway = await start(dataDir, { BASKETLIFT_LOG_LEVEL: 'debug' });
    let log = '';
    gateway.child.stderr!.on('data', (text) => {
      log += text;
    });
    for (const path of [`/v1/products/${key}`, `/v1/stores?key=${key}`, `/${key}`, '/v1/rules'])
      await fetch(gateway.url + path, { headers });
    const json = { 'content-type': 'application/json', ...headers };
    await fetch(`${gateway.url}/v1/session`, { method: 'POST', headers: json, body: `{"key":"${key}` });
    await fetch(`${gateway.url}/v1/events`, { method: 'POST', headers: json, body: `{"key":"${key}` });
    const client = await LiveClient.connect(gateway.url);
    client.send(`{"type":"hello","key":"${key}"`);
    client.send({ type: 'hello', key });
    await client.hear({ type: 'hello' });
    const ended = once(gateway.child.stderr!, 'end');
    await gateway.stop();
    await ended;
    expect(log).toContain('bl_[key]');
    expect(log).not.toContain(key);
    expect(log).not.toContain(key.slice(3));
  });
});

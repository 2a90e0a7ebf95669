import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../support/cli-run.ts';
import { startGateway } from '../support/gateway-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const env = (dataDir: string) => ({ env: { BASKETLIFT_DATA: dataDir } });

test('erase takes effect at once in a gateway that runs on the data folder, and a backup holds no trace', async () => {
  const dataDir = temporaryFolder();
  const gateway = await startGateway({ dataDir });
  onTestFinished(() => gateway.kill());
  const visit = async () => {
    const request = { basket: [], customerId: 'c9', consent: { personalise: true } };
    const response = await fetch(`${gateway.url}/v1/suggestions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    return ((await response.json()) as { decisionId: string }).decisionId;
  };
  const customerOf = async (decisionId: string) => {
    const response = await fetch(`${gateway.url}/v1/decisions/${decisionId}`);
    return ((await response.json()) as { customer?: string }).customer;
  };
  const before = await visit();
  const pseudonym = await customerOf(before);
  expect(pseudonym).toMatch(/^[\w-]{22}$/);
  // Another process's erasure finds what this gateway has written; what it still holds back it keeps as nobody's.
  await expect
    .poll(async () => (await (await fetch(`${gateway.url}/readyz`)).text()).includes('0 pending'))
    .toBe(true);
  const erased = await runCli(['erase', '--customer', 'c9'], env(dataDir));
  expect(erased).toMatchObject({ code: 0, stdout: 'Erased: 1 decision names this customer no more.\n' });
  expect(await customerOf(before)).not.toBe(pseudonym);
  expect(await customerOf(await visit())).toBeUndefined();
  const again = await fetch(`${gateway.url}/v1/customers/c9`, { method: 'DELETE' });
  expect([again.status, await again.json()]).toEqual([200, { decisionsChanged: 0 }]);
  expect((await runCli(['doctor'], env(dataDir))).stdout).toMatch(/ok {3}erasure +1 customers? erased/);

  const copy = join(temporaryFolder(), 'copy');
  expect(await runCli(['backup', copy], env(dataDir))).toMatchObject({ code: 0 });
  const copied = await runCli(['erase', '--customer', 'c9', '--json'], env(copy));
  expect(JSON.parse(copied.stdout)).toEqual({ decisionsChanged: 0 });
  const refused = await runCli(['backup', copy], env(dataDir));
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/wanted an empty folder or none/) });
});

test.each([
  ['no customer', [], 2, /--customer/],
  ['an empty id', ['--customer', ''], 2, /--customer: .*wanted a text of 1 to 128 characters/],
  ['a tenant that is none', ['--customer', 'c9', '--tenant', 'A|b'], 2, /--tenant: wanted.*got 'A\|b'/],
  ['no data folder', ['--customer', 'c9'], 1, /There is no data folder/],
])('erase with %s says what was wanted', async (_, args, code, message) => {
  const result = await runCli(['erase', ...args], env(join(temporaryFolder(), 'none')));
  expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
});

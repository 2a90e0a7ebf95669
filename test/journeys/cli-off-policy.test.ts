import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { runCli } from '../support/cli-run.ts';
import { exploredLog } from '../support/explored-log.ts';
import { decisionRecord } from '../support/ledger-events.ts';

const data = mkdtempSync(join(tmpdir(), 'basketlift-off-policy-'));
const COUNT = 8000;
const DAYS = ['--from', '2026-05-01', '--to', '2026-05-02'];
const run = (...args: string[]) =>
  runCli(['report', 'off-policy', ...args], { env: { BASKETLIFT_DATA: data } });

beforeAll(async () => {
  const folder = openDataFolder(data);
  const { decisions, events } = exploredLog(COUNT, 7);
  for (const decision of decisions) folder.events.record(decision);
  await folder.events.append('default', events, 1);
  // A basket of the shipped model, on a day of its own.
  const products = ['282', '1164', '598'];
  folder.events.record(
    decisionRecord('e1', {
      tenant: 'default',
      basketId: 'demo',
      storeId: 's6',
      atMs: Date.parse('2026-06-01T10:00:00Z'),
      basket: [{ productId: products[0]!, quantity: 1 }],
      candidates: products.slice(1).map((productId, at) => ({
        productId,
        probability: 0.25,
        expectedValue: 0.25,
        unitValue: 1,
        inclusion: 1 - at,
        verdict: at === 0 ? 'suggested' : 'outranked',
      })),
      suggestions: [products[1]!],
      slate: { limit: 1, pinned: 0, valueWeight: 0.5, expectedValueMin: 0.005, referenceValue: 1 },
    }),
  );
  await folder.close();
});

afterAll(() => rmSync(data, { recursive: true, force: true }));

describe('report off-policy', () => {
  test('prints what another β would have earned, with what is assumed', async () => {
    const { code, stdout, stderr } = await run(...DAYS, '--value-weight', '1');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^per100Decisions +estimator +value +low +high +difference/);
    expect(lines.slice(1, 4).map((line) => line.split(/ +/)[1])).toEqual(['logged', 'snips', 'doublyRobust']);
    expect(lines.at(-1)).toMatch(/^Assumed: Whether a suggestion is accepted depends on/);
  });

  test('gives machines the same as the gateway, and says why it states nothing', async () => {
    const known = JSON.parse((await run(...DAYS, '--value-weight', '1', '--json')).stdout);
    expect(known).toMatchObject({ decisions: COUNT, stated: true, policy: { valueWeight: 1 } });
    const unknown = JSON.parse(
      (await run('--from', '2026-06-01', '--to', '2026-06-01', '--min-value', '1', '--json')).stdout,
    );
    expect(unknown).toMatchObject({ decisions: 1, stated: false, acceptancesPer100Decisions: null });
    expect(unknown.notes.length).toBeGreaterThan(0);
  });

  test('ranks what was logged with another version of the model', async () => {
    const day = ['--from', '2026-06-01', '--to', '2026-06-01', '--json'];
    const { code, stdout } = await run(...day, '--candidate', 'demo');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      decisions: 1,
      stated: false,
      policy: { candidate: 'demo' },
      overlap: 0,
    });
    const logged = await run(...day, '--value-weight', '0.5');
    expect(JSON.parse(logged.stdout)).toMatchObject({ decisions: 1, overlap: 1 });
  });

  test('wants a policy, and a version that there is', async () => {
    const nothing = await run(...DAYS);
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain('Wanted --value-weight, --min-value or --candidate');
    expect((await run(...DAYS, '--value-weight', 'much')).code).toBe(2);
    expect((await run(...DAYS, '--candidate', 'none')).code).toBe(1);
  });
});

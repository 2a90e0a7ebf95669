import { execFile } from 'node:child_process';
import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { holdoutUnder, openHoldout } from '../../src/adapters/holdout-draw.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ids = (count: number) => Array.from({ length: count }, (_, i) => `b-${i}`);
const key = (byte: number) => Buffer.alloc(32, byte);
const run = promisify(execFile);

describe('the side of a basket', () => {
  test('is the same after every start', () => {
    const folder = temporaryFolder();
    const sides = ids(50).map((id) => openHoldout(folder, { share: 0.5 })('t', { basketId: id }).arm);
    const again = openHoldout(folder, { share: 0.5 });
    expect(ids(50).map((id) => again('t', { basketId: id }).arm)).toEqual(sides);
    expect(new Set(sides).size).toBe(2);
  });

  test('is the same in processes that make the key at the same moment', async () => {
    const folder = temporaryFolder();
    const script = `import { openHoldout } from './dist/adapters/holdout-draw.js';
      const assign = openHoldout(process.argv[1], { share: 0.5 });
      console.log(JSON.stringify(JSON.parse(process.argv[2]).map((id) => assign('t', { basketId: id }).arm)));`;
    const args = ['--input-type=module', '--eval', script, folder, JSON.stringify(ids(50))];
    const answers = await Promise.all([1, 2, 3, 4].map(() => run(process.execPath, args)));
    const own = ids(50).map((id) => openHoldout(folder, { share: 0.5 })('t', { basketId: id }).arm);
    for (const { stdout } of answers) expect(JSON.parse(stdout)).toEqual(own);
    expect(readdirSync(folder)).toEqual(['holdout.key']);
  });

  test('stays held out when the share grows, and is its share of all baskets', () => {
    const small = holdoutUnder(key(1), { share: 0.1 });
    const large = holdoutUnder(key(1), { share: 0.3 });
    const heldOut = (assign: typeof small) =>
      ids(20_000).filter((id) => assign('t', { basketId: id }).arm === 'holdout');
    const outLarge = new Set(heldOut(large));
    expect(heldOut(small).every((id) => outLarge.has(id))).toBe(true);
    // Five standard errors.
    expect(Math.abs(heldOut(small).length - 2000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.1 * 0.9));
    expect(Math.abs(outLarge.size - 6000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.3 * 0.7));
  });

  test('depends on the key and on the tenant', () => {
    const sides = (byte: number, tenant: string) =>
      ids(200).map((id) => holdoutUnder(key(byte), { share: 0.5 })(tenant, { basketId: id }).arm);
    expect(sides(1, 't')).not.toEqual(sides(2, 't'));
    expect(sides(1, 't')).not.toEqual(sides(1, 'u'));
  });

  test('has the share of its store, else of its channel, else the common one, out of one draw', () => {
    const plan = { share: 0.1, stores: { s6: 0.5, s7: 0 }, channels: { call: 0.3 } };
    const assign = holdoutUnder(key(1), plan);
    const heldOut = (where: object) =>
      ids(5000).filter((basketId) => assign('t', { basketId, ...where }).arm === 'holdout');
    expect(assign('t', { basketId: 'b', storeId: 's6', channel: 'call' }).holdoutShare).toBe(0.5);
    expect(assign('t', { basketId: 'b', storeId: 's1', channel: 'call' }).holdoutShare).toBe(0.3);
    expect(assign('t', { basketId: 'b', storeId: 's1', channel: 'till' }).holdoutShare).toBe(0.1);
    expect(heldOut({ storeId: 's7', channel: 'call' })).toEqual([]);
    const inStore = new Set(heldOut({ storeId: 's6' }));
    expect(Math.abs(inStore.size - 2500)).toBeLessThan(5 * Math.sqrt(5000 * 0.5 * 0.5));
    expect(heldOut({ channel: 'till' }).every((id) => inStore.has(id))).toBe(true);
    // A store that has the name of something every object has is none.
    expect(assign('t', { basketId: 'b', storeId: 'constructor' }).holdoutShare).toBe(0.1);
  });

  test('is never holdout at share 0, and the share is stated', () => {
    const assign = holdoutUnder(key(3), { share: 0 });
    for (const id of ids(1000))
      expect(assign('t', { basketId: id })).toEqual({ arm: 'treatment', holdoutShare: 0 });
  });
});

describe('the side of a customer', () => {
  const plan = { share: 0.5, by: 'customer' } as const;
  const assign = () => holdoutUnder(key(1), plan);

  test('is that of all baskets, in every process, and is its share of all customers', () => {
    const processes = [assign(), assign(), assign()];
    const arms = ids(2000).map((customerId) => {
      const sides = processes.map((process, at) =>
        process('t', { basketId: `${at} of ${customerId}`, customerId }),
      );
      expect(new Set(sides.map(({ arm }) => arm)).size).toBe(1);
      for (const side of sides) expect(side).toMatchObject({ holdoutShare: 0.5, isDrawnForCustomer: true });
      return sides[0]!.arm;
    });
    const heldOut = arms.filter((arm) => arm === 'holdout').length;
    expect(Math.abs(heldOut - 1000)).toBeLessThan(5 * Math.sqrt(2000 * 0.25));
  });

  test('depends on the tenant, and is another draw than that of a basket with the same name', () => {
    const sides = (tenant: string, by: 'basket' | 'customer') => {
      const draw = holdoutUnder(key(1), { share: 0.5, by });
      return ids(200).map((id) => draw(tenant, { basketId: id, customerId: id }).arm);
    };
    expect(sides('t', 'customer')).not.toEqual(sides('u', 'customer'));
    expect(sides('t', 'customer')).not.toEqual(sides('t', 'basket'));
  });

  test('does not exist for an unknown customer: the basket has its own side', () => {
    const byBasket = holdoutUnder(key(1), { share: 0.5 });
    const byCustomer = assign();
    for (const basketId of ids(50))
      expect(byCustomer('t', { basketId })).toEqual(byBasket('t', { basketId }));
  });

  test('does not move a basket that began without it, nor one that began with another', () => {
    for (const basketId of ids(40)) {
      const begun = assign();
      const first = begun('t', { basketId });
      expect(begun('t', { basketId, customerId: 'c1' })).toEqual(first);
      const named = assign();
      const own = named('t', { basketId, customerId: 'c1' });
      expect(named('t', { basketId, customerId: 'c2' })).toEqual(own);
      expect(named('t', { basketId })).toEqual(own);
      // Another process has not seen the beginning.
      expect(assign()('t', { basketId, customerId: 'c1' })).toEqual(own);
    }
  });
});

test('the key is readable only for its user, and a damaged one is reported instead of replaced', () => {
  const folder = temporaryFolder();
  openHoldout(folder, { share: 0.5 });
  const path = join(folder, 'holdout.key');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  truncateSync(path, 7);
  expect(() => openHoldout(folder, { share: 0.5 })).toThrow(/holdout\.key: wanted a key of 32 bytes, got 7/);
});

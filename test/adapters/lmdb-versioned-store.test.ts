import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDataFolder } from '../../src/adapters/lmdb-data-folder.ts';
import { VERSIONS_MAX } from '../../src/adapters/lmdb-versioned-store.ts';

function openFolder(path = mkdtempSync(join(tmpdir(), 'basketlift-data-'))) {
  const folder = openDataFolder(path);
  onTestFinished(async () => {
    await folder.close();
    rmSync(path, { recursive: true, force: true });
  });
  return { folder, path, rules: folder.rules };
}

test('rules are undefined at first, then numbered from 1, and survive reopening, separately per tenant', async () => {
  const { folder, path, rules } = openFolder();
  expect(rules.current('t')).toBeUndefined();
  expect(await rules.put('t', { exclude: ['A'] })).toEqual({ status: 'stored', version: 1 });
  expect(await rules.put('t', [])).toEqual({ status: 'stored', version: 2 });
  expect(await rules.put('u', null)).toEqual({ status: 'stored', version: 1 });
  await folder.close();
  const again = openFolder(path).rules;
  expect(again.current('t')).toEqual({ version: 2, document: [] });
  expect(again.current('u')).toEqual({ version: 1, document: null });
  expect(again.version('t', 1)).toEqual({ version: 1, document: { exclude: ['A'] } });
  expect(again.version('t', 3)).toBeUndefined();
});

test('of two changes to the same version, one is stored and the other gets the version in force', async () => {
  const { rules } = openFolder();
  const results = await Promise.all([rules.put('t', ['a'], 0), rules.put('t', ['b'], 0)]);
  expect(results).toEqual([
    { status: 'stored', version: 1 },
    { status: 'conflict', version: 1 },
  ]);
  expect(rules.current('t')?.document).toEqual(['a']);
});

test('rules come back as they went in, also with names that mean something to JavaScript', async () => {
  const { rules } = openFolder();
  const odd = JSON.parse('{"__proto__":{"a":1},"constructor":"x","é":[1.5,null,"\\u0000"]}') as unknown;
  await rules.put('t', odd);
  expect(JSON.stringify(rules.current('t')?.document)).toBe(JSON.stringify(odd));
});

test('only the newest versions are kept', async () => {
  const { rules } = openFolder();
  for (let i = 0; i < VERSIONS_MAX + 5; i++) await rules.put('t', i);
  const versions = rules.versions('t');
  expect(versions).toHaveLength(VERSIONS_MAX);
  expect([versions[0], versions.at(-1)]).toEqual([6, VERSIONS_MAX + 5]);
  expect(rules.version('t', 5)).toBeUndefined();
});

test('what JSON cannot hold is refused', async () => {
  const { rules } = openFolder();
  await expect(rules.put('t', undefined)).rejects.toThrow('wanted a JSON value');
});

test('a version from another machine is taken where it is newer, under its own number', async () => {
  const { rules } = openFolder();
  await rules.put('t', ['mine']);
  expect(await rules.adopt('t', { version: 1, document: ['other'] })).toBe(false);
  expect(await rules.adopt('t', { version: 4, document: ['newer'] })).toBe(true);
  expect(rules.current('t')).toEqual({ version: 4, document: ['newer'] });
  expect(await rules.put('t', ['next'], 4)).toEqual({ status: 'stored', version: 5 });
});

test('the position in the changes of other machines survives reopening', async () => {
  const { folder, path } = openFolder();
  expect(folder.busPosition.get()).toBeUndefined();
  const position = { heard: { id: '5-1', era: 'e' }, isAllTold: true, champion: 'v1' };
  await folder.busPosition.put(position);
  await folder.close();
  expect(openFolder(path).folder.busPosition.get()).toEqual(position);
});

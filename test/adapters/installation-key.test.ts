import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { installationKey } from '../../src/adapters/installation-key.ts';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'basketlift-key-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('the first call makes the key, for its user only, and leaves nothing else behind', () => {
  const folder = join(emptyFolder(), 'made');
  const key = installationKey(folder, 'a.key');
  expect(key).toHaveLength(32);
  expect(readdirSync(folder)).toEqual(['a.key']);
  expect(statSync(join(folder, 'a.key')).mode & 0o777).toBe(0o600);
});

test('later calls read the same key and write nothing into the folder', () => {
  const folder = emptyFolder();
  const key = installationKey(folder, 'a.key');
  const before = new Date('2026-01-01T00:00:00Z');
  utimesSync(folder, before, before);
  expect(installationKey(folder, 'a.key')).toEqual(key);
  expect(statSync(folder).mtime).toEqual(before);
});

test('a file that is not a key is refused and left unchanged', () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, 'a.key'), 'short');
  expect(() => installationKey(folder, 'a.key')).toThrow('wanted a key of 32 bytes, got 5');
  expect(statSync(join(folder, 'a.key')).size).toBe(5);
});

import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A secret of this installation, 32 bytes: made at the first call, the same for every process and start ever after, and readable by its
 * user only. A reader sees the whole key or none, because the complete file is linked into place.
 *
 * @throws Error where the file exists but is no key: a new one would silently change what was drawn and named with it
 */
export function installationKey(dataFolder: string, file: string): Buffer {
  const path = join(dataFolder, file);
  if (!existsSync(path)) makeKey(dataFolder, path);
  const key = readFileSync(path);
  if (key.length === 32) return key;
  throw new Error(`${path}: wanted a key of 32 bytes, got ${key.length}. Restore it from a backup.`);
}

function makeKey(dataFolder: string, path: string): void {
  mkdirSync(dataFolder, { recursive: true });
  const fresh = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(fresh, randomBytes(32), { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(fresh, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(fresh);
  }
}

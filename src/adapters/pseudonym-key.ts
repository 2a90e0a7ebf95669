import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Names for customers that only this installation can make: HMAC-SHA-256 under a key of its own, made at the first start
 * and kept readable for its user only.
 */
export function openPseudonyms(dataFolder: string): (tenant: string, customerId: string) => string {
  const key = readOrMakeKey(join(dataFolder, 'pseudonym.key'));
  return (tenant, customerId) => {
    return createHmac('sha256', key).update(`${tenant}\n${customerId}`).digest('base64url').slice(0, 22);
  };
}

function readOrMakeKey(path: string): Buffer {
  try {
    writeFileSync(path, randomBytes(32), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(path);
}

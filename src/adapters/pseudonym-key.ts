import { createHmac } from 'node:crypto';
import { installationKey } from './installation-key.ts';

/** Names for customers that only this installation can make: HMAC-SHA-256 under a key of its own. */
export function openPseudonyms(dataFolder: string): (tenant: string, customerId: string) => string {
  const key = installationKey(dataFolder, 'pseudonym.key');
  return (tenant, customerId) => {
    return createHmac('sha256', key).update(`${tenant}\n${customerId}`).digest('base64url').slice(0, 22);
  };
}

import { createHash, createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installationKey } from './installation-key.ts';

/** The file of a registry that holds the key of its customers' names; a model without it knows no customer. */
export const CUSTOMER_KEY_FILE = 'customers.key';

/** Names customers for the models of one registry. A customer always gets the same name, which cannot be traced back without the key. */
export interface CustomerNames {
  /** Identifies the key without revealing anything of it. */
  readonly keyId: string;
  /** A whole number below 2^52: the first 52 bits of HMAC-SHA-256. Among a million customers, two share one with chance 10^-4. */
  nameOf(customerId: string): number;
}

/** The names of a registry, with a key made at the first call. */
export function openCustomerNames(registryFolder: string): CustomerNames {
  const key = installationKey(registryFolder, CUSTOMER_KEY_FILE);
  return {
    keyId: createHash('sha256').update('key id\n').update(key).digest('hex').slice(0, 16),
    nameOf(customerId) {
      const digest = createHmac('sha256', key).update(customerId).digest();
      return digest.readUIntBE(0, 6) * 16 + (digest[6]! >>> 4);
    },
  };
}

/** The names of a registry that has a key already; undefined where it has none. */
export function findCustomerNames(registryFolder: string): CustomerNames | undefined {
  return existsSync(join(registryFolder, CUSTOMER_KEY_FILE)) ? openCustomerNames(registryFolder) : undefined;
}

import { randomBytes } from 'node:crypto';

/** A random token that replaces a pseudonym in decisions and is kept nowhere else. */
export function newCustomerToken(): string {
  return randomBytes(16).toString('base64url');
}

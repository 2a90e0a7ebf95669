import { randomBytes } from 'node:crypto';

/** What stands in decisions in the place of a pseudonym: drawn for that purpose, kept nowhere else. */
export function newCustomerToken(): string {
  return randomBytes(16).toString('base64url');
}

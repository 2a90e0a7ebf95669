import { hash, randomBytes } from 'node:crypto';

const PREFIX = 'bl_';
const SECRET_BYTES = 32;
const KEY_PATTERN = /^bl_[\w-]{43}$/;
const ID_BYTES = 8;

/** A new key: `bl_` and 256 random bits, 46 characters. Shown once; only its digest is kept. */
export function makeKey(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
}

/** Whether a text has the form of a key, so that nothing longer is ever digested. */
export function isKeyShaped(text: string): boolean {
  return KEY_PATTERN.test(text);
}

/** [32] SHA-256. No slow digest is needed, because a key has enough entropy. */
export function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** The public name of a key: the beginning of its digest, from which nobody can tell the key. */
export function keyIdOf(digest: Buffer): string {
  return digest.toString('hex', 0, ID_BYTES);
}

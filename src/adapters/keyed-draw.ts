import { createHmac } from 'node:crypto';

/** Bytes of the digest that make the draw: 48 bits, which a double holds exactly. */
const DRAW_BYTES = 6;
const DRAWS = 2 ** (8 * DRAW_BYTES);

/** HMAC-SHA-256 of a text as a number in [0, 1): the same in every process, and unpredictable without the key. */
export function keyedDraw(key: Uint8Array, text: string): number {
  return createHmac('sha256', key).update(text).digest().readUIntBE(0, DRAW_BYTES) / DRAWS;
}

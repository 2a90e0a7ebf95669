import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const ID_BYTES = 16;
/** Ids whose random bytes are drawn at once: a draw costs more than all the rest of an id. */
const DRAWN_IDS = 256;

const pool = new Uint8Array(DRAWN_IDS * ID_BYTES);
let used = pool.length;
let lastMs = 0;
let sequence = 0;

/** A UUIDv7; ids made by this process sort in the order of creation. */
export function timeOrderedId(): string {
  const random = drawBytes();
  const nowMs = Date.now();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    // 31 random bits of 32, so that the ids of one millisecond can count up.
    sequence = new DataView(random.buffer, random.byteOffset).getUint32(0) >>> 1;
  } else sequence++;
  return v7({ random, msecs: lastMs, seq: sequence });
}

function drawBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.subarray(used - ID_BYTES, used);
}

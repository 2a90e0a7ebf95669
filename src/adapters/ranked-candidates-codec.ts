import { crc32 } from 'node:zlib';
import type { RankedCandidates } from '../recommender/result-cache.ts';

/** Raise it with every change of the layout below; entries of another version read as absent. */
export const FORMAT_VERSION = 1;

/** More candidates than any ranking keeps; a count above it is not ours. */
const CANDIDATES_MAX = 65_535;

const MAGIC = 0x4c42; // "BL"
const HEADER_BYTES = 12;
const CANDIDATE_BYTES = 16;

/**
 * Layout, little-endian: magic u16, format version u8, zero u8, candidates n u32, CRC-32 of the body u32; then the
 * body: items i32[n], probability f32[n], reasonItem i32[n], reasonShare f32[n].
 *
 * @throws RangeError when the four arrays differ in length or hold more than CANDIDATES_MAX
 */
export function encodeRankedCandidates(candidates: RankedCandidates): Buffer {
  const n = candidates.items.length;
  const { probability, reasonItem, reasonShare } = candidates;
  if (probability.length !== n || reasonItem.length !== n || reasonShare.length !== n) {
    throw new RangeError(
      `ranked candidates: wanted four arrays of one length, got ${n}, ${probability.length}, ${reasonItem.length}, ${reasonShare.length}`,
    );
  }
  if (n > CANDIDATES_MAX) {
    throw new RangeError(`ranked candidates: wanted at most ${CANDIDATES_MAX}, got ${n}`);
  }
  const bytes = Buffer.alloc(encodedBytes(n));
  const body = new DataView(bytes.buffer, bytes.byteOffset + HEADER_BYTES, n * CANDIDATE_BYTES);
  for (let i = 0; i < n; i++) {
    body.setInt32(4 * i, candidates.items[i]!, true);
    body.setFloat32(4 * (n + i), probability[i]!, true);
    body.setInt32(4 * (2 * n + i), reasonItem[i]!, true);
    body.setFloat32(4 * (3 * n + i), reasonShare[i]!, true);
  }
  bytes.writeUInt16LE(MAGIC, 0);
  bytes.writeUInt8(FORMAT_VERSION, 2);
  bytes.writeUInt32LE(n, 4);
  bytes.writeUInt32LE(crc32(bytes.subarray(HEADER_BYTES)), 8);
  return bytes;
}

/**
 * What `encodeRankedCandidates` wrote, in arrays of its own (`bytes` may be reused afterwards); undefined for anything
 * foreign, truncated, damaged or of another format version. Never throws.
 */
export function decodeRankedCandidates(bytes: Uint8Array): RankedCandidates | undefined {
  if (bytes.byteLength < HEADER_BYTES) return undefined;
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const n = header.getUint32(4, true);
  if (
    header.getUint16(0, true) !== MAGIC ||
    header.getUint8(2) !== FORMAT_VERSION ||
    header.getUint8(3) !== 0 ||
    n > CANDIDATES_MAX ||
    bytes.byteLength !== encodedBytes(n) ||
    header.getUint32(8, true) !== crc32(bytes.subarray(HEADER_BYTES))
  ) {
    return undefined;
  }
  const body = new DataView(bytes.buffer, bytes.byteOffset + HEADER_BYTES, n * CANDIDATE_BYTES);
  const items = new Int32Array(n);
  const probability = new Float32Array(n);
  const reasonItem = new Int32Array(n);
  const reasonShare = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    items[i] = body.getInt32(4 * i, true);
    probability[i] = body.getFloat32(4 * (n + i), true);
    reasonItem[i] = body.getInt32(4 * (2 * n + i), true);
    reasonShare[i] = body.getFloat32(4 * (3 * n + i), true);
  }
  return { items, probability, reasonItem, reasonShare };
}

/** Size in bytes of `candidates` encoded; their memory in this process is near it. */
export function encodedBytes(candidates: number): number {
  return HEADER_BYTES + candidates * CANDIDATE_BYTES;
}

import { accessSync, closeSync, constants, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** Offsets in an LMDB meta page, little-endian; a file begins with two such pages. */
const MAGIC_AT = 24;
const PAGE_BYTES_AT = 48;
const META_BYTES = 160;
const MAGIC = 0xbeefc0de;

/**
 * Throws unless LMDB can safely be asked to open the file: lmdb 3.5 ends the process with a segmentation fault, not an error, on a file
 * that is not LMDB's or that it may not write. An absent or empty file is fine: LMDB makes it.
 *
 * @throws Error with the reason alone
 */
export function checkLmdbFile(path: string): void {
  for (const file of [path, `${path}-lock`]) {
    if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
  }
  if (!existsSync(path)) return;
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    if (size === 0) return;
    const first = readMeta(descriptor, 0);
    const pageBytes = first.readUInt32LE(PAGE_BYTES_AT);
    const isSound = isMeta(first) && size >= 2 * pageBytes && isMeta(readMeta(descriptor, pageBytes));
    if (!isSound) throw new Error(`${path} is not an LMDB database, or is damaged`);
  } finally {
    closeSync(descriptor);
  }
}

function readMeta(descriptor: number, at: number): Buffer {
  const meta = Buffer.alloc(META_BYTES);
  readSync(descriptor, meta, 0, META_BYTES, at);
  return meta;
}

function isMeta(page: Buffer): boolean {
  return page.readUInt32LE(MAGIC_AT) === MAGIC;
}

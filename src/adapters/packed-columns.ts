import { crc32 } from 'node:zlib';
import type { Columns, Table } from '../ledger/outcome-columns.ts';
import { OutcomesLost } from '../ledger/outcome-store.ts';

/** Widths a column may have, narrowest first; a column is as narrow as its numbers allow. */
const WIDTHS = [Uint8Array, Uint16Array, Uint32Array, Float64Array] as const;
/** The largest number that each holds. */
const LARGEST = [0xff, 0xffff, 0xffffffff, Number.POSITIVE_INFINITY];
const FLOAT = WIDTHS.length - 1;
/** All numbers equal the base: nothing else is stored. */
const CONSTANT = WIDTHS.length;
/** Width u8, 7 unused bytes, base f64. */
const HEAD_BYTES = 16;
/** CRC-32 of all that follows, rows u32. */
const CRC_BYTES = 4;
const TABLE_HEAD_BYTES = 8;

/**
 * Packs columns of numbers into one buffer, each as its smallest number and the narrowest array that holds the differences exactly.
 *
 * @param count rows of each
 */
export function packColumns(columns: readonly Float64Array[], count: number): Buffer {
  const parts = columns.map((column) => packColumn(column.subarray(0, count)));
  const head = Buffer.alloc(TABLE_HEAD_BYTES - CRC_BYTES);
  head.writeUInt32LE(count, 0);
  return withChecksum([head, ...parts]);
}

/** @param columns how many were packed @throws OutcomesLost */
export function unpackColumns(table: Buffer, columns: number): { count: number; columns: Float64Array[] } {
  const hasOthers = () => new OutcomesLost('an outcomes table does not have the expected columns');
  const checked = checkedBytes(table);
  if (checked.length < TABLE_HEAD_BYTES - CRC_BYTES) throw hasOthers();
  const count = checked.readUInt32LE(0);
  const body = table.subarray(TABLE_HEAD_BYTES);
  const unpacked: Float64Array[] = [];
  let at = 0;
  for (let column = 0; column < columns; column++) {
    if (at + HEAD_BYTES > body.length) throw hasOthers();
    const width = body.readUInt8(at);
    const base = body.readDoubleLE(at + 8);
    at += HEAD_BYTES;
    unpacked.push(unpackColumn(body, at, { width, base, count }));
    at += bytesOf(width, count);
  }
  if (at !== body.length) throw hasOthers();
  return { count, columns: unpacked };
}

/** The bytes with their CRC-32 in front. */
export function withChecksum(parts: readonly Buffer[]): Buffer {
  const packed = Buffer.concat([Buffer.alloc(CRC_BYTES), ...parts]);
  packed.writeUInt32LE(crc32(packed.subarray(CRC_BYTES)), 0);
  return packed;
}

/** Checks the CRC-32 and returns the bytes without it. @throws OutcomesLost */
export function checkedBytes(packed: Buffer): Buffer {
  const bytes = packed.subarray(CRC_BYTES);
  if (packed.length < CRC_BYTES || crc32(bytes) !== packed.readUInt32LE(0))
    throw new OutcomesLost('an outcomes table does not match its checksum');
  return bytes;
}

/** Packs a table's columns of these names, in this order. */
export function packTable<Name extends string>(
  { count, columns }: Table<Name>,
  names: readonly Name[],
): Buffer {
  return packColumns(
    names.map((name) => columns[name]),
    count,
  );
}

/** @param names as they were packed @throws OutcomesLost */
export function unpackTable<Name extends string>(packed: Buffer, names: readonly Name[]): Table<Name> {
  const { count, columns } = unpackColumns(packed, names.length);
  const byName = Object.fromEntries(names.map((name, i) => [name, columns[i]!]));
  return { count, columns: byName as Columns<Name> };
}

function packColumn(column: Float64Array): Buffer {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let isWhole = true;
  for (let i = 0; i < column.length; i++) {
    const value = column[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
    if (!Number.isSafeInteger(value)) isWhole = false;
  }
  const width = widthFor(min, max, isWhole);
  const base = width === FLOAT || column.length === 0 ? 0 : min;
  const packed = Buffer.alloc(HEAD_BYTES + bytesOf(width, column.length));
  packed.writeUInt8(width, 0);
  packed.writeDoubleLE(base, 8);
  if (width === CONSTANT) return packed;
  const numbers = new WIDTHS[width]!(column.length);
  for (let i = 0; i < column.length; i++) numbers[i] = column[i]! - base;
  packed.set(new Uint8Array(numbers.buffer), HEAD_BYTES);
  return packed;
}

function unpackColumn(
  body: Buffer,
  at: number,
  { width, base, count }: { width: number; base: number; count: number },
): Float64Array {
  const column = new Float64Array(count);
  const Numbers = WIDTHS[width];
  if (!Numbers) return column.fill(base);
  const bytes = body.buffer.slice(body.byteOffset + at, body.byteOffset + at + bytesOf(width, count));
  // Copying from a typed array is a loop of the engine; the base is added only where it is not 0.
  column.set(new Numbers(bytes as ArrayBuffer, 0, count));
  if (base !== 0) for (let i = 0; i < count; i++) column[i]! += base;
  return column;
}

function widthFor(min: number, max: number, isWhole: boolean): number {
  if (min >= max) return CONSTANT;
  return isWhole ? LARGEST.findIndex((largest) => max - min <= largest) : FLOAT;
}

/** Rounded up to a multiple of 8, so that the next column's head begins at one. */
function bytesOf(width: number, count: number): number {
  const bytes = (WIDTHS[width]?.BYTES_PER_ELEMENT ?? 0) * count;
  return Math.ceil(bytes / 8) * 8;
}

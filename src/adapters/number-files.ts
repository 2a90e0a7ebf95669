import { endianness } from 'node:os';
import { ModelRejected } from './model-rejected.ts';

/** Numbers as they lie in a file. */
export function bytesOf(values: Int32Array | Float32Array | Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  return swapped(bytes, values.BYTES_PER_ELEMENT);
}

/** @throws ModelRejected when the file ends within a number */
export function integers<Name extends string>(name: Name, files: Record<Name, Uint8Array>): Int32Array {
  return new Int32Array(wholeWords(name, files));
}

/** @throws ModelRejected when the file ends within a number */
export function floats<Name extends string>(name: Name, files: Record<Name, Uint8Array>): Float32Array {
  return new Float32Array(wholeWords(name, files));
}

/** @throws ModelRejected when the file ends within a number of `bytesEach` bytes */
export function wholeWords<Name extends string>(
  name: Name,
  files: Record<Name, Uint8Array>,
  bytesEach = 4,
): ArrayBuffer {
  assertFits(files[name].byteLength % bytesEach === 0, `${name} ends in the middle of a number`);
  return swapped(Uint8Array.from(files[name]), bytesEach).buffer as ArrayBuffer;
}

function swapped(bytes: Uint8Array, bytesEach: number): Uint8Array {
  if (endianness() === 'LE') return bytes;
  const words = Buffer.from(bytes.buffer);
  return bytesEach === 8 ? words.swap64() : words.swap32();
}

/** Rows of ascending columns. @throws ModelRejected where they are out of order or range */
export function checkRows(
  name: string,
  { start, target, weight }: { start: Int32Array; target: Int32Array; weight: ArrayLike<number> },
  rows: number,
  columns: number,
): void {
  checkStarts(`${name}.start.i32`, start, rows, target.length);
  assertFits(weight.length === target.length, `${name} columns differ in length`);
  for (let row = 0; row < rows; row++) {
    let before = -1;
    for (let at = start[row]!; at < start[row + 1]!; at++) {
      const column = target[at]!;
      if (column <= before || column >= columns) reject(`${name}.target.i32 is out of order in row ${row}`);
      before = column;
    }
  }
}

/** @throws ModelRejected where the rows do not follow each other up to `end` */
export function checkStarts(name: string, start: Int32Array, rows: number, end: number): void {
  assertFits(start.length === rows + 1 && start[0] === 0, `${name} does not hold ${rows} rows`);
  assertFits(start.at(-1) === end, `${name} does not end where its columns end`);
  for (let row = 0; row < rows; row++) {
    if (start[row]! > start[row + 1]!) reject(`${name} decreases at row ${row}`);
  }
}

/** @throws ModelRejected where a column is longer or shorter */
export function requireLength(name: string, { length }: Float32Array, wanted: number): void {
  assertFits(length === wanted, `${name} contains ${length} numbers instead of ${wanted}`);
}

/** Whether all are finite, and none is below `least`. */
export function areFinite(values: Float32Array, least = -Number.MAX_VALUE): boolean {
  return areWithin(values, least, Number.MAX_VALUE);
}

/** Whether each is between 0 and 1, as shares, probabilities and ages are. */
export function areShares(values: Float32Array): boolean {
  return areWithin(values, 0, 1);
}

function areWithin(values: Float32Array, least: number, most: number): boolean {
  for (let at = 0; at < values.length; at++) if (!(values[at]! >= least && values[at]! <= most)) return false;
  return true;
}

/** @throws ModelRejected saying what does not hold */
export function assertFits(holds: boolean, what: string): asserts holds {
  if (!holds) reject(what);
}

function reject(what: string): never {
  throw new ModelRejected(`The model's files are inconsistent: ${what}.`);
}

import type { PastBaskets } from './past-baskets.ts';

/** The past baskets that share a product with the present one, each once, with what they share. Scratch of one thread. */
export interface Overlaps {
  /** [found] first line of the past basket, which identifies it, and how many lines it has */
  from: Int32Array;
  lines: Int32Array;
  /** [found] the kernel's weight of the past basket, whatever it is compared with */
  weight: Float64Array;
  /** [found] how many products it shares with the present one, and the sum of their weights */
  shared: Int32Array;
  likeness: Float64Array;
  /** number of valid entries in the columns above */
  count: number;
  /** Written but never read: otherwise the compiler would leave out the look-ups for it. */
  fetched: number;
  /** hash table of which a power of two is in use: 1 + the place in the columns above of the basket hashed there, or 0 */
  table: Int32Array;
}

/** Multiplied by this and cut to the highest bits, neighbouring numbers lie far apart (Knuth 1998, 6.4). */
const FIBONACCI = 0x9e3779b1;

export function createOverlaps(): Overlaps {
  return { ...columnsFor(0), count: 0, fetched: 0, table: new Int32Array(1) };
}

function columnsFor(room: number): Omit<Overlaps, 'count' | 'table' | 'fetched'> {
  return {
    from: new Int32Array(room),
    lines: new Int32Array(room),
    weight: new Float64Array(room),
    shared: new Int32Array(room),
    likeness: new Float64Array(room),
  };
}

/**
 * Leaves in `overlaps` every past basket that one of the basket's products lists. Looks them up in a table as small as the lists, not as
 * large as the past, so that it stays in the processor's cache.
 *
 * @param weight parallel to the lists, the values to keep in `overlaps.weight`
 */
export function findOverlaps(
  { ofItemStart: start, ofItemFrom: from, ofItemLines: lines }: PastBaskets,
  weight: Float64Array,
  basket: Int32Array,
  itemWeight: Float64Array,
  overlaps: Overlaps,
): void {
  let mentions = 0;
  for (let line = 0; line < basket.length; line++) {
    mentions += start[basket[line]! + 1]! - start[basket[line]!]!;
  }
  const shift = clearFor(mentions, overlaps);
  const { table, from: foundFrom, lines: foundLines, weight: foundWeight, shared, likeness } = overlaps;
  const mask = -1 >>> shift;
  let count = 0;
  for (let line = 0; line < basket.length; line++) {
    const item = basket[line]!;
    const share = itemWeight[item]!;
    const end = start[item + 1]!;
    for (let at = start[item]!; at < end; at++) {
      const name = from[at]!;
      let slot = Math.imul(name, FIBONACCI) >>> shift;
      let place = table[slot]!;
      while (place !== 0 && foundFrom[place - 1] !== name) {
        slot = (slot + 1) & mask;
        place = table[slot]!;
      }
      if (place === 0) {
        foundFrom[count] = name;
        foundLines[count] = lines[at]!;
        foundWeight[count] = weight[at]!;
        shared[count] = 1;
        likeness[count] = share;
        table[slot] = ++count;
      } else {
        shared[place - 1]!++;
        likeness[place - 1]! += share;
      }
    }
  }
  overlaps.count = count;
}

/** Empties as much of the table as this many baskets fill at most half; returns the bits to shift a hash by. */
function clearFor(baskets: number, overlaps: Overlaps): number {
  const shift = Math.clz32(2 * baskets);
  const size = 2 ** (32 - shift);
  if (overlaps.table.length < size) {
    Object.assign(overlaps, columnsFor(size), { table: new Int32Array(size) });
  } else {
    overlaps.table.fill(0, 0, size);
  }
  return shift;
}

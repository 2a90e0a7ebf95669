/**
 * Keeps the `limit` largest of the offered (key, item) pairs in a binary min-heap over the given arrays; equal keys
 * prefer the lower item. Returns the new size.
 */
export function offer(
  keys: Float64Array,
  items: Int32Array,
  size: number,
  limit: number,
  key: number,
  item: number,
): number {
  if (size < limit) {
    siftUp(keys, items, size, key, item);
    return size + 1;
  }
  if (size > 0 && isBelow(keys[0]!, items[0]!, key, item)) siftDown(keys, items, size, key, item);
  return size;
}

/** Sorts the heap in place, best first. */
export function sortBestFirst(keys: Float64Array, items: Int32Array, size: number): void {
  for (let last = size - 1; last > 0; last--) {
    const key = keys[last]!;
    const item = items[last]!;
    keys[last] = keys[0]!;
    items[last] = items[0]!;
    siftDown(keys, items, last, key, item);
  }
}

function isBelow(keyA: number, itemA: number, keyB: number, itemB: number): boolean {
  return keyA < keyB || (keyA === keyB && itemA > itemB);
}

function siftUp(keys: Float64Array, items: Int32Array, from: number, key: number, item: number): void {
  let at = from;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBelow(key, item, keys[parent]!, items[parent]!)) break;
    keys[at] = keys[parent]!;
    items[at] = items[parent]!;
    at = parent;
  }
  keys[at] = key;
  items[at] = item;
}

function siftDown(keys: Float64Array, items: Int32Array, size: number, key: number, item: number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && isBelow(keys[child + 1]!, items[child + 1]!, keys[child]!, items[child]!))
      child++;
    if (!isBelow(keys[child]!, items[child]!, key, item)) break;
    keys[at] = keys[child]!;
    items[at] = items[child]!;
    at = child;
  }
  keys[at] = key;
  items[at] = item;
}

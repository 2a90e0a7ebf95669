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

/**
 * Moves the `limit` best of the first `size` pairs to the front, in no order; returns how many there are. Keys are above 0. Meant for a
 * limit that is a large part of the size, where a heap would sift nearly every pair.
 */
export function keepBest(keys: Float64Array, items: Int32Array, size: number, limit: number): number {
  if (size <= limit) return size;
  let from = 0;
  let end = keepLargeClasses(keys, items, size, limit);
  while (end - from > 1) {
    const middle = partition(keys, items, from, end);
    if (middle === limit) break;
    if (middle > limit) end = middle;
    else from = middle;
  }
  return limit;
}

/** How many keys are of each size, in even steps up to the largest. Scratch of one thread. */
const classes = new Int32Array(1024);

/**
 * Moves the classes of the largest keys to the front, as many as hold `limit` pairs; returns how many they hold. It counts because
 * comparisons would be mispredicted half the time.
 */
function keepLargeClasses(keys: Float64Array, items: Int32Array, size: number, limit: number): number {
  let largest = 0;
  for (let at = 0; at < size; at++) if (keys[at]! > largest) largest = keys[at]!;
  const scale = (classes.length - 1) / largest;
  classes.fill(0);
  for (let at = 0; at < size; at++) classes[(keys[at]! * scale) | 0]!++;
  let bound = classes.length - 1;
  for (let held = classes[bound]!; held < limit; held += classes[bound]!) bound--;
  let kept = 0;
  for (let at = 0; at < size; at++) if (((keys[at]! * scale) | 0) >= bound) swap(keys, items, kept++, at);
  return kept;
}

/** Sorts the first `size` pairs in place, best first. */
export function sortBestFirst(keys: Float64Array, items: Int32Array, size: number): void {
  sortRange(keys, items, 0, size);
}

/** Ranges up to this length are sorted by insertion. */
const SHORT = 12;

function sortRange(keys: Float64Array, items: Int32Array, from: number, end: number): void {
  let first = from;
  let last = end;
  while (last - first > SHORT) {
    const middle = partition(keys, items, first, last);
    // The shorter side by recursion, so that the stack stays low.
    if (middle - first < last - middle) {
      sortRange(keys, items, first, middle);
      first = middle;
    } else {
      sortRange(keys, items, middle, last);
      last = middle;
    }
  }
  for (let next = first + 1; next < last; next++) insert(keys, items, first, next);
}

function insert(keys: Float64Array, items: Int32Array, first: number, next: number): void {
  const key = keys[next]!;
  const item = items[next]!;
  let at = next;
  while (at > first && isBelow(keys[at - 1]!, items[at - 1]!, key, item)) {
    keys[at] = keys[at - 1]!;
    items[at] = items[at - 1]!;
    at--;
  }
  keys[at] = key;
  items[at] = item;
}

/**
 * Divides [from, end) at the returned place so that none before it is below any after it, both sides not empty; the pair to divide by is
 * the middle one in size of first, middle and last (Hoare 1961).
 */
function partition(keys: Float64Array, items: Int32Array, from: number, end: number): number {
  const pivot = middleOfThree(keys, items, from, (from + end) >> 1, end - 1);
  const key = keys[pivot]!;
  const item = items[pivot]!;
  let low = from;
  let high = end - 1;
  for (;;) {
    while (isBelow(key, item, keys[low]!, items[low]!)) low++;
    while (isBelow(keys[high]!, items[high]!, key, item)) high--;
    if (low >= high) return Math.max(low, from + 1);
    swap(keys, items, low++, high--);
  }
}

function middleOfThree(keys: Float64Array, items: Int32Array, a: number, b: number, c: number): number {
  const isAOver = isBelow(keys[b]!, items[b]!, keys[a]!, items[a]!);
  const isBOver = isBelow(keys[c]!, items[c]!, keys[b]!, items[b]!);
  if (isAOver === isBOver) return b;
  const isCOver = isBelow(keys[a]!, items[a]!, keys[c]!, items[c]!);
  return isAOver === isCOver ? a : c;
}

function swap(keys: Float64Array, items: Int32Array, a: number, b: number): void {
  const key = keys[a]!;
  const item = items[a]!;
  keys[a] = keys[b]!;
  items[a] = items[b]!;
  keys[b] = key;
  items[b] = item;
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

/** Bytes of a basket's digest: two of a hundred million baskets share one with chance 10^-13. */
export const BASKET_KEY_BYTES = 12;
const WORDS = BASKET_KEY_BYTES / 4;
const SLOTS_MIN = 1_024;
const EMPTY = 0xffffffff;

/**
 * Rows of baskets by the digests of their ids: a hash table in flat arrays with linear probing, 32 to 64 bytes a basket.
 * Rows count from 0 in the order in which baskets are added.
 */
export class BasketIndex {
  #count = 0;
  #keys = new Uint32Array(SLOTS_MIN * WORDS);
  #rows = new Uint32Array(SLOTS_MIN).fill(EMPTY);

  get count(): number {
    return this.#count;
  }

  /** Adds a basket that is not there yet; returns its row. */
  add(key: Buffer): number {
    if (2 * (this.#count + 1) > this.#rows.length) this.#grow();
    const [a, b, c] = wordsOf(key);
    this.#put(a, b, c, this.#count);
    return this.#count++;
  }

  find(key: Buffer): number | undefined {
    const [a, b, c] = wordsOf(key);
    const row = this.#rows[this.#slotOf(a, b, c)]!;
    return row === EMPTY ? undefined : row;
  }

  /** The slot of the key, or the free one where it would be. */
  #slotOf(a: number, b: number, c: number): number {
    const mask = this.#rows.length - 1;
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      if (this.#rows[slot] === EMPTY) return slot;
      const at = slot * WORDS;
      if (this.#keys[at] === a && this.#keys[at + 1] === b && this.#keys[at + 2] === c) return slot;
    }
  }

  #put(a: number, b: number, c: number, row: number): void {
    const slot = this.#slotOf(a, b, c);
    this.#keys.set([a, b, c], slot * WORDS);
    this.#rows[slot] = row;
  }

  #grow(): void {
    const keys = this.#keys;
    const rows = this.#rows;
    this.#keys = new Uint32Array(2 * keys.length);
    this.#rows = new Uint32Array(2 * rows.length).fill(EMPTY);
    for (let slot = 0; slot < rows.length; slot++) {
      if (rows[slot] === EMPTY) continue;
      const at = slot * WORDS;
      this.#put(keys[at]!, keys[at + 1]!, keys[at + 2]!, rows[slot]!);
    }
  }
}

function wordsOf(key: Buffer): [number, number, number] {
  return [key.readUInt32LE(0), key.readUInt32LE(4), key.readUInt32LE(8)];
}

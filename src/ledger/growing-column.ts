type Numbers = Float64Array | Int32Array;

/** Numbers appended one by one. They take only their bytes: the garbage collector has nothing to walk through. */
export class GrowingColumn<Column extends Numbers = Numbers> {
  #values: Column;
  #length = 0;

  /** @param empty tells the kind of number, such as `new Int32Array(0)` */
  constructor(empty: Column) {
    this.#values = empty;
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length++] = value;
  }

  /** Adds to the number at a place, which is 0 until then. */
  increase(at: number, by: number): void {
    while (at >= this.#values.length) this.#grow();
    this.#length = Math.max(this.#length, at + 1);
    this.#values[at]! += by;
  }

  /** @param at below `length` */
  get(at: number): number {
    return this.#values[at]!;
  }

  /** All numbers so far; valid until the next is appended. */
  view(): Column {
    return this.#values.subarray(0, this.#length) as Column;
  }

  #grow(): void {
    const before = this.#values;
    const size = Math.max(1024, before.length * 2);
    this.#values = (before instanceof Int32Array ? new Int32Array(size) : new Float64Array(size)) as Column;
    this.#values.set(before);
  }
}

type Numbers = Float64Array | Int32Array;

/** Numbers appended one by one, at the cost of their bytes: nothing that the garbage collector has to walk through. */
export class GrowingColumn {
  #values: Numbers;
  #length = 0;

  /** @param empty tells the kind of number, such as `new Int32Array(0)` */
  constructor(empty: Numbers) {
    this.#values = empty;
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length++] = value;
  }

  /** @param at below `length` */
  get(at: number): number {
    return this.#values[at]!;
  }

  #grow(): void {
    const before = this.#values;
    const size = Math.max(1024, before.length * 2);
    this.#values = before instanceof Int32Array ? new Int32Array(size) : new Float64Array(size);
    this.#values.set(before);
  }
}

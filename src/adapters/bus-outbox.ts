import type { SharedChange } from '../recommender/shared-change.ts';
import { type BusOperation, encodeOperation, operationsOf, type StockOperation } from './bus-wire.ts';

/** Operations sent together under one number, so that they count once however often the batch is sent. */
export interface Batch {
  readonly number: number;
  /** Each as JSON, see encodeOperation. */
  readonly operations: readonly string[];
  /** When the oldest of it was made, in the time given to `add`. */
  readonly sinceMs: number;
}

interface Waiting {
  readonly operation: BusOperation;
  readonly sinceMs: number;
}

/** Rows in one batch: about 2 ms of Redis's time. */
const BATCH_MAX = 250;

/**
 * Changes still to be sent, in order. Waiting statements about one product are merged. Changes of the quantity on hand are not: each has
 * its own time, which decides whether it counts.
 */
export class BusOutbox {
  readonly #operationsMax: number;
  readonly #waiting = new Map<number, Waiting>();
  /** Number of the newest waiting statement of each product. */
  readonly #newest = new Map<string, number>();
  #underWay: Batch | undefined;
  #added = 0;
  #batches = 0;
  #dropped = 0;
  #mustTellAll = false;

  /** @param operationsMax operations that wait at most; further ones are given up and counted */
  constructor(operationsMax: number) {
    this.#operationsMax = operationsMax;
  }

  get size(): number {
    return this.#waiting.size + (this.#underWay?.operations.length ?? 0);
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Whether nothing waits, and nothing was given up that is not yet told again. */
  get isAllTold(): boolean {
    return this.size === 0 && !this.#mustTellAll;
  }

  /** When the oldest change still to be sent was made; undefined when there is none. */
  get sinceMs(): number | undefined {
    if (this.#underWay) return this.#underWay.sinceMs;
    for (const { sinceMs } of this.#waiting.values()) return sinceMs;
    return undefined;
  }

  /** Whether changes were given up since the last call: then all that is held here has to be told again. */
  takeMustTellAll(): boolean {
    const must = this.#mustTellAll;
    this.#mustTellAll = false;
    return must;
  }

  add(change: SharedChange, nowMs: number): void {
    for (const operation of operationsOf(change)) {
      if (operation.kind === 'stock' && this.#joins(operation)) continue;
      if (this.#waiting.size >= this.#operationsMax) this.#drop(1);
      else this.#waiting.set(this.#keep(operation), { operation, sinceMs: nowMs });
    }
  }

  /** The batch to send now: the same one until it is settled or given up; undefined when nothing waits. */
  next(): Batch | undefined {
    if (this.#underWay || this.#waiting.size === 0) return this.#underWay;
    const operations: string[] = [];
    const sinceMs = this.sinceMs!;
    for (const [number, { operation }] of this.#waiting) {
      if (operations.length === BATCH_MAX) break;
      operations.push(encodeOperation(operation));
      this.#waiting.delete(number);
      if (operation.kind === 'stock' && this.#newest.get(keyOf(operation)) === number)
        this.#newest.delete(keyOf(operation));
    }
    this.#underWay = { number: ++this.#batches, operations, sinceMs };
    return this.#underWay;
  }

  /** The batch under way was taken. @param unread operations of it that nobody can read, however often they are told */
  settle(unread: number): void {
    this.#dropped += unread;
    this.#underWay = undefined;
  }

  /** The batch under way will never be taken. */
  giveUp(): void {
    this.#drop(this.#underWay?.operations.length ?? 0);
    this.#underWay = undefined;
  }

  #keep(operation: BusOperation): number {
    const number = ++this.#added;
    if (operation.kind === 'stock') this.#newest.set(keyOf(operation), number);
    return number;
  }

  #joins(operation: StockOperation): boolean {
    const waiting = this.#waiting.get(this.#newest.get(keyOf(operation)) ?? -1)?.operation;
    if (waiting?.kind !== 'stock' || waiting.change || operation.change) return false;
    // A row told again adds nothing to a statement that waits already.
    if (waiting.isOld !== operation.isOld) return operation.isOld;
    waiting.row = operation.row;
    waiting.figures = [...new Set([...waiting.figures, ...operation.figures])];
    return true;
  }

  #drop(count: number): void {
    this.#dropped += count;
    if (count > 0) this.#mustTellAll = true;
  }
}

function keyOf({ tenant, row: { storeId, productId } }: StockOperation): string {
  return JSON.stringify([tenant, storeId, productId]);
}

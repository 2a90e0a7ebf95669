import { Problem } from './problem.ts';

/** What was folded from the ledger, and as of when. */
export interface Folded<Value> {
  readonly value: Value;
  /** Epoch ms at which the ledger was read; what came later may be missing. */
  readonly asOfMs: number;
}

export interface FoldCacheOptions<Value> {
  readonly nowMs: () => number;
  /** Age from which a value is folded again in the background while it is still answered with. */
  readonly ageMsMax: number;
  /** What a value weighs, and all that are kept at most; those not asked for longest go first. */
  readonly weigh: (value: Value) => number;
  readonly weightMax: number;
  /** Each fold in the background that failed; the value before it stays. */
  readonly onTrouble: (error: unknown) => void;
}

/** Folds that wait for their turn at most. */
const WAITING_MAX = 2;
/** Failures remembered at most. */
const FAILED_MAX = 100;

/**
 * Folds that take long and that many questions share. Only the first question after a start waits for its fold; later ones are
 * answered from what is there, however old, which the answer states. One fold at a time; one in the background that failed is tried
 * again when it would have been old, one that is waited for at the next question, as it may go on from where it was.
 */
export class FoldCache<Value> {
  readonly #options: FoldCacheOptions<Value>;
  /** Least lately asked for first. */
  readonly #kept = new Map<string, Folded<Value>>();
  readonly #underWay = new Map<string, Promise<Folded<Value>>>();
  /** When the last fold of a key failed. */
  readonly #failedAtMs = new Map<string, number>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: FoldCacheOptions<Value>) {
    this.#options = options;
  }

  /**
   * @param fold gives itself a deadline; called at most once at a time for a key
   * @throws Problem 'busy' (rejects) when too many folds wait already, and what `fold` rejects with
   */
  async get(key: string, fold: () => Promise<Value>): Promise<Folded<Value>> {
    const kept = this.#kept.get(key);
    if (!kept) return this.#start(key, fold);
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const { nowMs, ageMsMax, onTrouble } = this.#options;
    const triedAtMs = Math.max(kept.asOfMs, this.#failedAtMs.get(key) ?? Number.NEGATIVE_INFINITY);
    if (nowMs() - triedAtMs > ageMsMax && this.#underWay.size === 0) this.#start(key, fold).catch(onTrouble);
    return kept;
  }

  #start(key: string, fold: () => Promise<Value>): Promise<Folded<Value>> {
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    if (this.#underWay.size > WAITING_MAX) {
      const detail = `Wanted at most ${WAITING_MAX} folds of the ledger that wait; ask again in a moment.`;
      return Promise.reject(new Problem('busy', detail, { retryAfterS: 5 }));
    }
    const folding = this.#last.then(async () => {
      const asOfMs = this.#options.nowMs();
      const folded = { value: await fold(), asOfMs };
      this.#keep(key, folded);
      return folded;
    });
    this.#underWay.set(key, folding);
    this.#last = folding
      .then(
        () => this.#failedAtMs.delete(key),
        () => this.#fail(key),
      )
      .finally(() => this.#underWay.delete(key));
    return folding;
  }

  #fail(key: string): void {
    if (this.#failedAtMs.size >= FAILED_MAX) this.#failedAtMs.clear();
    this.#failedAtMs.set(key, this.#options.nowMs());
  }

  #keep(key: string, folded: Folded<Value>): void {
    const { weigh, weightMax } = this.#options;
    this.#kept.delete(key);
    this.#kept.set(key, folded);
    let weight = 0;
    for (const { value } of this.#kept.values()) weight += weigh(value);
    for (const [oldest, { value }] of this.#kept) {
      if (weight <= weightMax || oldest === key) return;
      this.#kept.delete(oldest);
      weight -= weigh(value);
    }
  }
}

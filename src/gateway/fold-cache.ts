import { LRUCache } from 'lru-cache';
import { Problem } from './problem.ts';

/** What was folded from the ledger, and as of when. */
export interface Folded<Value> {
  readonly value: Value;
  /** Epoch ms at which the ledger was read; what came later may be missing. */
  readonly asOfMs: number;
}

export interface FoldCacheOptions<Value> {
  readonly nowMs: () => number;
  /** From this age on a value is folded again in the background, while answers still use it. */
  readonly ageMsMax: number;
  /** For how long a failed first fold is not tried again; 0 where a new try goes on from where it was. */
  readonly failureMsMax: number;
  /** What a value weighs, a whole number from 1, and the most that all kept values may weigh; those asked for least recently go first. */
  readonly weigh: (value: Value) => number;
  readonly weightMax: number;
  /** Called for each fold in the background that failed; the value before it stays. */
  readonly onTrouble: (error: unknown) => void;
}

/** Most folds that wait for their turn. */
const WAITING_MAX = 2;
/** Most failures remembered. */
const FAILED_MAX = 100;

/**
 * Slow folds that many questions share. Only the first question for a key waits for its fold. Later ones get the value that is there,
 * however old; the answer states its age. One fold at a time. A fold in the background that failed is tried again after `ageMsMax`.
 */
export class FoldCache<Value> {
  readonly #options: FoldCacheOptions<Value>;
  readonly #kept: LRUCache<string, Folded<Value>>;
  readonly #underWay = new Map<string, Promise<Folded<Value>>>();
  /** By key: the failure of its last fold. */
  readonly #failed = new Map<string, { readonly error: unknown; readonly atMs: number }>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: FoldCacheOptions<Value>) {
    this.#options = options;
    const { weigh, weightMax } = options;
    // A cache does not keep what is larger than itself, but the newest value stays, whatever it weighs.
    const sizeCalculation = ({ value }: Folded<Value>) => Math.min(weigh(value), weightMax);
    this.#kept = new LRUCache({ maxSize: weightMax, sizeCalculation });
  }

  /**
   * @param fold gives itself a deadline; called at most once at a time for a key
   * @throws Problem 'busy' (rejects) when too many folds wait already, and what `fold` rejects with
   */
  async get(key: string, fold: () => Promise<Value>): Promise<Folded<Value>> {
    const kept = this.#kept.get(key);
    const failure = this.#failed.get(key);
    const { nowMs, ageMsMax, failureMsMax, onTrouble } = this.#options;
    if (!kept && failure && nowMs() - failure.atMs < failureMsMax) throw failure.error;
    if (!kept) return this.#start(key, fold);
    const triedAtMs = Math.max(kept.asOfMs, failure?.atMs ?? kept.asOfMs);
    if (nowMs() - triedAtMs > ageMsMax && this.#underWay.size === 0) this.#start(key, fold).catch(onTrouble);
    return kept;
  }

  #start(key: string, fold: () => Promise<Value>): Promise<Folded<Value>> {
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    if (this.#underWay.size > WAITING_MAX) {
      const detail = `Wanted at most ${WAITING_MAX} waiting folds of the ledger; ask again in a moment.`;
      return Promise.reject(new Problem('busy', detail, { retryAfterS: 5 }));
    }
    const folding = this.#last.then(async () => {
      const asOfMs = this.#options.nowMs();
      const folded = { value: await fold(), asOfMs };
      this.#kept.set(key, folded);
      return folded;
    });
    this.#underWay.set(key, folding);
    this.#last = folding
      .then(
        () => this.#failed.delete(key),
        (error) => this.#fail(key, error),
      )
      .finally(() => this.#underWay.delete(key));
    return folding;
  }

  #fail(key: string, error: unknown): void {
    if (this.#failed.size >= FAILED_MAX) this.#failed.clear();
    this.#failed.set(key, { error, atMs: this.#options.nowMs() });
  }
}

import type { SharedChange } from '../recommender/shared-change.ts';
import type { BusOutbox } from './bus-outbox.ts';

export interface BusRetellingOptions {
  readonly outbox: BusOutbox;
  /** All that this machine knows; may throw where the disk cannot be read. */
  readonly all: () => Iterable<SharedChange>;
  /** Called when something was put into the outbox. */
  readonly onAdded: () => void;
  readonly onTrouble: (error: Error) => void;
}

/** The outbox is filled up to this many changes. */
const TOLD_AT_ONCE = 1_000;
/** Changes read at once, and read ones that wait to be told at most. */
const READ_AT_ONCE = 10;
const READ_MAX = 200;
/**
 * How long what was read from the disk waits. It already holds changes that are still on their way here from the process that took them;
 * those are told first, so that Redis does not add them a second time.
 */
const TELL_MS = 1_000;
const READ_EVERY_MS = 50;
/** Pause after a failed reading: twice as long after each in a row, up to a limit. */
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 300_000;

/** Tells again all that a machine knows, a little at a time. A disk that cannot be read is reported, and read again from the start later. */
export class BusRetelling {
  readonly #options: BusRetellingOptions;
  readonly #read: { readonly change: SharedChange; readonly readAtMs: number }[] = [];
  #unread: Iterator<SharedChange> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #isStopped = false;

  constructor(options: BusRetellingOptions) {
    this.#options = options;
  }

  /** Whether something is still to be read or put into the outbox; what `stop` cut off stays so. */
  get isUnderWay(): boolean {
    return this.#unread !== undefined || this.#read.length > 0;
  }

  /** Begins, or begins again. */
  start(): void {
    // A reader of Redis may still be at work when the bus is closed, and the disk that `all` reads may be closed too.
    if (this.#isStopped) return;
    this.#unread = begunLater(this.#options.all);
    this.#read.length = 0;
    this.#timer ??= setInterval(() => this.#goOn(), READ_EVERY_MS).unref();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  #goOn(): void {
    const nowMs = performance.now();
    try {
      this.#readOn(nowMs);
    } catch (cause) {
      this.#startLater(cause);
      return;
    }
    this.#tellRead(nowMs);
    if (!this.isUnderWay) {
      this.#failures = 0;
      this.#endTimer();
    }
  }

  #readOn(nowMs: number): void {
    for (let at = 0; this.#unread && at < READ_AT_ONCE && this.#read.length < READ_MAX; at++) {
      const { done, value } = this.#unread.next();
      if (done) this.#unread = undefined;
      else this.#read.push({ change: value, readAtMs: nowMs });
    }
  }

  /** Puts what was read long enough ago into the outbox. */
  #tellRead(nowMs: number): void {
    const { outbox, onAdded } = this.#options;
    while (this.#read.length > 0 && this.#read[0]!.readAtMs + TELL_MS <= nowMs && outbox.size < TOLD_AT_ONCE)
      outbox.add(this.#read.shift()!.change, nowMs);
    onAdded();
  }

  /** An iterator that has thrown is at its end, so all is read again. */
  #startLater(cause: unknown): void {
    this.#endTimer();
    const inMs = Math.min(RETRY_MS * 2 ** this.#failures++, RETRY_MS_MAX);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.start();
    }, inMs).unref();
    const message = `what this machine knows could not be read to tell it the others; it is read again in ${inMs / 1000} s`;
    this.#options.onTrouble(new Error(message, { cause }));
  }

  #endTimer(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** Nothing is read, and nothing can fail, before the first of them is asked for. */
function* begunLater<Item>(items: () => Iterable<Item>): Generator<Item> {
  yield* items();
}

export interface WriteBehindOptions<Value> {
  /** Entries not yet written at most; more are refused. */
  readonly entriesMax: number;
  /** Milliseconds an entry waits for company before it is written. */
  readonly delayMs: number;
  /** Milliseconds until a write that failed is tried again. */
  readonly retryMs: number;
  /** Entries handed to one `write`. */
  readonly batchMax: number;
  /** Writes a batch durably; when it rejects, the batch is tried again later. */
  readonly write: (batch: readonly (readonly [key: string, value: Value])[]) => Promise<void>;
  /** Called for each write that failed without anybody waiting for it. */
  readonly onTrouble: (error: Error) => void;
}

/** Entries written in batches some time after they were offered; a later value of a key replaces one still waiting. */
export class WriteBehind<Value> {
  readonly #options: WriteBehindOptions<Value>;
  #waiting = new Map<string, Value>();
  #underWay = new Map<string, Value>();
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: WriteBehindOptions<Value>) {
    this.#options = options;
  }

  /** Entries not yet written. */
  get size(): number {
    return this.#waiting.size + this.#underWay.size;
  }

  /** The newest value not yet written. */
  get(key: string): Value | undefined {
    return this.#waiting.get(key) ?? this.#underWay.get(key);
  }

  /** False when full or closed, and then the value is not kept. */
  offer(key: string, value: Value): boolean {
    if (this.#isClosed) return false;
    if (this.size >= this.#options.entriesMax && !this.#waiting.has(key)) return false;
    this.#waiting.set(key, value);
    this.#timer ??= this.#schedule(this.#options.delayMs);
    return true;
  }

  /** Writes all offered so far; rejects with the error of the write that failed, whose entries are kept. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.catch(() => {}).then(() => this.#writeAll());
    return this.#writing;
  }

  /** Flushes, then refuses what is offered. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.flush().catch(this.#options.onTrouble);
    clearTimeout(this.#timer);
  }

  async #writeAll(): Promise<void> {
    if (this.#waiting.size === 0) return;
    this.#underWay = this.#waiting;
    this.#waiting = new Map();
    const entries = [...this.#underWay];
    try {
      for (let i = 0; i < entries.length; i += this.#options.batchMax) {
        const batch = entries.slice(i, i + this.#options.batchMax);
        await this.#options.write(batch);
        for (const [key] of batch) this.#underWay.delete(key);
      }
    } catch (error) {
      this.#takeBack();
      throw error;
    }
  }

  /** What failed comes first again, except where a newer value waits. */
  #takeBack(): void {
    for (const [key, value] of this.#waiting) this.#underWay.set(key, value);
    this.#waiting = this.#underWay;
    this.#underWay = new Map();
    this.#timer ??= this.#schedule(this.#options.retryMs).unref();
  }

  #schedule(inMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.flush().catch(this.#options.onTrouble);
    }, inMs);
  }
}

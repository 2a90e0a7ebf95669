import { backoffMs, type LiveConnectionOptions } from './live-connection.ts';
import type { Answer, LiveBasket } from './live-protocol.ts';
import type { RegisterConnection } from './register.ts';

export interface PracticeConnectionOptions
  extends Pick<LiveConnectionOptions, 'onAnswer' | 'onStatus' | 'lastSeq'> {
  /** Asks the gateway what to offer with a basket that nobody buys. */
  readonly ask: (basket: LiveBasket) => Promise<Omit<Answer, 'seq'>>;
  /** Rejects while the gateway does not answer this page. */
  readonly check: () => Promise<unknown>;
}

/** The connection of a register that sells nothing: it asks for suggestions, and what happens with them is told to nobody. */
export class PracticeConnection implements RegisterConnection {
  readonly #options: PracticeConnectionOptions;
  #basket: LiveBasket | null = null;
  #seq: number;
  #failures = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PracticeConnectionOptions) {
    this.#options = options;
    this.#seq = options.lastSeq ?? 0;
  }

  get seq(): number {
    return this.#seq;
  }

  start(): void {
    this.#options.onStatus('connecting');
    this.retryNow();
  }

  stop(): void {
    clearTimeout(this.#retryTimer);
    this.close();
  }

  retryNow(): void {
    clearTimeout(this.#retryTimer);
    this.#options.check().then(
      () => this.#answered(),
      () => this.#retryLater(),
    );
  }

  show(basket: LiveBasket): void {
    this.#basket = basket;
    const seq = ++this.#seq;
    if (basket.basket.length > 0) void this.#ask(basket, seq);
  }

  record(): void {}

  close(): void {
    this.#basket = null;
    this.#seq++;
  }

  #answered(): void {
    this.#options.onStatus('connected');
    if (this.#basket) this.show(this.#basket);
    else this.#failures = 0;
  }

  #retryLater(): void {
    this.#options.onStatus('offline');
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.retryNow(), backoffMs(this.#failures++, Math.random()));
  }

  /** An answer to anything but the newest basket is dropped. */
  async #ask(basket: LiveBasket, seq: number): Promise<void> {
    const { ask, onAnswer, onStatus } = this.#options;
    try {
      const answer = await ask(basket);
      if (seq !== this.#seq) return;
      this.#failures = 0;
      onStatus('connected');
      onAnswer({ ...answer, seq });
    } catch {
      if (seq === this.#seq) this.#retryLater();
    }
  }
}

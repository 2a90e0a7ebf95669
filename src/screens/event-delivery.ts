import type { EventQueue } from './event-queue.ts';
import type { BasketEvent, EventResult } from './live-protocol.ts';

/** The gateway understood the request and will never accept it, so sending it again is pointless. */
export class EventsRefused extends Error {}

export interface EventDeliveryOptions {
  readonly queue: EventQueue;
  readonly postEvents: (events: readonly BasketEvent[]) => Promise<readonly EventResult[]>;
  readonly onSettled: (result: EventResult) => void;
  /** How long an event sent over the socket may stay unacknowledged before it is posted. */
  readonly acknowledgeMs?: number;
}

const inFlightMax = 32;
const batchMax = 100;

/** Delivers every queued event to the gateway: over the socket while there is one, otherwise by POST. */
export class EventDelivery {
  readonly #options: EventDeliveryOptions;
  readonly #inFlight = new Set<string>();
  #send: ((event: BasketEvent) => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isPosting = false;
  #batchSize = batchMax;

  constructor(options: EventDeliveryOptions) {
    this.#options = options;
  }

  record(event: BasketEvent): void {
    this.#options.queue.add(event);
    if (this.#send) this.#fill();
    else void this.post();
  }

  /** @param send sends an event over the socket that is now ready; null if the socket is gone */
  useSocket(send: ((event: BasketEvent) => void) | null): void {
    this.#send = send;
    this.#inFlight.clear();
    clearTimeout(this.#timer);
    if (send) this.#fill();
  }

  settle(result: EventResult): void {
    this.#inFlight.delete(result.id);
    this.#options.queue.settle(result.id);
    this.#options.onSettled(result);
    if (this.#send) this.#fill();
  }

  /** Posts queued events until none are left or the gateway does not answer. */
  async post(): Promise<void> {
    if (this.#isPosting) return;
    this.#isPosting = true;
    try {
      while (await this.#postBatch()) {
        // Another batch is waiting.
      }
    } finally {
      this.#isPosting = false;
    }
  }

  stop(): void {
    this.useSocket(null);
  }

  async #postBatch(): Promise<boolean> {
    const batch = this.#options.queue.pending.slice(0, this.#batchSize);
    if (batch.length === 0) return false;
    try {
      const results = await this.#options.postEvents(batch);
      for (const result of results) this.settle(result);
      this.#batchSize = batchMax;
      return results.length > 0;
    } catch (error) {
      if (!(error instanceof EventsRefused)) return false;
      // One bad event must not hold up the others: find it by sending them one at a time.
      if (batch.length > 1) this.#batchSize = 1;
      else this.settle({ id: batch[0]!.id, status: 'rejected', reason: error.message });
      return true;
    }
  }

  #fill(): void {
    for (const event of this.#options.queue.pending) {
      if (this.#inFlight.size >= inFlightMax) break;
      if (this.#inFlight.has(event.id)) continue;
      this.#inFlight.add(event.id);
      this.#send?.(event);
    }
    clearTimeout(this.#timer);
    if (this.#inFlight.size > 0) this.#timer = setTimeout(() => this.#giveUpOnSocket(), this.#patienceMs);
  }

  #giveUpOnSocket(): void {
    void this.post().then(() => {
      if (this.#send && this.#options.queue.size > 0) this.useSocket(this.#send);
    });
  }

  get #patienceMs(): number {
    return this.#options.acknowledgeMs ?? 5000;
  }
}

import { DAY_MS } from '../ledger/instant.ts';
import type { Batch, BusOutbox } from './bus-outbox.ts';
import { pauseAfterFailure } from './pause-after-failure.ts';
import { BUS_KEYS, BUS_SCRIPT, senderKey } from './redis-bus-script.ts';
import type { RedisConnection } from './redis-connection.ts';
import { settleWithin } from './settle-within.ts';

export interface BusSenderOptions {
  readonly client: RedisConnection;
  readonly outbox: BusOutbox;
  /** Unique to this process: its batches are numbered from 1. */
  readonly origin: string;
  /** Entries kept in the stream, about. */
  readonly streamMax: number;
  readonly deadlineMs: number;
  /** Called before each batch: checks whether changes were given up, so that all is told again. */
  readonly noticeDropped: () => void;
  readonly onTrouble: (error: Error) => void;
}

const REFUSAL_SECONDS = DAY_MS / 1000;
const REFUSALS_MAX = 50_000;
const CHANGE_ID_SECONDS = (3 * DAY_MS) / 1000;
/** About 160 bytes of Redis each. */
const CHANGE_IDS_MAX = 500_000;
/** Times that Redis itself may refuse a batch before it is given up: it would hold up all that follow. */
const REFUSED_MAX = 10;

/**
 * Sends the outbox, one batch at a time: what comes meanwhile goes together into the next. A batch whose answer is missing
 * is sent again until there is one, and counts once.
 */
export class RedisBusSender {
  readonly #options: BusSenderOptions;
  readonly #keys: readonly string[];
  #isAtWork = false;
  #isClosed = false;
  #failures = 0;
  #refusals = 0;

  constructor(options: BusSenderOptions) {
    this.#options = options;
    this.#keys = [...Object.values(BUS_KEYS), senderKey(options.origin)];
  }

  /** Whether the last batch was taken. */
  get isWell(): boolean {
    return this.#failures === 0;
  }

  /** Call when something waits, or Redis is back. */
  wake(): void {
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    void this.#sendAll().finally(() => {
      this.#isAtWork = false;
    });
  }

  close(): void {
    this.#isClosed = true;
  }

  async #sendAll(): Promise<void> {
    const { client, outbox, noticeDropped, onTrouble } = this.#options;
    for (;;) {
      if (this.#isClosed || client.status !== 'ready') return;
      try {
        noticeDropped();
        const batch = outbox.next();
        if (!batch) return;
        const unread = await this.#send(batch);
        outbox.settle(unread);
        if (unread > 0)
          onTrouble(new Error(`Redis could not parse ${unread} of ${batch.operations.length} changes`));
        this.#failures = 0;
        this.#refusals = 0;
      } catch (error) {
        await this.#failed(error as Error);
      }
    }
  }

  /** Resolves with the number of operations that were left out. */
  #send({ number, operations }: Batch): Promise<number> {
    const { client, origin, streamMax, deadlineMs } = this.#options;
    const limits = [streamMax, REFUSAL_SECONDS, REFUSALS_MAX, CHANGE_ID_SECONDS, CHANGE_IDS_MAX];
    const answer = client.eval(
      BUS_SCRIPT,
      this.#keys.length,
      ...this.#keys,
      number,
      origin,
      ...limits,
      ...operations,
    ) as Promise<number>;
    return settleWithin(answer, deadlineMs, 'Redis, when sent changes');
  }

  async #failed(error: Error): Promise<void> {
    const { client, outbox, onTrouble } = this.#options;
    if (this.#isClosed) return;
    this.#failures++;
    onTrouble(error);
    if (/^(ERR|WRONGTYPE) /.test(error.message) && ++this.#refusals >= REFUSED_MAX) {
      outbox.giveUp();
      this.#refusals = 0;
    }
    await pauseAfterFailure(client, error, this.#failures);
  }
}

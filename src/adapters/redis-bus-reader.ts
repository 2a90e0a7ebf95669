import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { SharedChange } from '../recommender/shared-change.ts';
import { parseChanges } from './bus-wire.ts';
import { pauseAfterFailure, RETRY_MS } from './pause-after-failure.ts';
import { BUS_KEYS } from './redis-bus-script.ts';
import { readBusState } from './redis-bus-state.ts';
import type { RedisConnection } from './redis-connection.ts';
import { settleWithin } from './settle-within.ts';

/** Where a reader is: the newest entry it has heard, and the history of entries to which that belongs. */
export interface BusPosition {
  /** '' before the first. */
  readonly id: string;
  readonly era: string;
}

export interface BusReaderOptions {
  /** For this reader alone: it blocks there waiting for entries. */
  readonly client: RedisConnection;
  /** The sender on this machine: the refusals it told are known here, while stock, rules and champion come back as results. */
  readonly origin: string;
  readonly from: BusPosition | undefined;
  readonly deadlineMs: number;
  /** Longest wait for an entry, ms; also how often to check whether Redis has lost its memory. */
  readonly blockMs: number;
  readonly hear: (changes: readonly SharedChange[]) => Promise<void>;
  /** Called when Redis no longer holds all that was told: what is known here has to be told again. */
  readonly tellAll: () => void;
  readonly onTrouble: (error: Error) => void;
  readonly nowMs: () => number;
}

type Entry = readonly [id: string, fields: readonly string[]];

const ENTRIES_AT_ONCE = 100;
/** Rows heard without letting other work of this thread in between: about a millisecond. */
const ROWS_AT_ONCE = 500;

/**
 * Reads the stream from its last position. Each entry names the one before. If that is not the one heard last, the stream was trimmed or
 * Redis lost its memory, and the state is read instead.
 */
export class RedisBusReader {
  readonly #options: BusReaderOptions;
  /** The newest entry of ours, and the newest of any. */
  #heard: BusPosition | undefined;
  #readTo: string;
  #isBehind = true;
  #rowsHeard = 0;
  #upToDateAt: number;
  #hasRead = false;
  #isClosed = false;
  #failures = 0;
  skipped = 0;
  resyncs = 0;

  constructor(options: BusReaderOptions) {
    this.#options = options;
    this.#heard = options.from;
    this.#readTo = options.from?.id || '0-0';
    this.#upToDateAt = options.nowMs();
  }

  /** Whether Redis answered the last question. */
  get isWell(): boolean {
    return this.#hasRead && this.#failures === 0;
  }

  get position(): BusPosition | undefined {
    return this.#heard;
  }

  /** Milliseconds since all entries were last known here; 0 while it waits for the next one. */
  get lagMs(): number {
    return this.#isBehind ? this.#options.nowMs() - this.#upToDateAt : 0;
  }

  /** Reads until `close`. Never rejects. */
  async run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        if (this.#options.client.status !== 'ready') {
          this.#isNowBehind();
          await pause(RETRY_MS, undefined, { ref: false });
          continue;
        }
        await this.#read();
        this.#hasRead = true;
        this.#failures = 0;
      } catch (error) {
        await this.#failed(error as Error);
      }
    }
  }

  close(): void {
    this.#isClosed = true;
  }

  async #read(): Promise<void> {
    if (!this.#heard) await this.#resync();
    const entries = await this.#next(!this.#isBehind);
    for (const entry of entries) {
      if (!(await this.#hear(entry))) return;
      this.#readTo = entry[0];
    }
    // Entries may have come between the two questions: only when there still are none was something lost.
    if (entries.length === 0 && !(await this.#isAtEnd()) && (await this.#next(false)).length === 0)
      return this.#resync();
    if (entries.length === ENTRIES_AT_ONCE) this.#isNowBehind();
    else this.#isBehind = false;
  }

  /** Entries after the last one read. */
  async #next(waits: boolean): Promise<readonly Entry[]> {
    const { client, blockMs } = this.#options;
    const from = [BUS_KEYS.stream, this.#readTo] as const;
    const answer = waits
      ? client.xread('COUNT', ENTRIES_AT_ONCE, 'BLOCK', blockMs, 'STREAMS', ...from)
      : client.xread('COUNT', ENTRIES_AT_ONCE, 'STREAMS', ...from);
    const streams = await this.#within(answer, waits ? blockMs : 0);
    return (streams as [string, Entry[]][] | null)?.[0]?.[1] ?? [];
  }

  /** False when the state was read instead; entries read after this one are then void. */
  async #hear([id, fields]: Entry): Promise<boolean> {
    const after = fieldOf(fields, 'after');
    const json = fieldOf(fields, 'changes');
    const changes = json === undefined || after === undefined ? undefined : parseChanges(json);
    if (!changes) this.skipped++;
    // An entry that is not ours is not part of the chain.
    if (after === undefined) return true;
    if (after !== this.#heard!.id) {
      await this.#resync();
      return false;
    }
    const isOwn = fieldOf(fields, 'sender') === this.#options.origin;
    const news = (changes ?? []).filter(({ kind }) => !isOwn || kind !== 'refusal');
    if (news.length > 0) await this.#options.hear(news);
    this.#heard = { ...this.#heard!, id };
    await this.#letOthersIn(news);
    return true;
  }

  async #letOthersIn(heard: readonly SharedChange[]): Promise<void> {
    for (const change of heard) this.#rowsHeard += change.kind === 'stock' ? change.rows.length : 1;
    if (this.#rowsHeard < ROWS_AT_ONCE) return;
    this.#rowsHeard = 0;
    await nextTurn();
  }

  async #isAtEnd(): Promise<boolean> {
    const heard = this.#heard!;
    const [last, era] = await this.#within(this.#options.client.mget(BUS_KEYS.last, BUS_KEYS.era));
    if ((last ?? '') !== heard.id) return false;
    this.#heard = { id: heard.id, era: era ?? '' };
    return true;
  }

  /** Reads the state, then goes on from the entry that was newest before that. */
  async #resync(): Promise<void> {
    const { client, hear, tellAll } = this.#options;
    const before = this.#heard;
    this.#isNowBehind();
    const [last, era] = await this.#within(client.mget(BUS_KEYS.last, BUS_KEYS.era));
    const skipped = await readBusState({ client, hear, within: (answer) => this.#within(answer) });
    this.skipped += skipped;
    this.resyncs++;
    this.#heard = { id: last ?? '', era: era ?? '' };
    this.#readTo = last ?? '0-0';
    const isLost = before?.era !== this.#heard.era || isBefore(this.#heard.id, before.id);
    if (isLost) tellAll();
  }

  #within<Value>(answer: Promise<Value>, moreMs = 0): Promise<Value> {
    return settleWithin(answer, this.#options.deadlineMs + moreMs, 'Redis, when asked for changes');
  }

  #isNowBehind(): void {
    if (!this.#isBehind) this.#upToDateAt = this.#options.nowMs();
    this.#isBehind = true;
  }

  async #failed(error: Error): Promise<void> {
    if (this.#isClosed) return;
    this.#isNowBehind();
    this.#options.onTrouble(error);
    await pauseAfterFailure(this.#options.client, error, ++this.#failures);
  }
}

function fieldOf(fields: readonly string[], name: string): string | undefined {
  const at = fields.findIndex((field, place) => place % 2 === 0 && field === name);
  return at < 0 ? undefined : fields[at + 1];
}

/** Whether an entry's id comes before another's. */
function isBefore(id: string, other: string): boolean {
  const [ms = 0, n = 0] = id.split('-').map(Number);
  const [otherMs = 0, otherN = 0] = other.split('-').map(Number);
  return ms < otherMs || (ms === otherMs && n < otherN);
}

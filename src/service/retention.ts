import type { LmdbLapses } from '../adapters/lmdb-lapses.ts';
import type { LmdbRetention } from '../adapters/lmdb-retention.ts';
import type { Log } from '../gateway/telemetry-port.ts';
import { DAY_MS, HOUR_MS } from '../ledger/instant.ts';
import { repeat } from './repeat.ts';

export interface RetentionOptions {
  readonly folder: {
    readonly retention: Pick<LmdbRetention, 'forgetCandidates'>;
    readonly lapses: Pick<LmdbLapses, 'lapse'>;
  };
  /** Days for which candidates that were not suggested are kept; for ever when absent. */
  readonly candidatesDays: number | undefined;
  /** Days for which a customer whom nothing names stays known; for ever when absent. */
  readonly customersDays: number | undefined;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** Something that forgets what is too old. */
interface Chore {
  readonly days: number | undefined;
  /** How soon after the start it is done, and then how often. */
  readonly firstMs: number;
  readonly everyMs: number;
  /** @returns how much was forgotten, as fields of a log line; undefined for nothing */
  forget(beforeMs: number, isWanted: () => boolean): Promise<object | undefined>;
  readonly done: string;
  readonly failed: string;
}

/** Forgets, now and then, what is too old. Of several processes on one data folder, whichever looks first does it. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #ends: (() => void)[] = [];
  readonly #underWay = new Map<Chore, Promise<void>>();
  #isStopping = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  start(): void {
    for (const chore of [candidatesChore(this.#options), customersChore(this.#options)]) {
      const { days } = chore;
      if (days !== undefined) this.#ends.push(repeat(() => this.#look(chore, days), chore));
    }
  }

  /** Resolves when nothing is under way any more. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const end of this.#ends) end();
    await Promise.all(this.#underWay.values());
  }

  /** Never rejects. */
  #look(chore: Chore, days: number): Promise<void> {
    const looking = this.#forget(chore, days).catch((err) => this.#options.log.warn({ err }, chore.failed));
    this.#underWay.set(chore, looking);
    return looking;
  }

  async #forget(chore: Chore, days: number): Promise<void> {
    const { nowMs, log } = this.#options;
    const forgotten = await chore.forget(nowMs() - days * DAY_MS, () => !this.#isStopping);
    if (forgotten) log.info({ ...forgotten, days }, chore.done);
  }
}

function candidatesChore({ folder, candidatesDays }: RetentionOptions): Chore {
  return {
    days: candidatesDays,
    firstMs: 10_000,
    everyMs: HOUR_MS,
    async forget(beforeMs, isWanted) {
      const decisions = await folder.retention.forgetCandidates(beforeMs, isWanted);
      return decisions > 0 ? { decisions } : undefined;
    },
    done: 'removed the candidates that were not suggested from old decisions',
    failed: 'could not remove the candidates that were not suggested from old decisions yet',
  };
}

function customersChore({ folder, customersDays, nowMs }: RetentionOptions): Chore {
  return {
    days: customersDays,
    firstMs: 60_000,
    everyMs: DAY_MS,
    async forget(beforeMs, isWanted) {
      const lapses = await folder.lapses.lapse(beforeMs, nowMs(), isWanted);
      return lapses.customers > 0 ? lapses : undefined;
    },
    done: 'forgot customers who have not been named for a long time',
    failed: 'could not forget customers who have not been named for a long time yet',
  };
}

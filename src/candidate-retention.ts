import type { LmdbRetention } from './adapters/lmdb-retention.ts';
import type { Log } from './gateway/telemetry-port.ts';
import { DAY_MS } from './ledger/instant.ts';
import { repeat } from './repeat.ts';

export interface CandidateRetentionOptions {
  readonly retention: Pick<LmdbRetention, 'forgetCandidates'>;
  /** Days for which candidates are kept; for ever when absent. */
  readonly days: number | undefined;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** How soon after the start, and then how often, what is too old is forgotten. */
const FIRST_MS = 10_000;
const EVERY_MS = 3_600_000;

/** Forgets, now and then, which candidates old decisions passed over. Of several processes on one data folder whichever looks first. */
export class CandidateRetention {
  readonly #options: CandidateRetentionOptions;
  #end: (() => void) | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(options: CandidateRetentionOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#options.days !== undefined)
      this.#end = repeat(() => this.look(), { firstMs: FIRST_MS, everyMs: EVERY_MS });
  }

  /** Resolves when nothing is under way any more. Never rejects. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#end?.();
    await this.#looking;
  }

  /** Never rejects. */
  look(): Promise<void> {
    this.#looking = this.#forget().catch((err) =>
      this.#options.log.warn({ err }, 'candidates that are too old are not forgotten yet'),
    );
    return this.#looking;
  }

  async #forget(): Promise<void> {
    const { retention, days, nowMs, log } = this.#options;
    if (days === undefined) return;
    const decisions = await retention.forgetCandidates(nowMs() - days * DAY_MS, () => !this.#isStopping);
    if (decisions > 0)
      log.info({ decisions, days }, 'candidates that old decisions passed over are forgotten');
  }
}

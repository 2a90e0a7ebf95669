import { commitInSteps } from './commit-in-steps.ts';
import type { LmdbDecisions } from './lmdb-decisions.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';

/** Decisions changed by one transaction: about a millisecond of this thread. */
const STEP_DECISIONS = 100;

/** Forgets the part of the ledger that is not kept for ever. Its space is used again: the file gets no smaller, a `backup` does. */
export class LmdbRetention {
  readonly #decisions: Pick<LmdbDecisions, 'forgetPassedOver'>;
  readonly #commits: LmdbGroupCommit;

  constructor(decisions: Pick<LmdbDecisions, 'forgetPassedOver'>, commits: LmdbGroupCommit) {
    this.#decisions = decisions;
    this.#commits = commits;
  }

  /**
   * Forgets the candidates that were not suggested in all decisions from before a time, in steps between which others have their turn.
   * Resolves to the number of decisions when that is on disk. Suggestions and their chances stay, so that only the off-policy report
   * changes.
   *
   * @param isWanted asked before each step; false ends the work
   * @throws EventStoreUnavailable (rejects); what is left is forgotten by calling again
   */
  forgetCandidates(beforeMs: number, isWanted: () => boolean): Promise<number> {
    const forget = (max: number) => this.#decisions.forgetPassedOver(beforeMs, max);
    return commitInSteps(this.#commits, STEP_DECISIONS, forget, isWanted);
  }
}

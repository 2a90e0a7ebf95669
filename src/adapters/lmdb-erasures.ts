import { randomBytes } from 'node:crypto';
import type { LmdbDecisions } from './lmdb-decisions.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';

/** What an erasure did. */
export interface Erasure {
  /** Decisions in which the pseudonym was replaced; 0 for a customer of whom there are none, or none any more. */
  readonly decisionsChanged: number;
}

/** Decisions changed by one transaction: about a millisecond of this thread. */
const STEP_DECISIONS = 50;

/**
 * Erasure of customers. In the ledger a customer is a pseudonym; an erasure replaces it in all decisions by one random
 * token, drawn for that purpose and then dropped, so that reports still know one customer from another and nothing leads
 * from the token to a person. What is kept of the id is a digest of its pseudonym, which only this installation can make.
 *
 * It cannot be taken back: whatever names the customer later is kept as that of somebody unknown.
 */
export class LmdbErasures {
  readonly #decisions: LmdbDecisions;
  readonly #commits: LmdbGroupCommit;
  readonly #pseudonymise: (tenant: string, customerId: string) => string;
  readonly #flush: () => Promise<void>;

  /** @param flush writes the decisions that wait for the disk in this process */
  constructor(
    decisions: LmdbDecisions,
    commits: LmdbGroupCommit,
    pseudonymise: (tenant: string, customerId: string) => string,
    flush: () => Promise<void>,
  ) {
    this.#decisions = decisions;
    this.#commits = commits;
    this.#pseudonymise = pseudonymise;
    this.#flush = flush;
  }

  /**
   * Whether the customer was erased, by any process: a hash and a look into LMDB's memory map, a few microseconds. True from
   * the beginning of the erasure on; another process's counts from this process's next turn.
   */
  isErased(tenant: string, customerId: string): boolean {
    return this.#decisions.isErased(tenant, this.#pseudonymise(tenant, customerId));
  }

  /**
   * Resolves when it is on disk. The work is proportional to the customer's decisions, in steps between which others have
   * their turn. Erasing again, or somebody of whom there is nothing, is no error; a failed erasure is finished by calling again, or
   * by `finishAll`. Until then decisions of one customer may carry both names.
   *
   * @throws EventStoreUnavailable (rejects)
   */
  async erase(tenant: string, customerId: string, nowMs: number): Promise<Erasure> {
    const customer = this.#pseudonymise(tenant, customerId);
    await this.#flush();
    const token = randomBytes(16).toString('base64url');
    await this.#commits.commit(1, () => this.#decisions.markErased(tenant, customer, token, nowMs));
    return { decisionsChanged: await this.#replace(this.#decisions.keyOf(tenant, customer)) };
  }

  /** Finishes erasures that a crash or a full disk has cut short. @throws EventStoreUnavailable (rejects) */
  async finishAll(): Promise<void> {
    for (const customer of this.#decisions.erasedCustomers().underWay) await this.#replace(customer);
  }

  /** Customers erased, and those of them that are not finished. */
  count(): { readonly erased: number; readonly unfinished: number } {
    const { total, underWay } = this.#decisions.erasedCustomers();
    return { erased: total, unfinished: underWay.length };
  }

  async #replace(customer: readonly [string, string]): Promise<number> {
    for (let total = 0; ; ) {
      const changed = await this.#commits.commit(STEP_DECISIONS, () =>
        this.#decisions.replaceErased(customer, STEP_DECISIONS),
      );
      total += changed;
      if (changed < STEP_DECISIONS) return total;
    }
  }
}

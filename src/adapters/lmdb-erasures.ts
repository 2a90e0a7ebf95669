import { commitInSteps } from './commit-in-steps.ts';
import { newCustomerToken } from './customer-token.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';
import type { CustomerKey, LmdbNamedCustomers } from './lmdb-named-customers.ts';

/** What an erasure did. */
export interface Erasure {
  /** Decisions in which the pseudonym was replaced; 0 when none names the customer, or none does any more. */
  readonly decisionsChanged: number;
}

/** Decisions changed by one transaction: about a millisecond of this thread. */
const STEP_DECISIONS = 50;

/**
 * Erasure of customers. In the ledger a customer is a pseudonym; an erasure replaces it in all decisions by one random token, drawn for
 * that purpose and then dropped. So reports still tell customers apart, and nothing leads from the token to a person. All that is kept of
 * the id is a digest of its pseudonym, which only this installation can make.
 *
 * It cannot be undone: a later decision that names the customer is kept as that of somebody unknown.
 */
export class LmdbErasures {
  readonly #customers: LmdbNamedCustomers;
  readonly #commits: LmdbGroupCommit;
  readonly #pseudonymise: (tenant: string, customerId: string) => string;
  readonly #flush: () => Promise<void>;

  /** @param flush writes the decisions that wait for the disk in this process */
  constructor(
    customers: LmdbNamedCustomers,
    commits: LmdbGroupCommit,
    pseudonymise: (tenant: string, customerId: string) => string,
    flush: () => Promise<void>,
  ) {
    this.#customers = customers;
    this.#commits = commits;
    this.#pseudonymise = pseudonymise;
    this.#flush = flush;
  }

  /**
   * Whether the customer was erased, by any process: a hash and a look into LMDB's memory map, a few microseconds. True from the beginning
   * of the erasure on; one by another process counts from this process's next turn of the event loop.
   */
  isErased(tenant: string, customerId: string): boolean {
    return this.#customers.isErased(this.#keyOf(tenant, customerId));
  }

  /**
   * Resolves when it is on disk. The work is proportional to the customer's decisions and done in steps, between which others have their
   * turn. Erasing a customer again, or one of whom nothing is kept, is not an error. A failed erasure is finished by calling again or by
   * `finishAll`; until then decisions of one customer may carry both names.
   *
   * @throws EventStoreUnavailable (rejects)
   */
  async erase(tenant: string, customerId: string, nowMs: number): Promise<Erasure> {
    const customer = this.#keyOf(tenant, customerId);
    await this.#flush();
    const token = newCustomerToken();
    await this.#commits.commit(1, () => this.#customers.markErased(customer, token, nowMs));
    return { decisionsChanged: await this.#replace(customer) };
  }

  /** Finishes erasures that a crash or a full disk has cut short. @throws EventStoreUnavailable (rejects) */
  async finishAll(): Promise<void> {
    for (const customer of this.#customers.erasedCustomers().underWay) await this.#replace(customer);
  }

  /** Number of erased customers, and of those whose erasure is unfinished. */
  count(): { readonly erased: number; readonly unfinished: number } {
    const { total, underWay } = this.#customers.erasedCustomers();
    return { erased: total, unfinished: underWay.length };
  }

  #keyOf(tenant: string, customerId: string): CustomerKey {
    return this.#customers.keyOf(tenant, this.#pseudonymise(tenant, customerId));
  }

  #replace(customer: CustomerKey): Promise<number> {
    const replace = (max: number) => this.#customers.replaceErased(customer, max);
    return commitInSteps(this.#commits, STEP_DECISIONS, replace);
  }
}

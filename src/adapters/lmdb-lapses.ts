import { setImmediate as nextTurn } from 'node:timers/promises';
import { DAY_MS } from '../ledger/instant.ts';
import { commitInSteps } from './commit-in-steps.ts';
import { newCustomerToken } from './customer-token.ts';
import type { LmdbGroupCommit } from './lmdb-group-commit.ts';
import type { CustomerKey, DueCustomer, LmdbNamedCustomers } from './lmdb-named-customers.ts';

/** What one call of `lapse` did. */
export interface Lapses {
  readonly customers: number;
  /** In which the pseudonym was replaced. */
  readonly decisions: number;
}

/** Decisions changed by one transaction: about a millisecond of this thread. */
const STEP_DECISIONS = 50;
/** Decisions looked at between two turns of the event loop. */
const LOOK_DECISIONS = 50;
/** How long entries of lapses are kept for a roll-up to follow: with one report a month it need not be made anew. */
const ENTRY_DAYS = 35;
const STEP_ENTRIES = 500;

/**
 * Customers whom no decision has named for long are forgotten automatically: as in an erasure, a random token replaces the pseudonym in all
 * decisions. But not for good: a customer who comes back is a new one, of whom nothing is known, and may lapse again.
 */
export class LmdbLapses {
  readonly #customers: LmdbNamedCustomers;
  readonly #commits: LmdbGroupCommit;

  constructor(customers: LmdbNamedCustomers, commits: LmdbGroupCommit) {
    this.#customers = customers;
    this.#commits = commits;
  }

  /**
   * Lets all customers lapse whose decisions are all from before a time; resolves when it is on disk. Several processes may do so at once:
   * whether a customer is due is checked again inside the transaction. Somebody named while the lapse is under way is still the old
   * customer.
   *
   * @param isWanted asked before each step; `finishAll` finishes a lapse that is cut short
   * @throws EventStoreUnavailable (rejects); what is left is done by calling again, or by `finishAll`
   */
  async lapse(beforeMs: number, nowMs: number, isWanted: () => boolean): Promise<Lapses> {
    const done = { customers: 0, decisions: 0 };
    for await (const due of this.#findDue(beforeMs, isWanted)) {
      const lapsed = await this.#lapseSome(due, { beforeMs, nowMs }, isWanted);
      done.customers += lapsed.customers;
      done.decisions += lapsed.decisions;
    }
    const entriesBeforeMs = nowMs - ENTRY_DAYS * DAY_MS;
    const drop = (max: number) => this.#customers.dropLapsed(entriesBeforeMs, max);
    await commitInSteps(this.#commits, STEP_ENTRIES, drop, isWanted);
    return done;
  }

  /** Finishes lapses that a crash or a full disk has cut short. @throws EventStoreUnavailable (rejects) */
  async finishAll(): Promise<void> {
    for (const customer of this.#customers.lapsingCustomers()) await this.#finish(customer);
  }

  /** Lapses that are not finished. */
  unfinished(): number {
    return this.#customers.lapsingCustomers().length;
  }

  /** Customers who are due, in groups with about as many decisions as one transaction changes. */
  async *#findDue(beforeMs: number, isWanted: () => boolean): AsyncGenerator<DueCustomer[]> {
    let due: DueCustomer[] = [];
    let decisions = 0;
    let looked = 0;
    this.#customers.refresh();
    for (const found of this.#customers.findDue(beforeMs)) {
      if (found) due.push(found);
      else if (++looked % LOOK_DECISIONS === 0) {
        await nextTurn();
        this.#customers.refresh();
      }
      if (!isWanted()) return;
      decisions += found?.decisions ?? 0;
      if (decisions < STEP_DECISIONS) continue;
      yield due;
      [due, decisions] = [[], 0];
    }
    if (due.length > 0) yield due;
  }

  async #lapseSome(
    due: readonly DueCustomer[],
    { beforeMs, nowMs }: { readonly beforeMs: number; readonly nowMs: number },
    isWanted: () => boolean,
  ): Promise<Lapses> {
    const named = due.map((one) => ({ one, token: newCustomerToken() }));
    const lapsed = await this.#commits.commit(STEP_DECISIONS, () =>
      named
        .filter(({ one, token }) => this.#customers.markLapsing(one, token, beforeMs, nowMs))
        .map(({ one: { customer } }) => {
          return { customer, changed: this.#customers.replaceLapsing(customer, STEP_DECISIONS) };
        }),
    );
    let decisions = 0;
    for (const { customer, changed } of lapsed) {
      decisions += changed;
      if (changed === STEP_DECISIONS) decisions += await this.#finish(customer, isWanted);
    }
    return { customers: lapsed.length, decisions };
  }

  #finish(customer: CustomerKey, isWanted?: () => boolean): Promise<number> {
    const replace = (max: number) => this.#customers.replaceLapsing(customer, max);
    return commitInSteps(this.#commits, STEP_DECISIONS, replace, isWanted);
  }
}

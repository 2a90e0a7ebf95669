import type { Contest, ContestRefusal, Settlement } from './contest.ts';

/** The contests of each tenant, durable. Several processes may share it. */
export interface ContestStore {
  /** In the order of their ids. MUST hold what every process has committed. */
  contests(tenant: string): readonly Contest[];

  contest(tenant: string, id: string): Contest | undefined;

  /**
   * Adds a contest; resolves once on disk. False, with nothing stored, when there are CONTESTS_MAX already.
   *
   * @throws EventStoreUnavailable (rejects), as the other writes
   */
  add(tenant: string, contest: Contest): Promise<boolean>;

  /**
   * Changes a contest by what is then there, with no other change between. `change` MUST be a pure function, as it may run
   * twice; nothing is kept when it refuses. Resolves once on disk, with undefined when there is no such contest.
   */
  change(
    tenant: string,
    id: string,
    change: (contest: Contest) => Contest | ContestRefusal,
  ): Promise<Contest | ContestRefusal | undefined>;

  /**
   * Settles a contest and stores the result's text for ever; resolves once on disk. Undefined, with nothing stored, when the contest has
   * changed since it was `seen`.
   */
  settle(tenant: string, seen: Contest, settlement: Settlement, result: string): Promise<Contest | undefined>;

  /** Text of a settled contest's result. */
  result(tenant: string, id: string): string | undefined;
}

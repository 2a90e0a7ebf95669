import type { ClosedPeriod } from './pay-statement.ts';

/** A tenant's plans as they were last put, in the form of the wire. */
export interface VersionedPlans {
  /** 1 for the first, then one more each time. */
  readonly version: number;
  readonly plans: unknown;
}

/** Plans and closed pay periods of each tenant, durable. Several processes may share it. */
export interface CommissionStore {
  /** undefined where none were ever put. */
  plans(tenant: string): VersionedPlans | undefined;

  /**
   * Resolves with the new version once on disk, or undefined when `expectedVersion` is no longer the current one.
   *
   * @throws EventStoreUnavailable (rejects), as does close
   */
  replacePlans(
    tenant: string,
    plans: unknown,
    expectedVersion: number | undefined,
  ): Promise<number | undefined>;

  /** In order of period, each read when it is asked for: one may be large. MUST hold what every process has committed. */
  closings(tenant: string): Iterable<ClosedPeriod>;

  closing(tenant: string, period: string): ClosedPeriod | undefined;

  newestClosing(tenant: string): ClosedPeriod | undefined;

  /** Without reading what was paid. */
  newestClosedPeriod(tenant: string): string | undefined;

  /**
   * Keeps a closed period for ever; resolves once on disk. False, and nothing kept, when the newest closed period is not
   * the one whose hash `closing.previousHash` states.
   */
  close(tenant: string, closing: ClosedPeriod): Promise<boolean>;
}

import type { ClosedPeriod } from './pay-statement.ts';

/** A tenant's plans as last stored, in wire format. */
export interface VersionedPlans {
  /** 1 for the first, then one more each time. */
  readonly version: number;
  readonly plans: unknown;
}

/** A closed period as stored. */
export interface SealedPeriod {
  readonly period: string;
  /** The one before it; undefined for the first. */
  readonly previous: string | undefined;
  /** The ClosedPeriod as JSON in UTF-8. */
  readonly json: Uint8Array;
}

/** Plans and closed pay periods of each tenant, durable. Several processes may share it. */
export interface CommissionStore {
  /** undefined where none were ever stored. */
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

  /** In order of period; each is read on demand, because one may be large. MUST include what any process has committed. */
  closings(tenant: string): Iterable<ClosedPeriod>;

  closing(tenant: string, period: string): ClosedPeriod | undefined;

  newestClosing(tenant: string): ClosedPeriod | undefined;

  /** Without reading what was paid. */
  newestClosedPeriod(tenant: string): string | undefined;

  /** Stores a closed period for ever; resolves once on disk. False, with nothing stored, when the period closed last is not `previous`. */
  close(tenant: string, sealed: SealedPeriod): Promise<boolean>;
}

import type { ContestRules } from '../../src/ledger/contest.ts';

/** A month of a contest without a handicap, all but who takes part. */
export const CONTEST_RULES: Omit<ContestRules, 'teams'> = {
  metric: 'attachRate',
  currency: 'EUR',
  from: '2026-05-01',
  to: '2026-05-31',
  timeZone: 'UTC',
  dayEnds: 4,
  minimumBaskets: 1,
  handicap: 'none',
  splitMinutes: 30,
  returnDays: 14,
  ownCustomers: [],
};

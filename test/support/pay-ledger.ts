import type { CommissionPlan } from '../../src/ledger/commission-plan.ts';
import { Corrections } from '../../src/ledger/corrections.ts';
import { sumByDay } from '../../src/ledger/day-sums.ts';
import { PayBook, type PayTerms } from '../../src/ledger/pay-book.ts';
import type { ClosedPeriod, PayStatement } from '../../src/ledger/pay-statement.ts';
import { upsellsOf } from '../../src/ledger/upsells.ts';
import { columnsOf } from './columns-of.ts';
import { type BookEntry, filledBook } from './filled-book.ts';

/** Half of the revenue, for everybody, in euros. */
export const HALF: CommissionPlan = {
  id: 'half',
  from: '2026-01',
  currency: 'EUR',
  rates: [{ of: 'revenue', basisPoints: 5000 }],
};

/** The pay that a ledger comes to; days are those of UTC unless the terms say otherwise. */
export function payBook(
  entries: readonly BookEntry[],
  {
    closings = [],
    ...terms
  }: Partial<Omit<PayTerms, 'closings'>> & { readonly closings?: readonly ClosedPeriod[] } = {},
): PayBook {
  const ledger = filledBook(entries);
  const all = {
    plans: [HALF],
    closings,
    corrections: new Corrections(),
    calendar: { offsetMs: () => 0, dayEndsAtHour: 0 },
    categoryOf: () => undefined,
    ...terms,
  };
  const paid = closings.flatMap(({ statements }) => statements.flatMap((statement) => statement.entries));
  for (const entry of paid) all.corrections.addPaid(entry);
  const book = new PayBook(all);
  const columns = columnsOf(ledger);
  book.addDays(sumByDay(columns, all.calendar), columns.names);
  for (const accepted of ledger.acceptances())
    for (const upsell of upsellsOf(accepted)) book.addUpsell(upsell);
  book.settle();
  if (all.corrections.isUntold) for (const entry of paid) all.corrections.tellPaid(entry);
  return book;
}

/** A period closed with these statements; its hash is its own name. */
export function closing(
  period: string,
  statements: readonly PayStatement[],
  changes: Partial<ClosedPeriod> = {},
): ClosedPeriod {
  return {
    period,
    timeZone: 'UTC',
    dayEnds: 0,
    plansVersion: 1,
    plans: [HALF],
    categories: [],
    statements,
    closedAtMs: 0,
    previousHash: null,
    hash: period,
    ...changes,
  };
}

import { createHash } from 'node:crypto';
import { businessDay, nextMonth, periodName } from '../ledger/business-calendar.ts';
import type { CommissionStore, SealedPeriod } from '../ledger/commission-store.ts';
import { type ClosedPeriod, type PayStatement, sealText } from '../ledger/pay-statement.ts';
import { Problem } from './problem.ts';
import type { ReportSource } from './report-source.ts';
import { type PaySource, plansInForce, readOpenPay } from './run-commission.ts';
import { zoneCalendar } from './zone-calendar.ts';

/** Most entries of one period: a closed period is stored and read as a whole. */
const ENTRIES_MAX = 200_000;

/** What closing a period stores, as bytes for the thread that stores it: the text takes long to make. */
export interface SealedPay {
  /** Version of the plans that it was computed by. */
  readonly plansVersion: number;
  readonly sealed: SealedPeriod;
}

/** What closing a period needs. */
export interface ClosingSource extends Pick<ReportSource, 'tenant'> {
  readonly commissions: CommissionStore;
  /** As sealPay. */
  readonly sealedPayOf: (period: string) => Promise<SealedPay | undefined>;
}

/** Closes a period that is over, in the order of periods; one that is closed already stays as it is. @throws as sealPay */
export async function closeCommissions(source: ClosingSource, period: string): Promise<void> {
  const made = await source.sealedPayOf(period);
  if (made === undefined) return;
  if (plansInForce(source).version !== made.plansVersion) {
    throw new Problem('conflict', 'The plans were changed in the meantime; close the period again.');
  }
  if (await source.commissions.close(source.tenant, made.sealed)) return;
  throw new Problem('conflict', `A period was closed in the meantime; ask for ${period} again.`);
}

/**
 * What closing a period would store; undefined for one that is closed already.
 *
 * @throws Problem where it cannot be closed, and what `pause` rejects with
 */
export async function sealPay(source: PaySource, period: string): Promise<SealedPay | undefined> {
  const { commissions, tenant, nowMs, categories } = source;
  const newest = commissions.newestClosing(tenant);
  if (commissions.closing(tenant, period)) return undefined;
  const { timeZone, dayEnds } = plansInForce(source).document;
  const today = businessDay(zoneCalendar(timeZone, dayEnds), nowMs);
  requireClosable(period, periodName(today, 'month'), newest?.period);
  const { pay: open, firstEarned, plans } = await readOpenPay(source, { period });
  if (!newest) requireFirst(period, firstEarned, open.statements.length > 0);
  const { unpaid: _, ...pay } = open;
  const unsealed = {
    ...pay,
    plans,
    // Those that the pay was computed by, whichever catalogue is in service by now.
    categories: paidCategories(pay.statements, categories),
    closedAtMs: nowMs,
    previousHash: newest?.hash ?? null,
  };
  const closed: ClosedPeriod = { ...unsealed, hash: sealOf(unsealed) };
  const json = new TextEncoder().encode(JSON.stringify(closed));
  return { plansVersion: pay.plansVersion, sealed: { period, previous: newest?.period, json } };
}

/** SHA-256 of all of a closed period but its hash, in hexadecimal. */
export function sealOf(closed: Parameters<typeof sealText>[0]): string {
  return createHash('sha256').update(sealText(closed)).digest('hex');
}

/** @throws Problem 'too-much' when there are more entries than are stored as a whole */
function paidCategories(
  statements: readonly PayStatement[],
  categories: ReportSource['categories'],
): ClosedPeriod['categories'] {
  const entries = statements.flatMap((statement) => statement.entries);
  if (entries.length > ENTRIES_MAX) {
    throw new Problem(
      'too-much',
      `Wanted at most ${ENTRIES_MAX} entries in a period; this one has ${entries.length}.`,
    );
  }
  const products = new Set(entries.flatMap(({ upsell }) => upsell?.productId ?? []));
  return [...products].sort().map((productId) => [productId, categories.get(productId) ?? null]);
}

/**
 * Throws unless this may be the first period to be closed. What lies before it counts as paid elsewhere, so no up-sell may lie there.
 *
 * @throws Problem 'wrong-state'
 */
function requireFirst(period: string, firstEarned: string | undefined, isPaid: boolean): void {
  if (firstEarned === period || (isPaid && (firstEarned ?? period) >= period)) return;
  const first =
    firstEarned !== undefined && firstEarned < period
      ? firstEarned
      : 'a month in which there is something to pay';
  throw new Problem('wrong-state', `Wanted ${first}, because no period has been closed yet; got ${period}.`);
}

/** @throws Problem 'wrong-state' */
function requireClosable(period: string, current: string, newest: string | undefined): void {
  if (period >= current) {
    throw new Problem(
      'wrong-state',
      `Wanted a period that is over; got ${period}, but the current period is ${current}.`,
    );
  }
  if (newest === undefined || period === nextMonth(newest)) return;
  throw new Problem(
    'wrong-state',
    `Wanted ${nextMonth(newest)}, because ${newest} was the last period closed; got ${period}.`,
  );
}

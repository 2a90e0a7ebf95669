import { createHash } from 'node:crypto';
import { type BusinessCalendar, businessDay } from '../ledger/business-calendar.ts';
import type { Contest } from '../ledger/contest.ts';
import { type ContestResult, resultOf } from '../ledger/contest-result.ts';
import { ContestTally } from '../ledger/contest-standings.ts';
import type { ContestStore } from '../ledger/contest-store.ts';
import { dayOfText, textOfDay } from '../ledger/instant.ts';
import { canonicalJson } from '../ledger/recorded-event.ts';
import { Problem } from './problem.ts';
import { inSlices, type LedgerSource, readBook } from './run-report.ts';
import { zoneCalendar } from './zone-calendar.ts';

export interface ContestSource extends LedgerSource {
  readonly contests: ContestStore;
}

/** Transactions of one contest at most: the evidence of a settled one is kept and read as a whole. */
const TRANSACTIONS_MAX = 200_000;

/** Where a contest stands now, or how it was settled. @throws Problem, and what `pause` rejects with, as below */
export async function runStandings(source: ContestSource, contest: Contest): Promise<ContestResult> {
  const result = contest.settled && source.contests.result(source.tenant, contest.id);
  if (result !== undefined) return JSON.parse(result) as ContestResult;
  const tally = new ContestTally(contest.rules, calendarOf(contest));
  const book = await readBook(source);
  await inSlices(source, book.outcomes(), (outcome) => tally.add(outcome));
  const standings = tally.standings();
  if (standings.evidence.length <= TRANSACTIONS_MAX) return resultOf(contest, standings);
  throw new Problem(
    'too-much',
    `Wanted a contest of at most ${TRANSACTIONS_MAX} transactions; this one has more.`,
  );
}

/** Freezes a contest that is over; one that is settled already is answered as it is. */
export async function settleContest(source: ContestSource, contest: Contest): Promise<Contest> {
  if (contest.settled) return contest;
  requireOver(contest, source.nowMs);
  const result = canonicalJson(await runStandings(source, contest));
  const hash = createHash('sha256').update(result).digest('hex');
  const settlement = { settledAtMs: source.nowMs, hash };
  const settled = await source.contests.settle(source.tenant, contest, settlement, result);
  if (settled) return settled;
  throw new Problem('conflict', 'The contest was changed while it was settled; settle it again.');
}

/** Business day of the contest's calendar. */
export function contestDay(contest: Contest, nowMs: number): number {
  return businessDay(calendarOf(contest), nowMs);
}

function calendarOf({ rules }: Contest): BusinessCalendar {
  return zoneCalendar(rules.timeZone, rules.dayEnds);
}

/** @throws Problem 'wrong-state' */
function requireOver(contest: Contest, nowMs: number): void {
  const last = dayOfText(contest.rules.to) + contest.rules.returnDays;
  const today = contestDay(contest, nowMs);
  if (today > last) return;
  throw new Problem(
    'wrong-state',
    `Wanted a day after ${textOfDay(last)}, when nothing can come back any more; it is ${textOfDay(today)}.`,
  );
}

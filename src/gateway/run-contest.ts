import { createHash } from 'node:crypto';
import { type BusinessCalendar, businessDay } from '../ledger/business-calendar.ts';
import type { Contest } from '../ledger/contest.ts';
import { type ContestResult, resultOf } from '../ledger/contest-result.ts';
import { ContestTally } from '../ledger/contest-standings.ts';
import type { ContestStore } from '../ledger/contest-store.ts';
import { dayOfText, textOfDay } from '../ledger/instant.ts';
import { IS_SOLD } from '../ledger/outcome-columns.ts';
import { canonicalJson } from '../ledger/recorded-event.ts';
import { Problem } from './problem.ts';
import { basketsWhere, fromOutcomes, inSlices, type OutcomeSource, spanOf } from './report-source.ts';
import { zoneCalendar } from './zone-calendar.ts';

export interface ContestSource {
  readonly tenant: string;
  readonly nowMs: number;
  readonly contests: ContestStore;
  /** Of a contest that is not settled. @throws Problem (rejects) */
  readonly standingsOf: (question: StandingsQuestion) => Promise<ContestResult>;
}

export interface StandingsQuestion {
  readonly contest: Contest;
  /** Whether the transactions that count are wanted: of a large contest they are many. */
  readonly withEvidence: boolean;
}

/** Transactions of one contest at most: the evidence of a settled one is kept and read as a whole. */
const TRANSACTIONS_MAX = 200_000;

/** How a contest stands that is not settled. @throws Problem when it is too large, and what `pause` rejects with */
export function countStandings(
  source: OutcomeSource,
  { contest, withEvidence }: StandingsQuestion,
): Promise<ContestResult> {
  const { rules } = contest;
  const { fromMs, toMs } = spanOf({ fromDay: dayOfText(rules.from), toDay: dayOfText(rules.to) });
  return fromOutcomes(source, async ({ outcomes, tenant }) => {
    const tally = new ContestTally(rules, calendarOf(contest));
    const single = outcomes.baskets(tenant);
    const taking: number[] = [];
    const members = new Set<string | undefined>(rules.teams.flatMap(({ agentIds }) => agentIds));
    for (const columns of outcomes.sales(tenant, fromMs, toMs)) {
      const { baskets, names } = columns;
      const isTaking = (row: number) =>
        (baskets.state[row]! & IS_SOLD) !== 0 && members.has(names.places[baskets.place[row]!]!.agentId);
      taking.push(...basketsWhere(columns, isTaking));
    }
    await inSlices(source, taking, (basket) => {
      for (const outcome of single.fold(basket).outcomes()) tally.add(outcome);
    });
    const standings = tally.standings();
    if (standings.evidence.length > TRANSACTIONS_MAX)
      throw new Problem(
        'too-much',
        `Wanted a contest of at most ${TRANSACTIONS_MAX} transactions; this one has more.`,
      );
    return resultOf(contest, withEvidence ? standings : { ...standings, evidence: [] });
  });
}

/** Where a contest stands now, or how it was settled. @throws as ContestSource.standingsOf */
export async function runStandings(
  source: ContestSource,
  question: StandingsQuestion,
): Promise<ContestResult> {
  const { id, settled } = question.contest;
  if (!settled) return source.standingsOf(question);
  const result = source.contests.result(source.tenant, id);
  if (result === undefined) throw new Error(`the result of the settled contest ${id} is missing`);
  return JSON.parse(result) as ContestResult;
}

/** Freezes a contest that is over; one that is settled already is answered as it is. */
export async function settleContest(source: ContestSource, contest: Contest): Promise<Contest> {
  if (contest.settled) return contest;
  requireOver(contest, source.nowMs);
  const result = canonicalJson(await source.standingsOf({ contest, withEvidence: true }));
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

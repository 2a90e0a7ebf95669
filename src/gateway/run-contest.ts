import { createHash } from 'node:crypto';
import { ownSales } from '../ledger/agent-receipts.ts';
import { type BusinessCalendar, businessDay } from '../ledger/business-calendar.ts';
import type { Contest } from '../ledger/contest.ts';
import {
  type ContestResult,
  type EvidenceSale,
  evidenceOf,
  type ReceiptName,
  resultOf,
} from '../ledger/contest-result.ts';
import { ContestTally } from '../ledger/contest-standings.ts';
import type { ContestStore } from '../ledger/contest-store.ts';
import type { CountedSale } from '../ledger/counted-sales.ts';
import { firstSaleOf } from '../ledger/first-sale.ts';
import { dayOfText, textOfDay } from '../ledger/instant.ts';
import type { SingleBaskets } from '../ledger/outcome-store.ts';
import { canonicalJson } from '../ledger/recorded-event.ts';
import { Problem } from './problem.ts';
import { fromOutcomes, inSlices, type OutcomeSource, type ReportSource, spanOf } from './report-source.ts';
import { zoneCalendar } from './zone-calendar.ts';

/** What standings are counted from. */
export interface ContestSource extends OutcomeSource {
  readonly contests: ContestStore;
}

export interface StandingsQuestion {
  readonly contest: Contest;
  /** Whether the transactions that count are wanted: a large contest has many. */
  readonly withEvidence: boolean;
}

/** Most transactions of one contest: the evidence of a settled one is stored and read as a whole. */
const TRANSACTIONS_MAX = 200_000;

/** The standings of a contest that is not settled. */
function countStandings(
  source: OutcomeSource,
  { contest, withEvidence }: StandingsQuestion,
): Promise<ContestResult> {
  const { rules } = contest;
  const { fromMs, toMs } = spanOf({ fromDay: dayOfText(rules.from), toDay: dayOfText(rules.to) });
  return fromOutcomes(source, async ({ outcomes, tenant }) => {
    const tally = new ContestTally(rules, calendarOf(contest));
    const single = outcomes.baskets(tenant);
    for (const columns of outcomes.sales(tenant, fromMs, toMs)) tally.add(columns);
    const { counted, sales } = tally.standings(ownSales(rules.ownCustomers, single.numberOf));
    if (sales.length > TRANSACTIONS_MAX)
      throw new Problem(
        'too-much',
        `Wanted a contest of at most ${TRANSACTIONS_MAX} transactions; this one has more.`,
      );
    return resultOf(contest, counted, withEvidence ? await readEvidence(source, sales, single) : []);
  });
}

/** Columns hold no ids, so each basket is looked up. */
async function readEvidence(
  source: ReportSource,
  sales: readonly CountedSale[],
  single: SingleBaskets,
): Promise<EvidenceSale[]> {
  const names = new Map<number, ReceiptName>();
  const receipts = sales.flatMap((sale) => sale.receipts);
  await inSlices(source, receipts, ({ basket }) => {
    // Agents share a basket.
    if (names.has(basket)) return;
    const receipts = single.receipts(basket);
    names.set(basket, { basketId: receipts[0]!.basketId, saleId: firstSaleOf(receipts)!.id });
  });
  return evidenceOf(sales, (basket) => names.get(basket)!);
}

/**
 * Where a contest stands now, or how it was settled.
 *
 * @throws Problem when it is too large, and what `pause` rejects with; as sealStandings
 */
export async function runStandings(
  source: ContestSource,
  question: StandingsQuestion,
): Promise<ContestResult> {
  const { id, settled } = question.contest;
  if (!settled) return countStandings(source, question);
  const result = source.contests.result(source.tenant, id);
  if (result === undefined) throw new Error(`the result of the settled contest ${id} is missing`);
  return JSON.parse(result) as ContestResult;
}

/** A frozen result, as bytes for the thread that stores it: the text takes long to make. */
export interface SealedStandings {
  /** SHA-256 of the text, in hexadecimal. */
  readonly hash: string;
  /** In UTF-8. */
  readonly json: Uint8Array;
}

export async function sealStandings(source: OutcomeSource, contest: Contest): Promise<SealedStandings> {
  const text = canonicalJson(await countStandings(source, { contest, withEvidence: true }));
  const json = new TextEncoder().encode(text);
  return { hash: createHash('sha256').update(json).digest('hex'), json };
}

/** What settling a contest needs. */
export interface SettlingSource extends Pick<ReportSource, 'tenant' | 'nowMs'> {
  readonly contests: ContestStore;
  /** As sealStandings. */
  readonly sealedOf: (contest: Contest) => Promise<SealedStandings>;
}

/** Freezes a contest that is over; returns one that is settled already as it is. @throws as sealStandings */
export async function settleContest(source: SettlingSource, contest: Contest): Promise<Contest> {
  const { tenant, nowMs, contests } = source;
  if (contest.settled) return contest;
  requireOver(contest, nowMs);
  const { hash, json } = await source.sealedOf(contest);
  const result = new TextDecoder().decode(json);
  const settled = await contests.settle(tenant, contest, { settledAtMs: nowMs, hash }, result);
  if (settled) return settled;
  throw new Problem('conflict', 'The contest was changed while it was being settled; settle it again.');
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
    `Wanted a day after ${textOfDay(last)}, when nothing can be returned any more; today is ${textOfDay(today)}.`,
  );
}

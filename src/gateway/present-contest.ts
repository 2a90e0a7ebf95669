import { WHOLE_BASIS_POINTS } from '../ledger/apportion.ts';
import type { Contest, ContestRules, Wish } from '../ledger/contest.ts';
import type { ContestResult } from '../ledger/contest-result.ts';
import { STORE_FACTOR_MAX, STORE_FACTOR_MIN, type Standing } from '../ledger/contest-standings.ts';
import { fromMinorUnits } from '../ledger/money.ts';
import type { ReportTable } from './report-table.ts';

export type ContestAnswer = ReturnType<typeof presentContest>;

/** A contest as it is sent: no ballot but the asking agent's, and no customer. */
export function presentContest(contest: Contest, askedBy: string | undefined) {
  const { id, version, name, rules, budgetMinor, wishes, ballots, settled } = contest;
  const { ownCustomers, ...published } = rules;
  const { currency } = rules;
  return {
    id,
    version,
    name,
    state: settled ? ('settled' as const) : ('open' as const),
    budget: fromMinorUnits(budgetMinor, currency),
    rules: { ...published, ownCustomers: ownCustomers.length },
    wishes: wishes.map((wish) => presentWish(wish, currency)),
    ballots: ballots.length,
    ...(askedBy !== undefined && {
      ownBallot: ballots.find(({ agentId }) => agentId === askedBy)?.ranking ?? null,
    }),
    ...(settled && { settledAt: new Date(settled.settledAtMs).toISOString(), hash: settled.hash }),
  };
}

export type StandingsAnswer = ReturnType<typeof presentStandings>;

export function presentStandings(contest: Contest, result: ContestResult, withEvidence: boolean) {
  const { id, name, settled } = contest;
  const { rules, standings, leftOut, storeFactors, evidence, reward, ballots } = result;
  const { currency } = rules;
  return {
    contestId: id,
    name,
    metric: rules.metric,
    currency,
    state: settled ? ('settled' as const) : ('open' as const),
    ...(settled && { settledAt: new Date(settled.settledAtMs).toISOString(), hash: settled.hash }),
    // The results of earlier releases name no parts: who rang up a sale had all of it.
    rules: rulesInWords(rules, !settled || evidence.every(({ basisPoints }) => basisPoints !== undefined)),
    standings: standings.map((standing) => presentStanding(standing, rules)),
    leftOut,
    storeFactors,
    reward: {
      winners: reward.winners,
      wish: reward.wish ? presentWish(reward.wish, currency) : null,
      rounds: reward.tally.rounds.map((round) => ({ ...round, dropped: round.dropped ?? null })),
      ballots: ballots.length,
    },
    ...(withEvidence && {
      evidence: evidence.map(({ upsellMinor, basisPoints = WHOLE_BASIS_POINTS, ...sale }) => ({
        ...sale,
        percent: basisPoints / 100,
        upsell: fromMinorUnits(upsellMinor, currency),
      })),
    }),
  };
}

/** One row for each contest. */
export function contestsTable(contests: readonly ContestAnswer[]): ReportTable {
  return {
    columns: ['id', 'name', 'state', 'metric', 'from', 'to'],
    rows: contests.map(({ id, name, state, rules }) => [id, name, state, rules.metric, rules.from, rules.to]),
  };
}

/** One row for each team. */
export function standingsTable({ standings, metric, currency }: StandingsAnswer): ReportTable {
  return {
    columns: ['rank', 'team', 'metric', 'score', 'currency', 'transactions'],
    rows: standings.map(({ rank, teamId, score, transactions }) => [
      rank,
      teamId,
      metric,
      score,
      metric.startsWith('upsell') ? currency : null,
      transactions,
    ]),
  };
}

const AGENT_IN_WORDS = 'A receipt is its agent’s, else the agent’s of the first question about the basket.';
/** Who a receipt counts for. */
export const SHARING_IN_WORDS = `${AGENT_IN_WORDS} A basket with a receipt that states a split counts for each of its agents in that part: its money, its items and the transaction itself. Of several receipts the first that states one decides, but for those of another store, or of more than a day after the first.`;

/** What counts, in full: these sentences and the evidence are all that a standing is made of. */
function rulesInWords(rules: ContestRules, isCountedInParts: boolean): string[] {
  const { metric, from, to, timeZone, dayEnds, storeIds } = rules;
  const { minimumBaskets, handicap, splitMinutes, returnDays } = rules;
  return [
    METRIC_WORDS[metric],
    `Receipts from ${from} to ${to} count, by business days that end at ${dayEnds}:00 in ${timeZone}${storeIds ? `, of the stores ${storeIds.join(', ')}` : ''}.`,
    isCountedInParts ? SHARING_IN_WORDS : AGENT_IN_WORDS,
    'What was accepted and not paid does not count. What comes back does not count, a receipt that comes back whole not at all.',
    'What an agent sells to himself as a known customer does not count, for nobody who shares it either.',
    `Receipts of one known customer by one agent in one store count as one when no more than ${splitMinutes} minutes lie between them and the agent has the same part of them. Receipts without a known customer count each.`,
    `A team needs ${minimumBaskets} transactions for each member to be ranked. Equal scores share a rank.`,
    ...(handicap === 'none'
      ? []
      : [
          `Money is multiplied by the transactions per agent of all stores over those of its own store, within ${STORE_FACTOR_MIN} and ${STORE_FACTOR_MAX}.`,
        ]),
    `The contest can be settled when ${returnDays} days have passed since its last one. What comes back before it is settled is taken off, later than those days too.`,
    'Rank 1 wins. The reward is the wish that wins an instant-runoff count of all ballots, among those that the budget pays once for each winner; where nothing else decides, the dearer wish is dropped.',
  ];
}

const METRIC_WORDS: Readonly<Record<ContestRules['metric'], string>> = {
  attachRate:
    'Score: transactions with an accepted suggestion that was paid and kept, over those in which one was shown.',
  itemsPerTransaction: 'Score: items paid and kept, over transactions.',
  upsellRevenue: 'Score: money paid for accepted suggestions and kept, per member.',
  upsellMargin:
    'Score: margin of accepted suggestions that were paid and kept, as far as costs are known, per member.',
};

function presentStanding(
  { numerator, denominator, ...standing }: Standing,
  { metric, currency }: ContestRules,
) {
  if (!metric.startsWith('upsell')) return { ...standing, numerator, denominator };
  const score = standing.score === null ? null : fromMinorUnits(standing.score, currency);
  return { ...standing, score, numerator: fromMinorUnits(numerator, currency), denominator };
}

function presentWish({ costMinor, ...wish }: Wish, currency: string) {
  return { ...wish, cost: fromMinorUnits(costMinor, currency) };
}

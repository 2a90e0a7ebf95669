import type { OwnCustomer } from './agent-receipts.ts';

/** What a contest measures: a figure of the sales report, under the contest's own rules of what counts. */
export const CONTEST_METRICS = [
  'attachRate',
  'itemsPerTransaction',
  'upsellRevenue',
  'upsellMargin',
] as const;
export type ContestMetric = (typeof CONTEST_METRICS)[number];

/** The rules of a contest; they are fixed from its first day on. */
export interface ContestRules {
  readonly metric: ContestMetric;
  /** The currency of the budget, and of what counts where the metric is money. */
  readonly currency: string;
  /** First and last business day, `2026-05-01`. */
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly dayEnds: number;
  /** The participants; in a contest of individuals each is a team of one. */
  readonly teams: readonly ContestTeam[];
  /** Receipts of these stores only; of every store when absent. */
  readonly storeIds?: readonly string[];
  /** Transactions that each member of a team needs on average to be ranked. */
  readonly minimumBaskets: number;
  /** `store-traffic`: money counts less where an agent serves more customers than the average, and more where fewer. */
  readonly handicap: 'none' | 'store-traffic';
  /** Receipts of one known customer by one agent in one store, no further apart than this, are one transaction. */
  readonly splitMinutes: number;
  /** Days after the last one for which settling waits; returns are deducted until it is settled. */
  readonly returnDays: number;
  /** Pseudonyms of the agents as customers: what an agent sells to themselves counts for nobody. */
  readonly ownCustomers: readonly OwnCustomer[];
}

export interface ContestTeam {
  readonly id: string;
  readonly agentIds: readonly string[];
}

/** A reward that somebody wishes for; its cost for one team is in minor units of the contest's currency. */
export interface Wish {
  readonly id: string;
  readonly agentId: string;
  readonly text: string;
  readonly costMinor: number;
}

export interface Ballot {
  readonly agentId: string;
  /** Ids of wishes, best first. */
  readonly ranking: readonly string[];
}

export interface Contest {
  readonly id: string;
  /** Raised by every change. */
  readonly version: number;
  readonly name: string;
  readonly rules: ContestRules;
  readonly budgetMinor: number;
  readonly wishes: readonly Wish[];
  /** At most one for each agent. */
  readonly ballots: readonly Ballot[];
  /** Present once the contest is settled; it then never changes again. The result is stored separately. */
  readonly settled?: Settlement;
}

export interface Settlement {
  readonly settledAtMs: number;
  /** SHA-256 of the result with its evidence as canonical JSON, in hexadecimal. */
  readonly hash: string;
}

/** Most contests of a tenant, wishes of a contest, and wishes of one agent in a contest. */
export const CONTESTS_MAX = 1000;
export const WISHES_MAX = 100;
export const WISHES_OF_AGENT_MAX = 5;

export function teamOf({ teams }: ContestRules, agentId: string): ContestTeam | undefined {
  return teams.find(({ agentIds }) => agentIds.includes(agentId));
}

/** Why a contest is not changed: it is of another version than was seen, or does not allow the change. */
export interface ContestRefusal {
  readonly reason: 'conflict' | 'wrong-state';
  /** Whole sentences. */
  readonly detail: string;
}

export function refuseChange(detail: string): ContestRefusal {
  return { reason: 'wrong-state', detail };
}

/** The contest with one more wish. */
export function withWish(contest: Contest, wish: Wish): Contest | ContestRefusal {
  const trouble = closedTo(contest, wish.agentId);
  if (trouble) return trouble;
  if (wish.costMinor > contest.budgetMinor) return refuseChange('Wanted a wish that the budget covers.');
  if (contest.wishes.length >= WISHES_MAX)
    return refuseChange(`Wanted at most ${WISHES_MAX} wishes in a contest.`);
  const own = contest.wishes.filter(({ agentId }) => agentId === wish.agentId);
  if (own.length >= WISHES_OF_AGENT_MAX)
    return refuseChange(`Wanted at most ${WISHES_OF_AGENT_MAX} wishes of an agent.`);
  return changed(contest, { wishes: [...contest.wishes, wish] });
}

/** The contest with this ballot in place of the agent's last one. */
export function withBallot(contest: Contest, ballot: Ballot): Contest | ContestRefusal {
  const trouble = closedTo(contest, ballot.agentId);
  if (trouble) return trouble;
  const ids = new Set(contest.wishes.map(({ id }) => id));
  const stray = ballot.ranking.find((id) => !ids.has(id));
  if (stray !== undefined) return refuseChange(`Wanted ids of wishes; got '${stray}'.`);
  if (new Set(ballot.ranking).size < ballot.ranking.length)
    return refuseChange('Wanted each wish only once.');
  const others = contest.ballots.filter(({ agentId }) => agentId !== ballot.agentId);
  return changed(contest, { ballots: [...others, ballot] });
}

/** The next version of a contest. */
export function changed(contest: Contest, changes: Partial<Contest>): Contest {
  return { ...contest, ...changes, version: contest.version + 1 };
}

function closedTo({ settled, rules }: Contest, agentId: string): ContestRefusal | undefined {
  if (settled) return refuseChange('Wanted a contest that is not settled.');
  return teamOf(rules, agentId) ? undefined : refuseChange('Wanted somebody who takes part in the contest.');
}

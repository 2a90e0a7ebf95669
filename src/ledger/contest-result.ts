import type { Contest, Wish } from './contest.ts';
import type { Standing, Standings } from './contest-standings.ts';
import type { CountedSale } from './counted-sales.ts';
import { type ChoiceTally, tallyRankedChoice } from './ranked-choice.ts';

/** The reward for the teams on rank 1, chosen by all ballots. */
export interface RewardChoice {
  readonly winners: readonly string[];
  /** The wish, paid once for each winner; undefined without winners, or where the budget pays no wish that often. */
  readonly wish: Wish | undefined;
  readonly tally: ChoiceTally;
}

/**
 * Instant-runoff over the wishes that the budget pays once for each winner, sorted by cost, then by id. Where only this order breaks a tie,
 * the more expensive wish is dropped.
 */
export function chooseReward(
  { wishes, ballots, budgetMinor }: Contest,
  standings: readonly Standing[],
): RewardChoice {
  const winners = standings.filter(({ rank }) => rank === 1).map(({ teamId }) => teamId);
  const affordable = wishes
    .filter(({ costMinor }) => costMinor * Math.max(1, winners.length) <= budgetMinor)
    .sort((a, b) => a.costMinor - b.costMinor || (a.id < b.id ? -1 : 1));
  const tally = tallyRankedChoice(
    affordable.map(({ id }) => id),
    ballots.map(({ ranking }) => ranking),
  );
  const wish = winners.length === 0 ? undefined : wishes.find(({ id }) => id === tally.winner);
  return { winners, wish, tally };
}

/** What is frozen when a contest is settled. */
export interface ContestResult extends Standings {
  readonly contestId: string;
  readonly rules: Contest['rules'];
  /** Anonymous: rankings only, sorted as text. */
  readonly ballots: readonly (readonly string[])[];
  readonly reward: RewardChoice;
  /** Sorted by the id of the first basket, then by agent; empty where not asked for. */
  readonly evidence: readonly EvidenceSale[];
}

/** An agent's part of a transaction that counts, with the ids of its receipts. */
export interface EvidenceSale extends Omit<CountedSale, 'receipts' | 'basisPoints'> {
  /** The agent's part; absent in results from before receipts could be shared in contests. */
  readonly basisPoints?: number;
  /** In order of time. */
  readonly basketIds: readonly string[];
  readonly saleIds: readonly string[];
}

export interface ReceiptName {
  readonly basketId: string;
  readonly saleId: string;
}

/** @param nameOf ids of a receipt, by the number of its basket */
export function evidenceOf(
  sales: readonly CountedSale[],
  nameOf: (basket: number) => ReceiptName,
): EvidenceSale[] {
  const evidence = sales.map(({ receipts, ...sale }) => {
    const named = receipts.map(({ basket, atMs }) => ({ atMs, ...nameOf(basket) }));
    named.sort((a, b) => a.atMs - b.atMs || (a.basketId < b.basketId ? -1 : 1));
    return {
      ...sale,
      basketIds: named.map(({ basketId }) => basketId),
      saleIds: named.map(({ saleId }) => saleId),
    };
  });
  return evidence.sort((a, b) =>
    a.basketIds[0]! === b.basketIds[0]!
      ? inOrder(a.agentId, b.agentId)
      : inOrder(a.basketIds[0]!, b.basketIds[0]!),
  );
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : 1;
}

export function resultOf(
  contest: Contest,
  standings: Standings,
  evidence: readonly EvidenceSale[],
): ContestResult {
  const { id: contestId, rules } = contest;
  const ballots = contest.ballots
    .map(({ ranking }) => ranking)
    .sort((a, b) => (a.join() < b.join() ? -1 : 1));
  const reward = chooseReward(contest, standings.standings);
  return { contestId, rules, ballots, ...standings, reward, evidence };
}

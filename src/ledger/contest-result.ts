import type { Contest, Wish } from './contest.ts';
import type { Standing, Standings } from './contest-standings.ts';
import type { CountedSale } from './counted-sales.ts';
import { type ChoiceTally, tallyRankedChoice } from './ranked-choice.ts';

/** The reward of those on rank 1, by the ballots of all who voted. */
export interface RewardChoice {
  readonly winners: readonly string[];
  /** The wish that is paid once for each winner; undefined without winners, or without a wish that the budget pays so often. */
  readonly wish: Wish | undefined;
  readonly tally: ChoiceTally;
}

/**
 * Instant-runoff over the wishes that the budget pays once for each winner, in the order of cost, then of id: where only
 * their order decides, the dearer one is dropped.
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
  /** Without names, in the order of their text: whose they are is nobody's business. */
  readonly ballots: readonly (readonly string[])[];
  readonly reward: RewardChoice;
  /** In the order of their first baskets' ids; empty where nobody wants it. */
  readonly evidence: readonly EvidenceSale[];
}

/** A transaction that counts, by the names of its receipts. */
export interface EvidenceSale extends Omit<CountedSale, 'receipts'> {
  /** In order of time. */
  readonly basketIds: readonly string[];
  readonly saleIds: readonly string[];
}

export interface ReceiptName {
  readonly basketId: string;
  readonly saleId: string;
}

/** @param nameOf a basket, by its number */
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
  return evidence.sort((a, b) => (a.basketIds[0]! < b.basketIds[0]! ? -1 : 1));
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

import type { BasketOutcome } from './basket-outcome.ts';
import { placeOf } from './basket-place.ts';
import { type BusinessCalendar, businessDay } from './business-calendar.ts';
import { type ContestRules, type ContestTeam, teamOf } from './contest.ts';
import { attachedOf, type CountedSale, CountedSales, type LeftOut } from './counted-sales.ts';
import { dayOfText } from './instant.ts';

export interface Standing {
  readonly teamId: string;
  readonly agentIds: readonly string[];
  /** 1 is best; equal scores share a rank. null: too few transactions. */
  readonly rank: number | null;
  /** `numerator / denominator`; null when that is 0 / 0. */
  readonly score: number | null;
  /** Minor units, attached transactions or items, and what they are divided by: members, or transactions. */
  readonly numerator: number;
  readonly denominator: number;
  readonly transactions: number;
}

export interface Standings {
  readonly standings: readonly Standing[];
  readonly leftOut: LeftOut;
  /** What money of each store is multiplied by; empty without a handicap. */
  readonly storeFactors: readonly { readonly storeId: string; readonly factor: number }[];
  readonly evidence: readonly CountedSale[];
}

/** Bounds of the handicap: no store's money counts less than half or more than double. */
export const STORE_FACTOR_MIN = 0.5;
export const STORE_FACTOR_MAX = 2;

/**
 * Collects the receipts of those who take part, and counts them as CountedSales does.
 */
export class ContestTally {
  readonly #rules: ContestRules;
  readonly #calendar: BusinessCalendar;
  readonly #counted: CountedSales;

  constructor(rules: ContestRules, calendar: BusinessCalendar) {
    this.#rules = rules;
    this.#calendar = calendar;
    const { splitMinutes, ownCustomers } = rules;
    const upsellMinorOf = (outcome: BasketOutcome) => upsellOf(outcome, rules);
    this.#counted = new CountedSales({ splitMinutes, ownCustomers, upsellMinorOf });
  }

  add(outcome: BasketOutcome): void {
    const { sold } = outcome;
    const { agentId } = placeOf(outcome);
    if (!sold || agentId === undefined || !teamOf(this.#rules, agentId)) return;
    const day = businessDay(this.#calendar, sold.atMs);
    const { from, to, storeIds } = this.#rules;
    if (day < dayOfText(from) || day > dayOfText(to)) return;
    if (storeIds && !storeIds.includes(sold.storeId)) return;
    this.#counted.add(outcome);
  }

  standings(): Standings {
    const { sales: evidence, leftOut } = this.#counted.count();
    const factors = storeFactors(this.#rules, evidence);
    const standings = this.#rules.teams.map((team) => score(team, this.#rules, evidence, factors));
    const storeFactorList = [...factors].map(([storeId, factor]) => ({ storeId, factor }));
    return { standings: ranked(standings, this.#rules), leftOut, storeFactors: storeFactorList, evidence };
  }
}

function upsellOf({ money }: BasketOutcome, { currency, metric }: ContestRules): number {
  const own = money.find((amounts) => amounts.currency === currency)?.upsell;
  const margin = own ? own.costedRevenueMinor - own.costMinor : 0;
  const upsellMinor = {
    upsellRevenue: own?.revenueMinor ?? 0,
    upsellMargin: margin,
    attachRate: 0,
    itemsPerTransaction: 0,
  };
  return upsellMinor[metric];
}

/** Transactions per agent over all stores, divided by those of the store, within bounds. */
function storeFactors({ handicap }: ContestRules, sales: readonly CountedSale[]): Map<string, number> {
  if (handicap === 'none') return new Map();
  const stores = new Map<string, { transactions: number; agents: Set<string> }>();
  for (const { storeId, agentId } of sales) {
    const store = stores.get(storeId) ?? { transactions: 0, agents: new Set<string>() };
    stores.set(storeId, store);
    store.transactions++;
    store.agents.add(agentId);
  }
  const places = [...stores.values()].reduce((sum, { agents }) => sum + agents.size, 0);
  const inOrder = [...stores].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    inOrder.map(([storeId, { transactions, agents }]) => {
      const factor = (sales.length * agents.size) / (places * transactions);
      return [storeId, Math.min(STORE_FACTOR_MAX, Math.max(STORE_FACTOR_MIN, factor))];
    }),
  );
}

function score(
  { id, agentIds }: ContestTeam,
  { metric }: ContestRules,
  sales: readonly CountedSale[],
  factors: ReadonlyMap<string, number>,
): Standing {
  const members = new Set(agentIds);
  const own = sales.filter(({ agentId }) => members.has(agentId));
  const { attached, shown } = attachedOf(own);
  const money = own.reduce(
    (sum, { storeId, upsellMinor }) => sum + Math.round(upsellMinor * (factors.get(storeId) ?? 1)),
    0,
  );
  const [numerator, denominator] = {
    attachRate: [attached, shown],
    itemsPerTransaction: [own.reduce((sum, { items }) => sum + items, 0), own.length],
    upsellRevenue: [money, agentIds.length],
    upsellMargin: [money, agentIds.length],
  }[metric] as [number, number];
  return {
    ...{ teamId: id, agentIds, rank: null, numerator, denominator, transactions: own.length },
    score: denominator === 0 ? null : numerator / denominator,
  };
}

/** Best first; fractions are compared as integers, so that equal scores are equal. */
function ranked(standings: readonly Standing[], { minimumBaskets }: ContestRules): Standing[] {
  const isRanked = ({ score: own, transactions, agentIds }: Standing) =>
    own !== null && transactions >= minimumBaskets * agentIds.length;
  const compare = (a: Standing, b: Standing) => b.numerator * a.denominator - a.numerator * b.denominator;
  const byName = (a: Standing, b: Standing) => (a.teamId < b.teamId ? -1 : 1);
  const inOrder = standings.filter(isRanked).sort((a, b) => compare(a, b) || byName(a, b));
  const withRanks: Standing[] = [];
  for (const [at, standing] of inOrder.entries()) {
    const before = withRanks.at(-1);
    const rank = before && compare(before, standing) === 0 ? before.rank : at + 1;
    withRanks.push({ ...standing, rank });
  }
  return [...withRanks, ...standings.filter((standing) => !isRanked(standing)).sort(byName)];
}

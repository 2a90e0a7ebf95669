import { type AgentReceipt, agentReceipts, type IsOwnSale } from './agent-receipts.ts';
import { WHOLE_BASIS_POINTS } from './apportion.ts';
import { type BusinessCalendar, businessDay } from './business-calendar.ts';
import type { ContestRules, ContestTeam } from './contest.ts';
import { type CountedSale, CountedSales, type LeftOut } from './counted-sales.ts';
import { getOrMake } from './get-or-make.ts';
import { dayOfText } from './instant.ts';
import type { SalesColumns } from './outcome-columns.ts';
import type { Kept } from './outcome-store.ts';
import { type SharedSales, shareOut } from './shared-sales.ts';

export interface Standing {
  readonly teamId: string;
  readonly agentIds: readonly string[];
  /** 1 is best; equal scores share a rank. null: too few transactions. */
  readonly rank: number | null;
  /** `numerator / denominator`; null when that is 0 / 0. */
  readonly score: number | null;
  /** Numerator: minor units, attached transactions or items. Denominator: members or transactions. Fractions where agents share sales. */
  readonly numerator: number;
  readonly denominator: number;
  readonly transactions: number;
}

export interface Standings {
  readonly standings: readonly Standing[];
  readonly leftOut: LeftOut;
  /** The factor on each store's money; empty without a handicap. */
  readonly storeFactors: readonly { readonly storeId: string; readonly factor: number }[];
}

/** Bounds of the handicap: no store's money counts less than half or more than double. */
export const STORE_FACTOR_MIN = 0.5;
export const STORE_FACTOR_MAX = 2;

/** Collects the receipts of the participants and counts them as CountedSales does. */
export class ContestTally {
  readonly #rules: ContestRules;
  readonly #calendar: BusinessCalendar;
  readonly #members: ReadonlySet<string>;
  readonly #counted: CountedSales;

  constructor(rules: ContestRules, calendar: BusinessCalendar) {
    this.#rules = rules;
    this.#calendar = calendar;
    this.#members = new Set(rules.teams.flatMap(({ agentIds }) => agentIds));
    this.#counted = new CountedSales(rules.splitMinutes);
  }

  /** Each part once, in any order. */
  add(columns: Kept<SalesColumns>): void {
    const fromDay = dayOfText(this.#rules.from);
    const toDay = dayOfText(this.#rules.to);
    const { storeIds } = this.#rules;
    const shared = shareOut(columns);
    const upsellOf = upsellReader(shared, this.#rules);
    for (const receipt of agentReceipts(shared, (agentId) => this.#members.has(agentId))) {
      const day = businessDay(this.#calendar, receipt.atMs);
      if (day < fromDay || day > toDay || storeIds?.includes(receipt.storeId) === false) continue;
      const basket = columns.firstBasket + shared.source(receipt.at);
      this.#counted.add(receipt, basket, upsellOf(receipt));
    }
  }

  /** With the transactions that count, in no particular order. */
  standings(isOwn: IsOwnSale): { readonly counted: Standings; readonly sales: readonly CountedSale[] } {
    const { sales, leftOut } = this.#counted.count(isOwn);
    const factors = storeFactors(this.#rules, sales);
    const byAgent = new Map<string, ScoreSums>();
    for (const sale of sales)
      addSale(getOrMake(byAgent, sale.agentId, noSales), sale, factors.get(sale.storeId) ?? 1);
    const standings = this.#rules.teams.map((team) => {
      const own = noSales();
      for (const agentId of team.agentIds) addSums(own, byAgent.get(agentId) ?? noSales());
      return score(team, this.#rules, own);
    });
    const storeFactorList = [...factors].map(([storeId, factor]) => ({ storeId, factor }));
    return {
      counted: { standings: ranked(standings, this.#rules), leftOut, storeFactors: storeFactorList },
      sales,
    };
  }
}

/** What a receipt's up-sells are worth by the metric, in minor units; 0 where it is not money. */
function upsellReader(
  { money, names }: SharedSales,
  { currency, metric }: ContestRules,
): (receipt: AgentReceipt) => number {
  const code = names.currencies.indexOf(currency);
  if (metric !== 'upsellRevenue' && metric !== 'upsellMargin') return () => 0;
  const worthOf = (row: number) =>
    metric === 'upsellRevenue'
      ? money.upsellRevenueMinor[row]!
      : money.upsellCostedRevenueMinor[row]! - money.upsellCostMinor[row]!;
  return ({ moneyFrom, moneyTo }) => {
    for (let row = moneyFrom; row < moneyTo; row++) if (money.currency[row] === code) return worthOf(row);
    return 0;
  };
}

/** Transactions per agent over all stores, divided by those of the store, within bounds. */
function storeFactors({ handicap }: ContestRules, sales: readonly CountedSale[]): Map<string, number> {
  if (handicap === 'none') return new Map();
  const stores = new Map<string, { points: number; agents: Set<string> }>();
  for (const { storeId, agentId, basisPoints } of sales) {
    const store = stores.get(storeId) ?? { points: 0, agents: new Set<string>() };
    stores.set(storeId, store);
    store.points += basisPoints;
    store.agents.add(agentId);
  }
  const all = [...stores.values()];
  const allPoints = all.reduce((sum, { points }) => sum + points, 0);
  const places = all.reduce((sum, { agents }) => sum + agents.size, 0);
  const inOrder = [...stores].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    inOrder.map(([storeId, { points, agents }]) => {
      const factor = (allPoints * agents.size) / (places * points);
      return [storeId, Math.min(STORE_FACTOR_MAX, Math.max(STORE_FACTOR_MIN, factor))];
    }),
  );
}

/** What the sales of an agent or a team come to: counts in basis points of one, money in minor units. */
interface ScoreSums {
  points: number;
  shownPoints: number;
  attachedPoints: number;
  itemPoints: number;
  upsellMinor: number;
}

function noSales(): ScoreSums {
  return { points: 0, shownPoints: 0, attachedPoints: 0, itemPoints: 0, upsellMinor: 0 };
}

/** @param factor of its store */
function addSale(sums: ScoreSums, sale: CountedSale, factor: number): void {
  const { basisPoints, isShown, isAttached } = sale;
  sums.points += basisPoints;
  if (isShown) sums.shownPoints += basisPoints;
  if (isShown && isAttached) sums.attachedPoints += basisPoints;
  sums.itemPoints += inPoints(sale.items);
  sums.upsellMinor += Math.round(sale.upsellMinor * factor);
}

function addSums(sums: ScoreSums, more: ScoreSums): void {
  for (const name of Object.keys(more) as (keyof ScoreSums)[]) sums[name] += more[name];
}

function score({ id, agentIds }: ContestTeam, { metric }: ContestRules, own: ScoreSums): Standing {
  const count = (points: number) => points / WHOLE_BASIS_POINTS;
  const transactions = count(own.points);
  const { numerator, denominator } = {
    attachRate: { numerator: count(own.attachedPoints), denominator: count(own.shownPoints) },
    itemsPerTransaction: { numerator: count(own.itemPoints), denominator: transactions },
    upsellRevenue: { numerator: own.upsellMinor, denominator: agentIds.length },
    upsellMargin: { numerator: own.upsellMinor, denominator: agentIds.length },
  }[metric];
  return {
    teamId: id,
    agentIds,
    rank: null,
    numerator,
    denominator,
    transactions,
    score: denominator === 0 ? null : inPoints(numerator) / inPoints(denominator),
  };
}

function inPoints(count: number): number {
  return Math.round(count * WHOLE_BASIS_POINTS);
}

/** Best first. Fractions are compared by cross-multiplied integers, so that equal scores tie exactly. */
function ranked(standings: readonly Standing[], { minimumBaskets }: ContestRules): Standing[] {
  const isRanked = ({ score: own, transactions, agentIds }: Standing) =>
    own !== null && transactions >= minimumBaskets * agentIds.length;
  const times = (a: number, b: number) => BigInt(inPoints(a)) * BigInt(inPoints(b));
  const compare = (a: Standing, b: Standing) =>
    Number(times(b.numerator, a.denominator) - times(a.numerator, b.denominator));
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

import type { BasketOutcome } from './basket-outcome.ts';
import { type BusinessCalendar, businessDay } from './business-calendar.ts';
import { type ContestRules, type ContestTeam, teamOf } from './contest.ts';
import { dayOfText } from './instant.ts';

/** A transaction that counts, made of one receipt or of several that belong together. */
export interface CountedSale {
  readonly agentId: string;
  readonly storeId: string;
  readonly basketIds: readonly string[];
  readonly saleIds: readonly string[];
  readonly isShown: boolean;
  readonly isAttached: boolean;
  readonly items: number;
  /** Up-sell revenue or margin kept, in minor units of the contest's currency; 0 where the metric is no money. */
  readonly upsellMinor: number;
}

/** Receipts in the window that do not count, by the rule that leaves them out. */
export interface LeftOut {
  /** Sold by an agent to himself. */
  ownBaskets: number;
  /** Brought back whole. */
  returned: number;
  /** Counted as one with another. */
  merged: number;
}

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

const MINUTE_MS = 60_000;

/**
 * Collects the receipts of those who take part. Attribution is that of the sales report: an accepted suggestion counts when
 * it was paid, less what came back; the agent is that of the receipt, else of the first decision.
 */
export class ContestTally {
  readonly #rules: ContestRules;
  readonly #calendar: BusinessCalendar;
  readonly #own: ReadonlySet<string>;
  readonly #leftOut: LeftOut = { ownBaskets: 0, returned: 0, merged: 0 };
  /** Agent, store and customer → receipts; without a known customer each by itself. */
  readonly #receipts = new Map<string, Receipt[]>();

  constructor(rules: ContestRules, offsetMs: BusinessCalendar['offsetMs']) {
    this.#rules = rules;
    this.#calendar = { offsetMs, dayEndsAtHour: rules.dayEnds };
    this.#own = new Set(
      rules.ownCustomers.map(({ agentId, customer }) => JSON.stringify([agentId, customer])),
    );
  }

  add(outcome: BasketOutcome): void {
    const { sold, decided, customer, basketId } = outcome;
    const agentId = sold?.agentId ?? decided?.agentId;
    if (!sold || agentId === undefined || !teamOf(this.#rules, agentId)) return;
    const day = businessDay(this.#calendar, sold.atMs);
    const { from, to, storeIds } = this.#rules;
    if (day < dayOfText(from) || day > dayOfText(to)) return;
    if (storeIds && !storeIds.includes(sold.storeId)) return;
    if (customer !== undefined && this.#own.has(JSON.stringify([agentId, customer]))) {
      this.#leftOut.ownBaskets++;
      return;
    }
    if (outcome.items === 0) {
      this.#leftOut.returned++;
      return;
    }
    const key = JSON.stringify([
      agentId,
      sold.storeId,
      customer ?? null,
      customer === undefined ? basketId : null,
    ]);
    const together = this.#receipts.get(key) ?? [];
    this.#receipts.set(key, together);
    together.push(receiptOf(outcome, agentId, this.#rules));
  }

  standings(): Standings {
    const leftOut = { ...this.#leftOut };
    const evidence = [...this.#receipts.values()].flatMap((receipts) => {
      const sales = mergeSplit(receipts, this.#rules.splitMinutes * MINUTE_MS);
      leftOut.merged += receipts.length - sales.length;
      return sales;
    });
    evidence.sort((a, b) => (a.basketIds[0]! < b.basketIds[0]! ? -1 : 1));
    const factors = storeFactors(this.#rules, evidence);
    const standings = this.#rules.teams.map((team) => score(team, this.#rules, evidence, factors));
    const storeFactorList = [...factors].map(([storeId, factor]) => ({ storeId, factor }));
    return { standings: ranked(standings, this.#rules), leftOut, storeFactors: storeFactorList, evidence };
  }
}

interface Receipt extends CountedSale {
  readonly atMs: number;
}

function receiptOf(
  { basketId, sold, items, suggestions, money }: BasketOutcome,
  agentId: string,
  rules: ContestRules,
) {
  const own = money.find(({ currency }) => currency === rules.currency)?.upsell;
  const margin = own ? own.costedRevenueMinor - own.costMinor : 0;
  const upsellMinor = {
    upsellRevenue: own?.revenueMinor ?? 0,
    upsellMargin: margin,
    attachRate: 0,
    itemsPerTransaction: 0,
  };
  return {
    ...{
      agentId,
      storeId: sold!.storeId,
      basketIds: [basketId],
      saleIds: [sold!.id],
      atMs: sold!.atMs,
      items,
    },
    isShown: suggestions.shown > 0,
    isAttached: suggestions.bought > 0 && money.some(({ upsell }) => upsell.revenueMinor > 0),
    upsellMinor: upsellMinor[rules.metric],
  };
}

/** Receipts of one customer as transactions: each that follows soon enough on the one before joins it. */
function mergeSplit(receipts: readonly Receipt[], gapMs: number): CountedSale[] {
  const inTime = [...receipts].sort(
    (a, b) => a.atMs - b.atMs || (a.basketIds[0]! < b.basketIds[0]! ? -1 : 1),
  );
  const sales: Receipt[] = [];
  for (const receipt of inTime) {
    const before = sales.at(-1);
    if (!before || receipt.atMs - before.atMs > gapMs) {
      sales.push(receipt);
      continue;
    }
    sales[sales.length - 1] = {
      ...receipt,
      basketIds: [...before.basketIds, ...receipt.basketIds],
      saleIds: [...before.saleIds, ...receipt.saleIds],
      isShown: before.isShown || receipt.isShown,
      isAttached: before.isAttached || receipt.isAttached,
      items: before.items + receipt.items,
      upsellMinor: before.upsellMinor + receipt.upsellMinor,
    };
  }
  return sales.map(({ atMs: _, ...sale }) => sale);
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
  const shown = own.filter(({ isShown }) => isShown);
  const money = own.reduce(
    (sum, { storeId, upsellMinor }) => sum + Math.round(upsellMinor * (factors.get(storeId) ?? 1)),
    0,
  );
  const [numerator, denominator] = {
    attachRate: [shown.filter(({ isAttached }) => isAttached).length, shown.length],
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

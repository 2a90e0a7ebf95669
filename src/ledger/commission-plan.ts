import { shareMinor } from './apportion.ts';

/** What a rate applies to, net of refunds: the up-sell's revenue, its margin, or the incremental part of the margin. */
export const COMMISSION_BASES = ['revenue', 'margin', 'incrementalMargin'] as const;
export type CommissionBase = (typeof COMMISSION_BASES)[number];

/** How people are paid from a period on; money in minor units of `currency`. */
export interface CommissionPlan {
  readonly id: string;
  /** First and last pay period of the plan, such as `2026-05`; open-ended without `until`. */
  readonly from: string;
  readonly until?: string;
  /** Whose plan it is; when absent, that of everybody without a plan of their own. */
  readonly agentIds?: readonly string[];
  readonly currency: string;
  /** Paid each period, with or without sales; only in a plan with agentIds. */
  readonly basePayMinor?: number;
  /** Only the first rate that fits a product counts. */
  readonly rates: readonly CommissionRate[];
  readonly tiers?: CommissionTiers;
  /**
   * What part of the margin of any up-sell counts as incremental. The plan states it, for everybody alike, because no single sale can tell.
   * Required where a rate or the tiers are of incremental margin.
   */
  readonly incrementalBasisPoints?: number;
  /** Cap on the commission for one agent's up-sells of one period, without base pay. */
  readonly capMinor?: number;
  /**
   * What part of each agent's commission of a period, after tiers and cap, goes into a pool that all agents of the plan share equally; only
   * in a plan with agentIds.
   */
  readonly teamBasisPoints?: number;
}

export interface CommissionRate {
  readonly of: CommissionBase;
  readonly basisPoints: number;
  /** Fits these products, or those in or below this category; any product when both are absent. */
  readonly productIds?: readonly string[];
  readonly category?: string;
}

/** Extra commission on the sum of an agent's up-sells of one period. */
export interface CommissionTiers {
  readonly of: CommissionBase;
  /** `excess`: each step adds its share of what lies above it (accelerator). `all`: the highest step reached adds its share of the whole sum. */
  readonly on: 'excess' | 'all';
  /** In ascending order of `aboveMinor`. */
  readonly steps: readonly { readonly aboveMinor: number; readonly basisPoints: number }[];
}

/** Whether the plan pays on incremental margin. */
export function paysIncremental(
  rates: readonly { readonly of: CommissionBase }[],
  tiers: { readonly of: CommissionBase } | undefined,
): boolean {
  return [...rates, ...(tiers ? [tiers] : [])].some(({ of }) => of === 'incrementalMargin');
}

/** The plan of an agent in a period: plans that name the agent come before plans for everybody, then the one that starts last counts. */
export function planFor(
  plans: readonly CommissionPlan[],
  agentId: string,
  period: string,
): CommissionPlan | undefined {
  let best: CommissionPlan | undefined;
  for (const plan of plans) {
    if (plan.from > period || (plan.until !== undefined && plan.until < period)) continue;
    if (plan.agentIds && !plan.agentIds.includes(agentId)) continue;
    if (!best || isCloser(plan, best)) best = plan;
  }
  return best;
}

function isCloser(plan: CommissionPlan, than: CommissionPlan): boolean {
  const own = plan.agentIds !== undefined;
  const other = than.agentIds !== undefined;
  return own === other ? plan.from > than.from : own;
}

/** Two plans that start together for the same agent, so that neither takes precedence; undefined when there are none. */
export function rivalPlans(
  plans: readonly CommissionPlan[],
): readonly [CommissionPlan, CommissionPlan] | undefined {
  for (const [at, plan] of plans.entries()) {
    const rival = plans
      .slice(at + 1)
      .find((other) => other.from === plan.from && haveAgentInCommon(plan, other));
    if (rival) return [plan, rival];
  }
  return undefined;
}

function haveAgentInCommon({ agentIds }: CommissionPlan, other: CommissionPlan): boolean {
  if (agentIds === undefined || other.agentIds === undefined) return agentIds === other.agentIds;
  const others = new Set(other.agentIds);
  return agentIds.some((agentId) => others.has(agentId));
}

/** @param category undefined where the product's category is not known */
export function rateFor(
  { rates }: CommissionPlan,
  productId: string,
  category: string | undefined,
): CommissionRate | undefined {
  return rates.find((rate) => {
    if (rate.productIds === undefined && rate.category === undefined) return true;
    if (rate.productIds?.includes(productId)) return true;
    return rate.category !== undefined && `${category ?? ''}/`.startsWith(`${rate.category}/`);
  });
}

/** What the tiers add for up-sells of this sum, each step rounded half to even; 0 without tiers. */
export function tierBonusMinor(tiers: CommissionTiers | undefined, sumMinor: number): number {
  const reached = tiers?.steps.filter(({ aboveMinor }) => sumMinor > aboveMinor) ?? [];
  if (tiers?.on === 'all') return shareMinor(sumMinor, reached.at(-1)?.basisPoints ?? 0);
  return reached.reduce((sum, step) => sum + shareMinor(sumMinor - step.aboveMinor, step.basisPoints), 0);
}

import { apportion, shareMinor } from './apportion.ts';
import { type CommissionBase, type CommissionPlan, type CommissionRate, rateFor } from './commission-plan.ts';
import { type AccountOwner, PayAccounts } from './pay-accounts.ts';
import type { PayEntry } from './pay-entry.ts';
import type { Upsell, UpsellMovement } from './upsells.ts';

/** What decides how an up-sell is paid. */
export interface CommissionTerms {
  /** Pay period of an instant, such as `2026-05`; names sort as time does. */
  readonly periodOf: (atMs: number) => string;
  readonly planOf: (agentId: string, period: string) => CommissionPlan | undefined;
  /** By the catalogue of that period. */
  readonly categoryOf: (productId: string, period: string) => string | undefined;
  /** Whether the entries of a period are wanted. */
  readonly isWanted: (period: string) => boolean;
  /** Whether the entries of an agent are wanted. */
  readonly isAsked: (agentId: string) => boolean;
  /** Whether they are, or what the agent earns changes those of one who is. */
  readonly isNeeded: (agentId: string) => boolean;
  /** Receives the wanted entries, in no particular order. */
  readonly take: (entry: PayEntry) => void;
}

/** Up-sells that one of their agents at least is not paid for, each once for each reason. For each agent the first that holds is the reason. */
export interface UnpaidUpsells {
  noAgent: number;
  noPlan: number;
  otherCurrency: number;
  noRate: number;
  /** The rate is on margin but a line states no cost: worth 0 until it does. */
  costUnknown: number;
}
type UnpaidReason = keyof UnpaidUpsells;

/**
 * Turns up-sells into entries. An up-sell is paid for ever by the plan and rate of the period in which it was sold. After each receipt and
 * refund it is worth `rate · net`, rounded half to even (as is the incremental part of a margin); the entry of that event is the change in
 * worth. So a full refund takes back to the cent what the sale earned, in the refund's own period, and the entries of an up-sell always add
 * up to `rate · net`. Tiers, cap and the team's pool are changes of the same kind, over all up-sells that were sold in one period.
 */
export class CommissionTally {
  readonly #terms: CommissionTerms;
  readonly #accounts = new PayAccounts();
  readonly #unpaid = new Map<string, UnpaidUpsells>();
  #firstPeriod: string | undefined;

  constructor(terms: CommissionTerms) {
    this.#terms = terms;
  }

  add(upsell: Upsell): void {
    const sold = this.#terms.periodOf(upsell.movements[0].atMs);
    const reasons = new Set<UnpaidReason>();
    if (upsell.agents.length === 0) reasons.add('noAgent');
    const weights = upsell.agents.map(({ basisPoints }) => basisPoints);
    for (const [part, { agentId }] of upsell.agents.entries()) {
      if (!this.#terms.isNeeded(agentId)) continue;
      const plan = this.#terms.planOf(agentId, sold);
      const rate = plan && rateFor(plan, upsell.productId, this.#terms.categoryOf(upsell.productId, sold));
      if (!plan) reasons.add('noPlan');
      else if (plan.currency !== upsell.currency) reasons.add('otherCurrency');
      else if (!rate) reasons.add('noRate');
      else {
        if (rate.of !== 'revenue' && !upsell.movements.at(-1)!.isCostKnown) reasons.add('costUnknown');
        this.#pay({ upsell, sold, agentId, plan, rate, weights, part });
      }
    }
    for (const reason of reasons) this.#count(sold, reason);
  }

  /** Makes the entries of tiers, caps and teams. Call once, after all up-sells are added. */
  settle(): void {
    const { planOf } = this.#terms;
    const isOf = (agentId: string, { id }: CommissionPlan, period: string) =>
      planOf(agentId, period)?.id === id;
    for (const entry of this.#accounts.entries(isOf))
      if (this.#isWanted(entry.agentId, entry.period)) this.#terms.take(entry);
  }

  /** The earliest period with an entry, wanted or not. */
  firstPeriod(): string | undefined {
    return this.#firstPeriod;
  }

  /** Counts for the up-sells sold in a period. */
  unpaid(period: string): UnpaidUpsells {
    return this.#unpaid.get(period) ?? noneUnpaid();
  }

  #count(period: string, reason: UnpaidReason): void {
    const counts = this.#unpaid.get(period) ?? noneUnpaid();
    counts[reason]++;
    this.#unpaid.set(period, counts);
  }

  #pay(paid: PaidPart): void {
    const { upsell, agentId, plan, rate, weights, part } = paid;
    const partOf = (minor: number) => apportion(minor, weights)[part]!;
    const before = { baseMinor: 0, earnedMinor: 0, tierMinor: 0 };
    for (const movement of upsell.movements) {
      const worth = (of: CommissionBase) => {
        const minor = partOf(of === 'revenue' ? movement.revenueMinor : movement.marginMinor);
        return of === 'incrementalMargin' ? shareMinor(minor, plan.incrementalBasisPoints!) : minor;
      };
      const baseMinor = worth(rate.of);
      const earnedMinor = shareMinor(baseMinor, rate.basisPoints);
      const tierMinor = worth(plan.tiers?.of ?? rate.of);
      const period = this.#terms.periodOf(movement.atMs);
      const amountMinor = earnedMinor - before.earnedMinor;
      const moved = { amountMinor, baseMinor: baseMinor - before.baseMinor };
      if (this.#firstPeriod === undefined || period < this.#firstPeriod) this.#firstPeriod = period;
      if (this.#isWanted(agentId, period)) this.#terms.take(lineEntry(paid, movement, period, moved));
      const change = { period, earnedMinor: amountMinor, tierMinor: tierMinor - before.tierMinor };
      this.#accounts.add(paid, { ...change, eventId: movement.eventId });
      Object.assign(before, { baseMinor, earnedMinor, tierMinor });
    }
  }

  #isWanted(agentId: string, period: string): boolean {
    return this.#terms.isAsked(agentId) && this.#terms.isWanted(period);
  }
}

interface PaidPart extends AccountOwner {
  readonly upsell: Upsell;
  readonly rate: CommissionRate;
  readonly weights: readonly number[];
  readonly part: number;
}

function noneUnpaid(): UnpaidUpsells {
  return { noAgent: 0, noPlan: 0, otherCurrency: 0, noRate: 0, costUnknown: 0 };
}

function lineEntry(
  { upsell, sold, agentId, plan, rate, weights, part }: PaidPart,
  { eventId, type }: UpsellMovement,
  period: string,
  { amountMinor, baseMinor }: { amountMinor: number; baseMinor: number },
): PayEntry {
  const { basketId, productId, currency, storeId, decisionId, outcomeId } = upsell;
  return {
    key: JSON.stringify(['up-sell', basketId, productId, currency, agentId, eventId]),
    kind: type === 'sale' ? 'up-sell' : 'claw-back',
    agentId,
    currency,
    amountMinor,
    period,
    about: sold,
    planId: plan.id,
    events: [outcomeId, eventId],
    upsell: {
      basketId,
      productId,
      storeId,
      decisionId,
      of: rate.of,
      basisPoints: rate.basisPoints,
      baseMinor,
      splitBasisPoints: weights[part]!,
    },
  };
}

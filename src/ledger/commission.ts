import { apportion, shareMinor } from './apportion.ts';
import {
  type CommissionBase,
  type CommissionPlan,
  type CommissionRate,
  rateFor,
  tierBonusMinor,
} from './commission-plan.ts';
import type { PayEntry } from './pay-entry.ts';
import { canonicalJson } from './recorded-event.ts';
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
  /** Receives the wanted entries, in no particular order. */
  readonly take: (entry: PayEntry) => void;
}

/** Up-sells that nobody is paid for, each by the first reason that holds. */
export interface UnpaidUpsells {
  noAgent: number;
  noPlan: number;
  otherCurrency: number;
  noRate: number;
  /** The rate is on margin but a line states no cost: worth 0 until it does. */
  costUnknown: number;
}

/**
 * Turns up-sells into entries. An up-sell is paid for ever by the plan and rate of the period in which it was sold. After each receipt and
 * refund it is worth `rate · net`, rounded half to even (as is the incremental part of a margin); the entry of that event is the change in
 * worth. So a full refund takes back to the cent what the sale earned, in the refund's own period, and the entries of an up-sell always add
 * up to `rate · net`. Tiers and cap are changes of the same kind, over all up-sells of an agent that were sold in one period.
 */
export class CommissionTally {
  readonly #terms: CommissionTerms;
  /** Only for plans with tiers or a cap. */
  readonly #accounts = new Map<string, Account>();
  readonly #unpaid = new Map<string, UnpaidUpsells>();
  #firstPeriod: string | undefined;

  constructor(terms: CommissionTerms) {
    this.#terms = terms;
  }

  add(upsell: Upsell): void {
    const sold = this.#terms.periodOf(upsell.movements[0].atMs);
    if (upsell.agents.length === 0) this.#count(sold, 'noAgent');
    const weights = upsell.agents.map(({ basisPoints }) => basisPoints);
    for (const [part, { agentId }] of upsell.agents.entries()) {
      if (!this.#terms.isAsked(agentId)) continue;
      const plan = this.#terms.planOf(agentId, sold);
      const rate = plan && rateFor(plan, upsell.productId, this.#terms.categoryOf(upsell.productId, sold));
      if (!plan) this.#count(sold, 'noPlan');
      else if (plan.currency !== upsell.currency) this.#count(sold, 'otherCurrency');
      else if (!rate) this.#count(sold, 'noRate');
      else {
        if (rate.of !== 'revenue' && !upsell.movements.at(-1)!.isCostKnown) this.#count(sold, 'costUnknown');
        this.#pay({ upsell, sold, agentId, plan, rate, weights, part });
      }
    }
  }

  /** Makes the entries of tiers and caps. Call once, after all up-sells are added. */
  settle(): void {
    const { isWanted, take } = this.#terms;
    for (const account of this.#accounts.values())
      for (const entry of settleAccount(account)) if (isWanted(entry.period)) take(entry);
  }

  /** The earliest period with an entry, wanted or not. */
  firstPeriod(): string | undefined {
    return this.#firstPeriod;
  }

  /** Counts for the up-sells sold in a period. */
  unpaid(period: string): UnpaidUpsells {
    return this.#unpaid.get(period) ?? noneUnpaid();
  }

  #count(period: string, reason: keyof UnpaidUpsells): void {
    const counts = this.#unpaid.get(period) ?? noneUnpaid();
    counts[reason]++;
    this.#unpaid.set(period, counts);
  }

  #pay(paid: PaidPart): void {
    const { upsell, sold, agentId, plan, rate, weights, part } = paid;
    const partOf = (minor: number) => apportion(minor, weights)[part]!;
    const account =
      plan.tiers || plan.capMinor !== undefined ? this.#account(agentId, sold, plan) : undefined;
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
      if (this.#terms.isWanted(period)) this.#terms.take(lineEntry(paid, movement, period, moved));
      if (account) addToAccount(account, period, amountMinor, tierMinor - before.tierMinor, movement.eventId);
      Object.assign(before, { baseMinor, earnedMinor, tierMinor });
    }
  }

  #account(agentId: string, sold: string, plan: CommissionPlan): Account {
    const key = canonicalJson([agentId, sold]);
    const known = this.#accounts.get(key) ?? {
      agentId,
      sold,
      plan,
      periods: new Map<string, AccountPeriod>(),
    };
    this.#accounts.set(key, known);
    return known;
  }
}

interface PaidPart {
  readonly upsell: Upsell;
  readonly sold: string;
  readonly agentId: string;
  readonly plan: CommissionPlan;
  readonly rate: CommissionRate;
  readonly weights: readonly number[];
  readonly part: number;
}

/** All up-sells of one agent that were sold in one period. */
interface Account {
  readonly agentId: string;
  readonly sold: string;
  readonly plan: CommissionPlan;
  /** Changes, by the period in which they happened. */
  readonly periods: Map<string, AccountPeriod>;
}

interface AccountPeriod {
  earnedMinor: number;
  tierMinor: number;
  readonly events: Set<string>;
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
    ...{ agentId, currency, amountMinor, period, about: sold, planId: plan.id },
    events: [outcomeId, eventId],
    upsell: {
      ...{ basketId, productId, storeId, decisionId, of: rate.of, basisPoints: rate.basisPoints, baseMinor },
      splitBasisPoints: weights[part]!,
    },
  };
}

function addToAccount(
  { periods }: Account,
  period: string,
  earnedMinor: number,
  tierMinor: number,
  eventId: string,
): void {
  const sums = periods.get(period) ?? { earnedMinor: 0, tierMinor: 0, events: new Set<string>() };
  periods.set(period, sums);
  sums.earnedMinor += earnedMinor;
  sums.tierMinor += tierMinor;
  sums.events.add(eventId);
}

/** Entries for tiers and cap: how their amounts change from one period to the next. */
function settleAccount({ agentId, sold, plan, periods }: Account): PayEntry[] {
  const entries: PayEntry[] = [];
  const sums = { earnedMinor: 0, tierMinor: 0, bonusMinor: 0, cutMinor: 0 };
  const events = new Set<string>();
  for (const [period, moved] of [...periods].sort(([a], [b]) => (a < b ? -1 : 1))) {
    sums.earnedMinor += moved.earnedMinor;
    sums.tierMinor += moved.tierMinor;
    for (const id of moved.events) events.add(id);
    const bonusMinor = tierBonusMinor(plan.tiers, sums.tierMinor);
    const overMinor = sums.earnedMinor + bonusMinor - (plan.capMinor ?? Number.POSITIVE_INFINITY);
    const cutMinor = Math.min(0, -overMinor) + 0;
    const entry = (kind: 'tier' | 'cap', amountMinor: number): PayEntry => ({
      key: canonicalJson([kind, agentId, sold, period]),
      ...{ kind, agentId, currency: plan.currency, amountMinor, period, about: sold, planId: plan.id },
      events: [...events].sort(),
    });
    if (bonusMinor !== sums.bonusMinor) entries.push(entry('tier', bonusMinor - sums.bonusMinor));
    if (cutMinor !== sums.cutMinor) entries.push(entry('cap', cutMinor - sums.cutMinor));
    Object.assign(sums, { bonusMinor, cutMinor });
  }
  return entries;
}

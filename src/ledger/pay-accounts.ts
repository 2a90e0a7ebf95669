import { apportion, shareMinor } from './apportion.ts';
import { type CommissionPlan, tierBonusMinor } from './commission-plan.ts';
import { getOrMake } from './get-or-make.ts';
import type { PayEntry } from './pay-entry.ts';
import { canonicalJson } from './recorded-event.ts';

/** All up-sells of one agent that were sold in one period. */
export interface AccountOwner {
  readonly agentId: string;
  /** Pay period of the sales. */
  readonly sold: string;
  readonly plan: CommissionPlan;
}

/** What a sale or refund changes. */
export interface AccountChange {
  /** Pay period in which it happened. */
  readonly period: string;
  readonly earnedMinor: number;
  /** What the tiers count. */
  readonly tierMinor: number;
  readonly eventId: string;
}

interface Account extends AccountOwner {
  readonly periods: Map<string, { earnedMinor: number; tierMinor: number; readonly events: Set<string> }>;
}

/** What the agents of one plan put together of one period's sales, by the period in which it changed. */
interface Pool extends Omit<AccountOwner, 'agentId'> {
  readonly changes: Map<string, number>;
}

/** The kinds of entry that an agent's own account makes, in the order in which each builds on those before. */
type AccountKind = 'tier' | 'cap' | 'pooled';

/** What plans pay on sums rather than on each up-sell: tiers, caps, and the pools that teams share. */
export class PayAccounts {
  readonly #accounts = new Map<string, Account>();

  /** Only for plans that need it. */
  add({ agentId, sold, plan }: AccountOwner, change: AccountChange): void {
    if (!needsAccount(plan)) return;
    const { period, earnedMinor, tierMinor, eventId } = change;
    const key = canonicalJson([agentId, sold]);
    const { periods } = getOrMake(this.#accounts, key, () => ({ agentId, sold, plan, periods: new Map() }));
    const sums = getOrMake(periods, period, () => ({ earnedMinor: 0, tierMinor: 0, events: new Set() }));
    sums.earnedMinor += earnedMinor;
    sums.tierMinor += tierMinor;
    sums.events.add(eventId);
  }

  /**
   * How the amounts change from one period to the next.
   *
   * @param isOf whether an agent is paid by the plan in a period: only such agents share its pool
   */
  *entries(isOf: (agentId: string, plan: CommissionPlan, period: string) => boolean): Generator<PayEntry> {
    const pools = new Map<string, Pool>();
    for (const account of this.#accounts.values())
      for (const entry of accountEntries(account)) {
        yield entry;
        if (entry.kind === 'pooled') addToPool(pools, account, entry);
      }
    for (const pool of pools.values()) {
      const { plan, sold } = pool;
      const members = (plan.agentIds ?? []).filter((agentId) => isOf(agentId, plan, sold));
      yield* poolEntries(pool, members);
    }
  }
}

function needsAccount({ tiers, capMinor, teamBasisPoints }: CommissionPlan): boolean {
  return tiers !== undefined || capMinor !== undefined || teamBasisPoints !== undefined;
}

function* accountEntries({ agentId, sold, plan, periods }: Account): Generator<PayEntry> {
  const sums = { earnedMinor: 0, tierMinor: 0 };
  const events = new Set<string>();
  let before: Record<AccountKind, number> = { tier: 0, cap: 0, pooled: 0 };
  for (const [period, moved] of sortedByPeriod(periods)) {
    sums.earnedMinor += moved.earnedMinor;
    sums.tierMinor += moved.tierMinor;
    for (const id of moved.events) events.add(id);
    const now = amountsOf(plan, sums);
    for (const kind of ['tier', 'cap', 'pooled'] as const)
      if (now[kind] !== before[kind])
        yield {
          key: canonicalJson([kind, agentId, sold, period]),
          kind,
          agentId,
          currency: plan.currency,
          amountMinor: now[kind] - before[kind],
          period,
          about: sold,
          planId: plan.id,
          events: [...events].sort(),
        };
    before = now;
  }
}

/** What is pooled is taken of what the cap leaves; nobody's loss is shared. */
function amountsOf(
  plan: CommissionPlan,
  { earnedMinor, tierMinor }: { readonly earnedMinor: number; readonly tierMinor: number },
): Record<AccountKind, number> {
  const tier = tierBonusMinor(plan.tiers, tierMinor);
  const kept = Math.min(earnedMinor + tier, plan.capMinor ?? Number.POSITIVE_INFINITY);
  return {
    tier,
    cap: kept - (earnedMinor + tier),
    pooled: 0 - shareMinor(Math.max(0, kept), plan.teamBasisPoints ?? 0),
  };
}

function addToPool(
  pools: Map<string, Pool>,
  { plan, sold }: Account,
  { period, amountMinor }: PayEntry,
): void {
  const key = canonicalJson([plan.id, sold]);
  const { changes } = getOrMake(pools, key, () => ({ plan, sold, changes: new Map<string, number>() }));
  changes.set(period, (changes.get(period) ?? 0) - amountMinor);
}

/** Each member's part of the pool, as it changes. */
function* poolEntries({ plan, sold, changes }: Pool, members: readonly string[]): Generator<PayEntry> {
  let pooled = 0;
  let before = members.map(() => 0);
  for (const [period, changeMinor] of sortedByPeriod(changes)) {
    pooled += changeMinor;
    const parts = apportion(
      pooled,
      members.map(() => 1),
    );
    for (const [at, agentId] of members.entries())
      if (parts[at] !== before[at])
        yield {
          key: canonicalJson(['team', agentId, sold, period]),
          kind: 'team',
          agentId,
          currency: plan.currency,
          amountMinor: parts[at]! - before[at]!,
          period,
          about: sold,
          planId: plan.id,
          events: [],
          pool: { amountMinor: changeMinor, members: members.length },
        };
    before = parts;
  }
}

function sortedByPeriod<Value>(periods: ReadonlyMap<string, Value>): [period: string, Value][] {
  return [...periods].sort(([a], [b]) => (a < b ? -1 : 1));
}

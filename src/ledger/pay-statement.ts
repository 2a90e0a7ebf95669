import { type CommissionPlan, planFor } from './commission-plan.ts';
import type { PayEntry } from './pay-entry.ts';
import { canonicalJson } from './recorded-event.ts';

/** What one agent is paid for one period in one currency; the entries add up to it exactly. */
export interface PayStatement {
  readonly agentId: string;
  readonly currency: string;
  /** Where most of the agent's paid baskets of the period were; null without any. */
  readonly storeId: string | null;
  readonly payMinor: number;
  /** In the order of their keys. */
  readonly entries: readonly PayEntry[];
}

/** The terms for corrections of a closed period. */
export interface ClosedTerms {
  readonly period: string;
  readonly plans: readonly CommissionPlan[];
  /** The products that were paid, each with its category, null where it had none. */
  readonly categories: readonly (readonly [productId: string, category: string | null])[];
}

/** A paid period, with everything that its statements were made from except the ledger. It never changes. */
export interface ClosedPeriod extends ClosedTerms {
  readonly timeZone: string;
  /** Local hour at which the business day ends. */
  readonly dayEnds: number;
  readonly plansVersion: number;
  readonly statements: readonly PayStatement[];
  readonly closedAtMs: number;
  /** Hash of the period before, so that none can be changed or left out unnoticed; null for the first. */
  readonly previousHash: string | null;
  /** SHA-256 of `sealText`, in hexadecimal. */
  readonly hash: string;
}

/** The text whose hash seals a closed period: all of it but the hash, as canonical JSON. */
export function sealText({ hash: _, ...closed }: Omit<ClosedPeriod, 'hash'> & { hash?: string }): string {
  return canonicalJson(closed);
}

/** Base pay of a period, for every agent whom the plan in force names. */
export function basePayEntries(plans: readonly CommissionPlan[], period: string): PayEntry[] {
  const agentIds = new Set(plans.flatMap((plan) => plan.agentIds ?? []));
  return [...agentIds].flatMap((agentId) => {
    const plan = planFor(plans, agentId, period);
    if (plan?.basePayMinor === undefined || plan.basePayMinor === 0) return [];
    return {
      key: canonicalJson(['base', agentId, period]),
      kind: 'base',
      agentId,
      currency: plan.currency,
      amountMinor: plan.basePayMinor,
      period,
      about: period,
      planId: plan.id,
      events: [],
    };
  });
}

/** Entries of one period as statements, in the order of agents and currencies. */
export function statementsOf(
  entries: readonly PayEntry[],
  homeOf: (agentId: string) => string | null,
): PayStatement[] {
  const groups = new Map<string, PayEntry[]>();
  for (const entry of entries) {
    const key = canonicalJson([entry.agentId, entry.currency]);
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, own]) => {
      const { agentId, currency } = own[0]!;
      return {
        agentId,
        currency,
        storeId: homeOf(agentId),
        payMinor: own.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
        entries: own.sort((a, b) => (a.key < b.key ? -1 : 1)),
      };
    });
}

import type { CommissionBase } from './commission-plan.ts';

/**
 * `base`: base pay. `up-sell`: a sale. `claw-back`: a refund of one. `tier`, `cap`: what tiers add and the cap takes off
 * for all up-sells of one agent and period. `pooled`: what goes to the team of the plan; `team`: the agent's part of what all pooled.
 * `correction`: what later knowledge changes about a closed period.
 */
export const PAY_ENTRY_KINDS = [
  'base',
  'up-sell',
  'claw-back',
  'tier',
  'cap',
  'pooled',
  'team',
  'correction',
] as const;
export type PayEntryKind = (typeof PAY_ENTRY_KINDS)[number];

/** One amount of a statement, and what it is made of; money in minor units. */
export interface PayEntry {
  /** The same whenever the same thing is computed again. */
  readonly key: string;
  readonly kind: PayEntryKind;
  readonly agentId: string;
  readonly currency: string;
  readonly amountMinor: number;
  /** Pay period it belongs to. */
  readonly period: string;
  /** Pay period of the sales it is about; of a correction, the closed period that it corrects. */
  readonly about: string;
  readonly planId: string;
  /** Ids of the events behind it. A part of a pool has none: they are those of the entries that make up the pool. */
  readonly events: readonly string[];
  /** Of a part of a pool, but for corrections: what the whole pool changed by, in minor units, and how many share it. */
  readonly pool?: { readonly amountMinor: number; readonly members: number };
  /** Of a single up-sell; in a correction as known now, else as it was paid. */
  readonly upsell?: PaidUpsell;
  /** Key of the entry that a correction corrects. */
  readonly corrects?: string;
}

export interface PaidUpsell {
  readonly basketId: string;
  readonly productId: string;
  readonly storeId: string;
  readonly decisionId: string;
  readonly of: CommissionBase;
  readonly basisPoints: number;
  /** The agent's part of the change by this sale or refund. */
  readonly baseMinor: number;
  /** The agent's part of the sale. */
  readonly splitBasisPoints: number;
}

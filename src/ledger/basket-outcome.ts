import type { AgentShare } from './basket-place.ts';
import type { Arm } from './decision.ts';

/** What was known when a basket was first decided on, before any offer could change it. */
export interface FirstDecision {
  readonly decisionId: string;
  readonly atMs: number;
  readonly arm: Arm;
  /** The basket's chance of `holdout`; 0 where it takes no part in the experiment. */
  readonly holdoutShare: number;
  /** The arm was drawn for the customer, with all of their baskets. */
  readonly isDrawnForCustomer: boolean;
  readonly storeId: string | undefined;
  readonly channel: string | undefined;
  readonly agentId: string | undefined;
  /** Pseudonym, where it was known then. */
  readonly customer: string | undefined;
  /** Price times quantity over the lines with a known price, in major units: for statistics only. */
  readonly basketValue: number;
  readonly lines: number;
}

/** The first receipt of a basket. */
export interface FirstSale {
  readonly id: string;
  readonly atMs: number;
  readonly storeId: string;
  readonly channel: string | undefined;
  readonly agentId: string | undefined;
  /** Who shares the basket, two or more, in parts that add up to the whole; of its first own receipt that states a split. */
  readonly shares?: readonly AgentShare[];
}

/** Money of a basket in one currency, in minor units, net of refunds. */
export interface BasketMoney {
  readonly currency: string;
  readonly revenueMinor: number;
  readonly refundedMinor: number;
  /** Revenue of the products whose cost is known, and that cost. */
  readonly costedRevenueMinor: number;
  readonly costMinor: number;
  /** Revenue of the products whose saved holding cost is known, and that cost, in fractions of minor units. */
  readonly heldRevenueMinor: number;
  readonly holdingSavedMinor: number;
  readonly upsell: {
    readonly revenueMinor: number;
    readonly costedRevenueMinor: number;
    readonly costMinor: number;
  };
}

/** What became of one basket. */
export interface BasketOutcome {
  readonly basketId: string;
  /** undefined: sold without a decision. */
  readonly decided: FirstDecision | undefined;
  /** Its decisions are not all of one arm. */
  readonly hasCrossed: boolean;
  /** undefined: decided on, but never paid. */
  readonly sold: FirstSale | undefined;
  /** Pseudonym from the newest decision that has one. */
  readonly customer: string | undefined;
  /** By currency, in the order of their codes. */
  readonly money: readonly BasketMoney[];
  /** Pieces that were paid for and kept. */
  readonly items: number;
  /** Products that were paid for and not wholly returned. */
  readonly productIds: readonly string[];
  /** Suggested products by what became of them. */
  readonly suggestions: SuggestionCounts;
}

/** Products that reached the screen, each once, by their last outcome. */
export interface SuggestionCounts {
  readonly shown: number;
  readonly accepted: number;
  readonly declined: number;
  readonly notOffered: number;
  /** Accepted ones that were paid and not all brought back. */
  readonly bought: number;
}

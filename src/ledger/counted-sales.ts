import type { BasketOutcome } from './basket-outcome.ts';
import { placeOf } from './basket-place.ts';
import { getOrMake } from './get-or-make.ts';

/** A transaction that counts, made of one receipt or of several that belong together. */
export interface CountedSale {
  readonly agentId: string;
  readonly storeId: string;
  readonly basketIds: readonly string[];
  readonly saleIds: readonly string[];
  readonly isShown: boolean;
  readonly isAttached: boolean;
  readonly items: number;
  /** What the up-sells of the receipts are worth, in minor units, by the measure that is counted. */
  readonly upsellMinor: number;
}

/** Receipts that do not count, by the rule that leaves them out. */
export interface LeftOut {
  /** Sold by an agent to himself. */
  ownBaskets: number;
  /** Brought back whole. */
  returned: number;
  /** Counted as one with another. */
  merged: number;
}

/** What is known of an agent as a customer. */
export interface OwnCustomer {
  readonly agentId: string;
  /** Pseudonym. */
  readonly customer: string;
}

export interface CountingRules {
  /** Receipts of one known customer by one agent in one store, no further apart than this, are one transaction. */
  readonly splitMinutes: number;
  /** What an agent sells to them as the agent counts for nobody. */
  readonly ownCustomers: readonly OwnCustomer[];
  /** Worth of a receipt's up-sells in minor units, less what came back. */
  readonly upsellMinorOf: (outcome: BasketOutcome) => number;
}

/** CountingRules.splitMinutes where nobody has said otherwise. */
export const SPLIT_MINUTES_DEFAULT = 30;

const MINUTE_MS = 60_000;

/**
 * Counts receipts as contests and personal bests do. Attribution is that of the sales report: an accepted suggestion counts when
 * it was paid, less what came back; the agent is that of the receipt, else of the first decision.
 */
export class CountedSales {
  readonly #rules: CountingRules;
  readonly #own: ReadonlySet<string>;
  readonly #leftOut: LeftOut = { ownBaskets: 0, returned: 0, merged: 0 };
  /** Agent, store and customer → receipts; without a known customer each by itself. */
  readonly #receipts = new Map<string, Receipt[]>();

  constructor(rules: CountingRules) {
    this.#rules = rules;
    this.#own = new Set(
      rules.ownCustomers.map(({ agentId, customer }) => JSON.stringify([agentId, customer])),
    );
  }

  /** A paid basket with an agent, each once. */
  add(outcome: BasketOutcome): void {
    const { customer, basketId, items } = outcome;
    const receipt = receiptOf(outcome, this.#rules.upsellMinorOf(outcome));
    const { agentId, storeId } = receipt;
    if (customer !== undefined && this.#own.has(JSON.stringify([agentId, customer]))) {
      this.#leftOut.ownBaskets++;
      return;
    }
    if (items === 0) {
      this.#leftOut.returned++;
      return;
    }
    const key = JSON.stringify([
      agentId,
      storeId,
      customer ?? null,
      customer === undefined ? basketId : null,
    ]);
    getOrMake(this.#receipts, key, () => []).push(receipt);
  }

  /** Transactions in the order of their first basket's id, and what is not among them. */
  count(): { readonly sales: CountedSale[]; readonly leftOut: LeftOut } {
    const leftOut = { ...this.#leftOut };
    const sales = [...this.#receipts.values()].flatMap((receipts) => {
      const own = mergeSplit(receipts, this.#rules.splitMinutes * MINUTE_MS);
      leftOut.merged += receipts.length - own.length;
      return own;
    });
    sales.sort((a, b) => (a.basketIds[0]! < b.basketIds[0]! ? -1 : 1));
    return { sales, leftOut };
  }
}

interface Receipt extends CountedSale {
  readonly atMs: number;
}

function receiptOf(outcome: BasketOutcome, upsellMinor: number): Receipt {
  const { basketId, sold, items, suggestions, money } = outcome;
  return {
    ...{
      agentId: placeOf(outcome).agentId!,
      storeId: sold!.storeId,
      basketIds: [basketId],
      saleIds: [sold!.id],
    },
    ...{ atMs: sold!.atMs, items, upsellMinor },
    isShown: suggestions.shown > 0,
    isAttached: suggestions.bought > 0 && money.some(({ upsell }) => upsell.revenueMinor > 0),
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

/** The share of transactions with an accepted suggestion, of those in which one was shown. */
export function attachedOf(sales: readonly CountedSale[]): {
  readonly attached: number;
  readonly shown: number;
} {
  const shown = sales.filter(({ isShown }) => isShown);
  return { attached: shown.filter(({ isAttached }) => isAttached).length, shown: shown.length };
}

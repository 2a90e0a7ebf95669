import { BasketBook, type ReceiptProduct } from './basket-book.ts';
import type { BasketOutcome } from './basket-outcome.ts';
import type { DecisionFacts } from './decision.ts';
import type { StoredEvent } from './events.ts';
import type { UnmatchedEvent } from './unmatched-events.ts';
import { type Upsell, upsellsOf } from './upsells.ts';

export interface FoldedBasket {
  /** undefined where nothing was decided or sold. */
  readonly outcome: BasketOutcome | undefined;
  readonly products: readonly ReceiptProduct[];
  readonly upsells: readonly Upsell[];
  readonly unmatched: readonly UnmatchedEvent[];
}

/**
 * What the fold over the whole ledger gives for one basket.
 *
 * @param decisions all of the basket
 * @param events its sales and refunds, and the `shown` and `outcome` events of these decisions
 */
export function foldBasket(
  decisions: readonly DecisionFacts[],
  events: readonly StoredEvent[],
): FoldedBasket {
  const book = bookOf(decisions, events);
  const [[outcome, products] = [undefined, []]] = [...book.outcomesByProduct()];
  const upsells = outcome?.suggestions.accepted ? [...book.acceptances()].flatMap(upsellsOf) : [];
  return { outcome, products, upsells, unmatched: [...book.unmatched()] };
}

/** A book of these; of one basket where all are its own. */
export function bookOf(decisions: readonly DecisionFacts[], events: readonly StoredEvent[]): BasketBook {
  const book = new BasketBook();
  for (const decision of decisions) book.addDecision(decision);
  for (const event of events) book.addEvent(event);
  return book;
}

import { moneyOf } from './basket-money.ts';
import type { BasketOutcome, FirstDecision, SuggestionCounts } from './basket-outcome.ts';
import type { DecisionFacts } from './decision.ts';
import type {
  OutcomeEvent,
  OutcomeResult,
  RecordedLine,
  RefundEvent,
  SaleEvent,
  ShownEvent,
  StoredEvent,
} from './events.ts';
import { firstSaleOf } from './first-sale.ts';
import { getOrMake } from './get-or-make.ts';
import { instantMs } from './instant.ts';
import { type JudgedWords, judgeWords, type Word } from './last-words.ts';
import { netProducts, type PaidProduct } from './paid-products.ts';
import { joinedReceipts, strayRefunds, type UnmatchedEvent } from './unmatched-events.ts';

/** The products of a basket whose last outcome is `accepted`, each with the decision that offered it. Events in the order of their ids. */
export interface BasketAcceptances {
  readonly basketId: string;
  readonly decided: FirstDecision | undefined;
  readonly offers: readonly {
    readonly productId: string;
    readonly outcomeId: string;
    readonly decisionId: string;
  }[];
  readonly sales: readonly SaleEvent<RecordedLine>[];
  readonly refunds: readonly RefundEvent<RecordedLine>[];
}

/** What was paid for one product of a basket, and whether it was accepted as a suggestion. */
export interface ReceiptProduct extends PaidProduct {
  readonly isUpsell: boolean;
}

/**
 * Joins decisions and events of one tenant by basket. Neither the order in which they are added nor repetition changes the result.
 *
 * Attribution: an accepted suggestion counts when its product is on a paid receipt of the same basket, with all that
 * the receipt has of it. The decision has to be in the ledger, has to have offered the product, and was no holdout. Of
 * several words on one product in one basket the last counts that was said before the product was paid.
 */
export class BasketBook {
  readonly #baskets = new Map<string, BasketEntry>();
  readonly #decisions = new Map<string, Offer>();
  /** Events whose decision has not come yet: decision id → event id → event. */
  readonly #waiting = new Map<string, Map<string, ShownEvent | OutcomeEvent>>();
  readonly #strayIds = new Set<string>();
  /** Decisions that are no offers. */
  readonly #questions = new Set<string>();

  /** Baskets seen so far. */
  get size(): number {
    return this.#baskets.size;
  }

  addDecision(decision: DecisionFacts): void {
    // An analyst's question is not an offer.
    if (decision.objective !== 'value') {
      this.#questions.add(decision.decisionId);
      return;
    }
    if (this.#decisions.has(decision.decisionId)) return;
    const basket = this.#basket(decision.basketId);
    const offered = decision.arm === 'treatment' ? decision.suggestions : [];
    const offer = { basket, offered };
    this.#decisions.set(decision.decisionId, offer);
    if (!basket.first || isEarlier(decision, basket.first)) basket.first = firstDecision(decision);
    if (decision.arm === 'treatment') basket.isOffered = true;
    else basket.isHeldOut = true;
    if (decision.customer !== undefined && (!basket.named || isEarlier(basket.named, decision))) {
      const { customer, atMs, decisionId } = decision;
      basket.named = { customer, atMs, decisionId };
    }
    for (const event of this.#waiting.get(decision.decisionId)?.values() ?? []) this.#settle(offer, event);
    this.#waiting.delete(decision.decisionId);
  }

  addEvent({ event }: StoredEvent): void {
    if (event.type === 'sale') this.#basket(event.basketId).sales.set(event.id, event);
    else if (event.type === 'refund') this.#basket(event.basketId).refunds.set(event.id, event);
    else {
      const offer = this.#decisions.get(event.decisionId);
      if (offer) this.#settle(offer, event);
      else this.#wait(event);
    }
  }

  /** Every basket's outcome as far as it is known; may be read slowly. */
  *outcomes(): Generator<BasketOutcome> {
    for (const [basketId, basket] of this.#known())
      yield outcomeOf(basketId, basket, productsOf(basket), wordsOf(basket).last);
  }

  /** The same with what was paid for each product. */
  *outcomesByProduct(): Generator<readonly [BasketOutcome, readonly ReceiptProduct[]]> {
    for (const [basketId, basket] of this.#known()) {
      const products = productsOf(basket);
      const said = wordsOf(basket).last;
      const isAccepted = (productId: string) => said.get(productId)?.result === 'accepted';
      yield [
        outcomeOf(basketId, basket, products, said),
        products.map((product) => receiptProduct(product, isAccepted(product.productId))),
      ];
    }
  }

  *#known(): Generator<readonly [string, BasketEntry]> {
    for (const entry of this.#baskets) {
      // Skips baskets known only by a refund: neither decided on nor sold.
      if (entry[1].first || entry[1].sales.size > 0) yield entry;
    }
  }

  /** Accepted products of every basket with a receipt, with all events that decide what they are worth. */
  *acceptances(): Generator<BasketAcceptances> {
    for (const [basketId, basket] of this.#baskets) {
      const { first, sales, refunds } = basket;
      if (sales.size === 0) continue;
      const accepted = [...wordsOf(basket).last].filter(([, { result }]) => result === 'accepted');
      if (accepted.length === 0) continue;
      const offers = accepted.map(([productId, { id, decisionId }]) => ({
        productId,
        outcomeId: id,
        decisionId,
      }));
      yield { basketId, decided: first, offers, sales: byId(sales), refunds: byId(refunds) };
    }
  }

  /** Events that count nowhere or not by themselves, each once. */
  *unmatched(): Generator<UnmatchedEvent> {
    for (const [decisionId, events] of this.#waiting) {
      const reason = this.#questions.has(decisionId) ? 'not-suggested' : 'no-decision';
      for (const id of events.keys()) yield { id, reason };
    }
    for (const id of this.#strayIds) yield { id, reason: 'not-suggested' };
    for (const basket of this.#baskets.values()) {
      for (const id of wordsOf(basket).late) yield { id, reason: 'after-payment' };
      const sales = [...basket.sales.values()];
      for (const id of joinedReceipts(sales)) yield { id, reason: 'joined-receipt' };
      yield* strayRefunds(basket.refunds, sales);
    }
  }

  #basket(basketId: string): BasketEntry {
    const known = this.#baskets.get(basketId);
    if (known) return known;
    const basket: BasketEntry = {
      first: undefined,
      named: undefined,
      isOffered: false,
      isHeldOut: false,
      said: new Map(),
      sales: new Map(),
      refunds: new Map(),
    };
    this.#baskets.set(basketId, basket);
    return basket;
  }

  #wait(event: ShownEvent | OutcomeEvent): void {
    const events = this.#waiting.get(event.decisionId) ?? new Map<string, ShownEvent | OutcomeEvent>();
    events.set(event.id, event);
    this.#waiting.set(event.decisionId, events);
  }

  #settle({ basket, offered }: Offer, event: ShownEvent | OutcomeEvent): void {
    if (!offered.includes(event.productId)) {
      this.#strayIds.add(event.id);
      return;
    }
    const word: Word =
      event.type === 'outcome'
        ? { result: event.result, atMs: instantMs(event.at), id: event.id, decisionId: event.decisionId }
        : { result: undefined, atMs: Number.NEGATIVE_INFINITY, id: '', decisionId: event.decisionId };
    getOrMake(basket.said, event.productId, () => new Map()).set(event.id, word);
  }
}

interface BasketEntry {
  first: FirstDecision | undefined;
  named: { customer: string; atMs: number; decisionId: string } | undefined;
  /** Whether some decision is of treatment, and whether some is of the holdout. */
  isOffered: boolean;
  isHeldOut: boolean;
  /** Product → words on it by the ids of their events; a mere showing is the earliest word of all. */
  readonly said: Map<string, Map<string, Word>>;
  readonly sales: Map<string, SaleEvent<RecordedLine>>;
  readonly refunds: Map<string, RefundEvent<RecordedLine>>;
}

interface Offer {
  readonly basket: BasketEntry;
  readonly offered: readonly string[];
}

type Moment = Pick<FirstDecision, 'atMs' | 'decisionId'>;

function isEarlier(a: Moment, b: Moment): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.decisionId < b.decisionId);
}

function firstDecision(decision: DecisionFacts): FirstDecision {
  const { decisionId, atMs, arm, holdoutShare = 0, isDrawnForCustomer = false, basket } = decision;
  const { storeId, channel, agentId, customer } = decision;
  const basketValue = basket.reduce((sum, { quantity, unitPrice = 0 }) => sum + quantity * unitPrice, 0);
  return {
    decisionId,
    atMs,
    arm,
    holdoutShare,
    isDrawnForCustomer,
    storeId,
    channel,
    agentId,
    customer,
    basketValue,
    lines: basket.length,
  };
}

function wordsOf({ said, sales }: BasketEntry): JudgedWords {
  return judgeWords(said, sales.values());
}

function productsOf({ sales, refunds }: BasketEntry): PaidProduct[] {
  return netProducts(byId(sales), byId(refunds));
}

/** Field by field, as one report makes millions of these. */
function receiptProduct(product: PaidProduct, isUpsell: boolean): ReceiptProduct {
  return {
    productId: product.productId,
    currency: product.currency,
    items: product.items,
    revenueMinor: product.revenueMinor,
    refundedMinor: product.refundedMinor,
    isCostKnown: product.isCostKnown,
    costMinor: product.costMinor,
    holdingSavedMinor: product.holdingSavedMinor,
    isHoldingKnown: product.isHoldingKnown,
    isUpsell,
  };
}

function outcomeOf(
  basketId: string,
  basket: BasketEntry,
  products: readonly PaidProduct[],
  said: ReadonlyMap<string, Word>,
): BasketOutcome {
  const kept = new Set(products.filter(({ items }) => items > 0).map(({ productId }) => productId));
  const isAccepted = (productId: string) => said.get(productId)?.result === 'accepted';
  return {
    basketId,
    decided: basket.first,
    hasCrossed: basket.isOffered && basket.isHeldOut,
    sold: firstSaleOf([...basket.sales.values()]),
    customer: basket.named?.customer,
    money: moneyOf(products, isAccepted),
    items: products.reduce((sum, { items }) => sum + items, 0),
    productIds: [...kept],
    suggestions: countSuggestions(said, (productId) => isAccepted(productId) && kept.has(productId)),
  };
}

/** Sorted by id, so that the order of arrival makes no difference. */
function byId<Event>(events: ReadonlyMap<string, Event>): Event[] {
  return [...events].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event);
}

function countSuggestions(
  said: ReadonlyMap<string, Word>,
  isBought: (productId: string) => boolean,
): SuggestionCounts {
  const results = [...said.values()].map(({ result }) => result);
  const count = (wanted: OutcomeResult) => results.filter((result) => result === wanted).length;
  return {
    shown: said.size,
    accepted: count('accepted'),
    declined: count('declined'),
    notOffered: count('not-offered'),
    bought: [...said.keys()].filter(isBought).length,
  };
}

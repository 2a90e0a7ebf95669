import type { Model } from '../recommender/model.ts';
import { type Evaluation, evaluateBeside } from './evaluate.ts';
import { askedBaskets, knownToModel } from './known-to-model.ts';
import { purchaseHistory } from './purchase-history.ts';
import { askQuestions, EVALUATED_BASKETS_MAX, type Questions } from './questions.ts';
import type { Receipts } from './receipts.ts';
import { easeScorer, neighbourScorer, popularityScorer, servedScorer } from './scorers.ts';

/** Receipts whose baskets from `from` on are asked about. */
export interface AskedReceipts {
  readonly receipts: Receipts;
  readonly from: number;
}

/** What a published model is worth on receipts, and what could not be asked of it. */
export interface PublishedEvaluation {
  readonly evaluation: Evaluation;
  readonly test: Questions;
  /** Lines of the asked baskets whose product the model has not learned, and how many products those are. */
  readonly unknown: { readonly lines: number; readonly products: number };
}

/** No question can be made from the receipts. */
export class NothingToAsk extends Error {
  override readonly name = 'NothingToAsk';
}

/**
 * Asks a published model, through the ranking that serves, for the hidden products of each basket, over all its known products as the model
 * card does. It is compared with its own signals and its own sales: rules and cosines would need the receipts it learned from.
 *
 * @throws NothingToAsk when no basket holds two products the model knows
 */
export function evaluatePublished(
  model: Model,
  { receipts, from }: AskedReceipts,
  seed: number,
  onRanked?: (share: number) => void,
): PublishedEvaluation {
  const known = knownToModel(receipts, model);
  const test = askQuestions(askedBaskets(receipts, known, from), seed, EVALUATED_BASKETS_MAX);
  assertAsked(test, receipts.soldAtMs.length - from, model.version);
  const asked = receipts.items.subarray(receipts.basketStart[from]!);
  const unknown = asked.filter((product) => known.itemOf[product]! < 0);
  const share = Float64Array.from(model.basketShare.subarray(0, model.knownCount));
  const others = [
    popularityScorer(share),
    easeScorer(model.complements, share),
    neighbourScorer(model.past, model.kernel, share),
  ];
  const period = {
    test,
    coldShare: unknown.length / asked.length,
    hadBought: purchaseHistory(receipts, known, from),
    storeOf: storeNames(model, { receipts, from }),
    products: model.products,
    seed,
  };
  const evaluation = evaluateBeside(servedScorer(model), others, share, period, (methods) =>
    onRanked?.(methods / (others.length + 1)),
  );
  return { evaluation, test, unknown: { lines: unknown.length, products: new Set(unknown).size } };
}

/** @throws NothingToAsk */
export function assertAsked({ basket }: Questions, baskets: number, ...versions: string[]): void {
  if (basket.length > 0) return;
  throw new NothingToAsk(
    `No question can be asked about these ${baskets} baskets: wanted some with at least two products that ${versions.join(' or ')} knows; got none. Are the products named as in the receipts it learned from (--columns)?`,
  );
}

/** The store of an asked basket: its id, and the name the model has for it. */
function storeNames(
  { stores }: Model,
  { receipts, from }: AskedReceipts,
): (basket: number) => string | undefined {
  const nameOf = new Map(stores.map(({ id, name }) => [id, name]));
  const names = receipts.storeIds.map((id) => {
    const name = nameOf.get(id) ?? id;
    return name === id ? id : `${name} (${id})`;
  });
  return (basket) => names[receipts.store[from + basket]!];
}

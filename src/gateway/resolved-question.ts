import { type ResolvedBasket, resolveBasket } from '../recommender/basket.ts';
import type { StoreView } from '../recommender/store-view.ts';
import { knownCustomer, type Question } from './question.ts';
import type { ServingModel } from './serving-model.ts';
import { timeOrderedId } from './time-ordered-id.ts';

export interface ResolverParts {
  /** The model that answers a basket: the same until the basket ends. */
  readonly serving: (tenant: string, basketId: string | undefined) => ServingModel;
  /** Whether the customer has been erased: then what a model learned about them is no longer used. */
  readonly isErased: (tenant: string, customerId: string) => boolean;
  /** Wall clock, epoch ms. */
  readonly nowMs: () => number;
}

/** A question, with what it names. */
export interface ResolvedQuestion {
  readonly question: Question;
  /** As stated, or now; epoch ms. */
  readonly askedAtMs: number;
  readonly basketId: string;
  readonly serving: ServingModel;
  readonly view: StoreView;
  readonly basket: ResolvedBasket;
  /** The customer, if they agreed to be known and were not erased since. */
  readonly customerId: string | undefined;
}

export function resolveQuestion(parts: ResolverParts, question: Question): ResolvedQuestion {
  const { request, access } = question;
  // A basket of practice keeps no version in service.
  const serving = parts.serving(access.tenant, request.practice ? undefined : request.basketId);
  return {
    question,
    askedAtMs: request.at === undefined ? parts.nowMs() : Date.parse(request.at),
    basketId: request.basketId ?? timeOrderedId(),
    serving,
    view: serving.view(request.storeId),
    basket: resolveBasket(serving.model, request.basket),
    customerId: request.practice ? undefined : namedCustomer(parts, question),
  };
}

function namedCustomer({ isErased }: ResolverParts, { request, access }: Question): string | undefined {
  const customerId = knownCustomer(request);
  return customerId === undefined || isErased(access.tenant, customerId) ? undefined : customerId;
}

import { DECISION_CANDIDATES_MAX, type DecisionLine, type DecisionRecord } from '../ledger/decision.ts';
import type { BasketLine } from '../recommender/basket.ts';
import { VERDICTS } from '../recommender/verdict.ts';
import type { AnswerFacts } from './present-answer.ts';
import type { ServingModel } from './serving-model.ts';

/** An answer with what was in force when it was decided. */
export type RecordFacts = AnswerFacts & {
  readonly stockEpoch: number;
  readonly rulesVersion: number;
  readonly atMs: number;
  readonly pseudonymise: (tenant: string, customerId: string) => string;
};

/** The ledger's record of an answer. */
export function decisionRecord(facts: RecordFacts): DecisionRecord {
  const { decision, serving, question } = facts;
  const { request, access } = question;
  const idOf = (item: number) => serving.model.products[item]!.id;
  const { items, probability, expectedValue, verdict } = decision.considered;
  return {
    decisionId: facts.decisionId,
    tenant: access.tenant,
    basketId: facts.basketId,
    channel: request.channel,
    ...(request.storeId !== undefined && { storeId: request.storeId }),
    ...(request.agentId !== undefined && { agentId: request.agentId }),
    // Without consent the basket is nobody's.
    ...(request.customerId !== undefined &&
      request.consent?.personalise && { customer: facts.pseudonymise(access.tenant, request.customerId) }),
    ...(request.language !== undefined && { language: request.language }),
    atMs: facts.atMs,
    arm: facts.assignment.arm,
    holdoutShare: facts.assignment.holdoutShare,
    modelVersion: serving.model.version,
    rulesVersion: facts.rulesVersion,
    stockEpoch: facts.stockEpoch,
    objective: request.objective,
    basket: request.basket.map((line) => decisionLine(line, serving)),
    candidates: keptPlaces(verdict).map((at) => ({
      productId: idOf(items[at]!),
      probability: probability[at]!,
      expectedValue: Number.isFinite(expectedValue[at]!) ? expectedValue[at]! : null,
      verdict: VERDICTS[verdict[at]!]!,
    })),
    suggestions: decision.suggestions.map(({ item }) => idOf(item)),
    degraded: facts.degraded,
  };
}

function decisionLine({ productId, quantity, unitPrice }: BasketLine, { model }: ServingModel): DecisionLine {
  const item = model.itemOf.get(productId);
  const price = unitPrice ?? (item === undefined ? undefined : model.products[item]!.unitPrice);
  return { productId, quantity, ...(price !== undefined && { unitPrice: price }) };
}

/** Places of the candidates to keep: all that were suggested, and the most probable of the others. */
function keptPlaces(verdict: Uint8Array): number[] {
  const isSuggested = (at: number) => VERDICTS[verdict[at]!] === 'suggested';
  const places = [...verdict.keys()];
  let spare = DECISION_CANDIDATES_MAX - places.filter(isSuggested).length;
  return places.filter((at) => isSuggested(at) || spare-- > 0);
}

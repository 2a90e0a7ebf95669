import {
  DECISION_CANDIDATES_MAX,
  type DecisionCandidate,
  type DecisionLine,
  type DecisionRecord,
  type SlateFacts,
} from '../ledger/decision.ts';
import type { BasketLine } from '../recommender/basket.ts';
import type { Considered } from '../recommender/recommend.ts';
import type { ValuePolicy } from '../recommender/value.ts';
import { VERDICTS } from '../recommender/verdict.ts';
import type { AnswerFacts } from './present-answer.ts';
import { limitOf } from './question.ts';
import type { ServingModel } from './serving-model.ts';

/** An answer with what was in force when it was decided. */
export type RecordFacts = AnswerFacts & {
  readonly stockEpoch: number;
  readonly rulesVersion: number;
  readonly atMs: number;
  readonly policy: ValuePolicy;
  readonly pseudonymise: (tenant: string, customerId: string) => string;
};

/** The ledger's record of an answer. */
export function decisionRecord(facts: RecordFacts): DecisionRecord {
  const { decision, serving, question } = facts;
  const { request, access } = question;
  const idOf = (item: number) => serving.model.products[item]!.id;
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
    candidates: candidatesOf(decision.considered, serving),
    suggestions: decision.suggestions.map(({ item }) => idOf(item)),
    slate: slateFacts(facts),
    degraded: facts.degraded,
  };
}

function decisionLine({ productId, quantity, unitPrice }: BasketLine, { model }: ServingModel): DecisionLine {
  const item = model.itemOf.get(productId);
  const price = unitPrice ?? (item === undefined ? undefined : model.products[item]!.unitPrice);
  return { productId, quantity, ...(price !== undefined && { unitPrice: price }) };
}

function candidatesOf(considered: Considered, { model }: ServingModel): DecisionCandidate[] {
  const { items, probability, expectedValue, verdict, unitValue, inclusion } = considered;
  const places = keptPlaces(considered);
  const groups = sharedGroups(places.map((at) => model.substituteGroup[items[at]!]!));
  return places.map((at, kept) => ({
    productId: model.products[items[at]!]!.id,
    probability: probability[at]!,
    expectedValue: finiteOrNull(expectedValue[at]!),
    verdict: VERDICTS[verdict[at]!]!,
    unitValue: finiteOrNull(unitValue[at]!),
    ...(inclusion && { inclusion: inclusion[at]! }),
    ...(groups[kept] !== undefined && { substituteGroup: groups[kept] }),
  }));
}

function slateFacts({ decision, serving, policy, question, exploration }: RecordFacts): SlateFacts {
  const { pinned, isExplored, suggestions } = decision;
  const explored = isExplored ? serving.model.products[suggestions.at(-1)!.item]!.id : null;
  return {
    ...{ limit: limitOf(question.request), pinned, valueWeight: policy.valueWeight },
    expectedValueMin: policy.expectedValueMin,
    referenceValue: finiteOrNull(serving.referenceValue),
    ...(exploration && { exploration: { ...exploration, explored } }),
  };
}

/** Places of the candidates to keep: all that could have been suggested, and the most probable of the others. */
function keptPlaces({ verdict, inclusion }: Considered): number[] {
  const isKept = (at: number) => VERDICTS[verdict[at]!] === 'suggested' || (inclusion?.[at] ?? 0) > 0;
  const places = [...verdict.keys()];
  let spare = DECISION_CANDIDATES_MAX - places.filter(isKept).length;
  return places.filter((at) => isKept(at) || spare-- > 0);
}

/** Groups that several have, counted from 0 in the order of their first; undefined for what has no substitute beside it. */
function sharedGroups(groups: readonly number[]): (number | undefined)[] {
  const sizes = new Map<number, number>();
  for (const group of groups) if (group >= 0) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const numbers = new Map<number, number>();
  for (const [group, size] of sizes) if (size > 1) numbers.set(group, numbers.size);
  return groups.map((group) => numbers.get(group));
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

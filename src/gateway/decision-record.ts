import {
  DECISION_CANDIDATES_MAX,
  type DecisionCandidate,
  type DecisionLine,
  type DecisionRecord,
  type SlateFacts,
} from '../ledger/decision.ts';
import type { Writable } from '../ledger/writable.ts';
import type { BasketLine } from '../recommender/basket.ts';
import type { Exploration } from '../recommender/choose-slate.ts';
import type { Considered } from '../recommender/recommend.ts';
import type { ValuePolicy } from '../recommender/value.ts';
import { VERDICTS, verdictCode } from '../recommender/verdict.ts';
import type { AnswerFacts } from './present-answer.ts';
import { knownCustomer, limitOf } from './question.ts';
import type { ServingModel } from './serving-model.ts';

const SUGGESTED = verdictCode('suggested');

/** What a record says besides the answer. */
export interface RecordedWith {
  readonly stockEpoch: number;
  readonly rulesVersion: number;
  readonly atMs: number;
  readonly policy: ValuePolicy;
  readonly pseudonymise: (tenant: string, customerId: string) => string;
}

/** The ledger's record of an answer. */
export function decisionRecord(facts: AnswerFacts, beside: RecordedWith): DecisionRecord {
  const { decision, serving, question, assignment, exploration } = facts;
  const { request, access } = question;
  const customerId = knownCustomer(request);
  const listed = exploration ? explorableCandidates : candidatesOf;
  const idOf = (item: number) => serving.model.products[item]!.id;
  const record: Writable<DecisionRecord> = {
    decisionId: facts.decisionId,
    tenant: access.tenant,
    basketId: facts.basketId,
    channel: request.channel,
    atMs: beside.atMs,
    arm: assignment.arm,
    holdoutShare: assignment.holdoutShare,
    modelVersion: serving.model.version,
    rulesVersion: beside.rulesVersion,
    stockEpoch: beside.stockEpoch,
    objective: request.objective,
    basket: request.basket.map((line) => decisionLine(line, serving)),
    candidates: listed(decision.considered, serving, keptPlaces(decision.considered)),
    suggestions: decision.suggestions.map(({ item }) => idOf(item)),
    degraded: facts.degraded,
  };
  if (request.storeId !== undefined) record.storeId = request.storeId;
  if (request.agentId !== undefined) record.agentId = request.agentId;
  if (customerId !== undefined) record.customer = beside.pseudonymise(access.tenant, customerId);
  if (request.language !== undefined) record.language = request.language;
  if (assignment.isDrawnForCustomer) record.isDrawnForCustomer = true;
  if (exploration) record.slate = slateFacts(facts, exploration, beside.policy);
  return record;
}

function decisionLine({ productId, quantity, unitPrice }: BasketLine, { model }: ServingModel): DecisionLine {
  const item = model.itemOf.get(productId);
  const price = unitPrice ?? (item === undefined ? undefined : model.products[item]!.unitPrice);
  return price === undefined ? { productId, quantity } : { productId, quantity, unitPrice: price };
}

function candidatesOf(
  { items, probability, expectedValue, verdict }: Considered,
  { model }: ServingModel,
  places: readonly number[],
): DecisionCandidate[] {
  return places.map((at) => ({
    productId: model.products[items[at]!]!.id,
    probability: probability[at]!,
    expectedValue: finiteOrNull(expectedValue[at]!),
    verdict: VERDICTS[verdict[at]!]!,
  }));
}

/** Candidates with what is needed to judge another policy by them. */
function explorableCandidates(
  considered: Considered,
  serving: ServingModel,
  places: readonly number[],
): DecisionCandidate[] {
  const { items, unitValue, inclusion } = considered;
  const groups = sharedGroups(places.map((at) => serving.model.substituteGroup[items[at]!]!));
  return candidatesOf(considered, serving, places).map((candidate, kept) => ({
    ...candidate,
    unitValue: finiteOrNull(unitValue[places[kept]!]!),
    ...(inclusion && { inclusion: inclusion[places[kept]!]! }),
    ...(groups[kept]! >= 0 && { substituteGroup: groups[kept]! }),
  }));
}

function slateFacts(
  { decision, serving, question }: AnswerFacts,
  exploration: Exploration,
  policy: ValuePolicy,
): SlateFacts {
  const { pinned, isExplored, suggestions } = decision;
  const explored = isExplored ? serving.model.products[suggestions.at(-1)!.item]!.id : null;
  return {
    limit: limitOf(question.request),
    pinned,
    valueWeight: policy.valueWeight,
    expectedValueMin: policy.expectedValueMin,
    referenceValue: finiteOrNull(serving.referenceValue),
    exploration: { ...exploration, explored },
  };
}

/** Places of the candidates to keep: all that could have been suggested, and the most probable of the others. */
function keptPlaces({ verdict, inclusion }: Considered): number[] {
  const isKept = (at: number) => verdict[at] === SUGGESTED || (inclusion !== undefined && inclusion[at]! > 0);
  let spare = DECISION_CANDIDATES_MAX;
  for (let at = 0; at < verdict.length; at++) if (isKept(at)) spare--;
  const places: number[] = [];
  for (let at = 0; at < verdict.length; at++) if (isKept(at) || spare-- > 0) places.push(at);
  return places;
}

/**
 * [candidates] Groups that several candidates share, numbered from 0 in the order of their first; -1 for a candidate without a substitute
 * among them.
 */
function sharedGroups(groups: readonly number[]): Int32Array {
  const shared = new Int32Array(groups.length).fill(-1);
  let count = 0;
  for (let first = 0; first < groups.length; first++) {
    if (groups[first]! < 0 || shared[first]! >= 0) continue;
    for (let at = first + 1; at < groups.length; at++) {
      if (groups[at] !== groups[first]) continue;
      if (shared[first]! < 0) shared[first] = count++;
      shared[at] = shared[first]!;
    }
  }
  return shared;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

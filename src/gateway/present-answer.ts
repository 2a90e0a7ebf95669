import type { Arm, Assignment } from '../ledger/decision.ts';
import type { Writable } from '../ledger/writable.ts';
import type { ResolvedBasket } from '../recommender/basket.ts';
import type { Exploration } from '../recommender/choose-slate.ts';
import { isCustomerSafe, type Reason } from '../recommender/reasons.ts';
import type { Decision, Suggestion } from '../recommender/recommend.ts';
import { unknownTerms, type ValueTerms } from '../recommender/value.ts';
import { VERDICTS, type Verdict } from '../recommender/verdict.ts';
import { hasScope, maySeeMoney } from './access.ts';
import type { Question } from './question.ts';
import { QUESTION_SCOPES } from './route-scopes.ts';
import type { ServingModel } from './serving-model.ts';

/** One suggestion on the wire; value and expected value only for keys that may see money. */
export interface SuggestionBody {
  readonly productId: string;
  readonly name: string;
  readonly unitPrice?: number;
  readonly probability: number;
  readonly expectedValue?: number | null;
  readonly value?: ValueBody;
  readonly reasons: readonly Reason[];
  readonly pitch: string;
  readonly rules?: readonly string[];
  /** Drawn to learn what it is worth, instead of the ordinary suggestion; stated for scope analyst and above. */
  readonly explored?: true;
}

interface ValueBody {
  readonly margin: number;
  readonly holding: number;
  readonly writeOff: number;
  readonly scarcity: number;
  readonly unknown: readonly string[];
}

/** The answer to a basket as callers get it. */
export interface SuggestionAnswer {
  readonly decisionId: string;
  readonly basketId: string;
  readonly arm: Arm;
  readonly modelVersion: string;
  readonly suggestions: readonly SuggestionBody[];
  readonly unknownProducts: readonly string[];
  readonly degraded: readonly string[];
  readonly cache: 'hit' | 'miss';
  readonly tookMs: number;
  readonly explain?: readonly ExplainedCandidate[];
}

interface ExplainedCandidate {
  readonly productId: string;
  readonly name: string;
  readonly verdict: Verdict;
  readonly probability: number;
  readonly expectedValue: number | null;
  readonly value: ValueBody;
  readonly daysOfSupply: number | null;
  readonly available: number | null;
  /** Chance of being suggested; absent where nothing is explored. */
  readonly inclusion?: number;
}

/** All that an answer and its record are made from. */
export interface AnswerFacts {
  readonly decisionId: string;
  readonly basketId: string;
  readonly assignment: Assignment;
  readonly exploration: Exploration | undefined;
  readonly serving: ServingModel;
  readonly decision: Decision;
  readonly basket: ResolvedBasket;
  readonly degraded: readonly string[];
  readonly cache: 'hit' | 'miss';
  readonly question: Question;
}

/** @param tookMs milliseconds since the question arrived */
export function presentAnswer(facts: AnswerFacts, tookMs: number): SuggestionAnswer {
  const { decision, serving, question } = facts;
  const seesMoney = maySeeMoney(question.access);
  const { arm } = facts.assignment;
  // What would have been offered is in the record only.
  const offered = arm === 'holdout' ? [] : decision.suggestions;
  const saysExplored = decision.isExplored && hasScope(question.access, QUESTION_SCOPES.explain);
  const suggestions = offered.map((suggestion) => suggestionBody(serving, suggestion, seesMoney));
  if (saysExplored && suggestions.length > 0) suggestions.at(-1)!.explored = true;
  const answer: Writable<SuggestionAnswer> = {
    decisionId: facts.decisionId,
    basketId: facts.basketId,
    arm,
    modelVersion: serving.model.version,
    suggestions,
    unknownProducts: facts.basket.unknownProducts,
    degraded: facts.degraded,
    cache: facts.cache,
    tookMs: rounded(tookMs, 3),
  };
  if (question.explain && seesMoney) answer.explain = explain(facts);
  return answer;
}

function suggestionBody(
  { model }: ServingModel,
  suggestion: Suggestion,
  seesMoney: boolean,
): Writable<SuggestionBody> {
  const product = model.products[suggestion.item]!;
  const reasons = seesMoney
    ? suggestion.reasons
    : suggestion.reasons.filter((reason) => reason.code === 'pinned' || isCustomerSafe(reason));
  // In the order in which callers read it.
  const body = { productId: product.id, name: product.name } as Writable<SuggestionBody>;
  if (product.unitPrice !== undefined) body.unitPrice = product.unitPrice;
  body.probability = rounded(suggestion.probability, 6);
  if (seesMoney) {
    body.expectedValue = numberOrNull(suggestion.expectedValue, 4);
    body.value = valueBody(suggestion.terms);
  }
  body.reasons = reasons;
  body.pitch = suggestion.pitch;
  if (seesMoney && suggestion.rules.length > 0) body.rules = suggestion.rules;
  return body;
}

function explain({ decision, serving }: AnswerFacts): ExplainedCandidate[] {
  const { items, probability, expectedValue, verdict, inclusion, terms } = decision.considered;
  return Array.from(items, (item, at) => {
    const candidate = terms![at]!;
    return {
      productId: serving.model.products[item]!.id,
      name: serving.model.products[item]!.name,
      verdict: VERDICTS[verdict[at]!]!,
      probability: rounded(probability[at]!, 6),
      expectedValue: numberOrNull(expectedValue[at]!, 4),
      value: valueBody(candidate),
      daysOfSupply: numberOrNull(candidate.daysOfSupply, 1),
      available: numberOrNull(candidate.available, 3),
      ...(inclusion && { inclusion: rounded(inclusion[at]!, 6) }),
    };
  });
}

function valueBody(terms: Readonly<ValueTerms>): ValueBody {
  return {
    margin: rounded(terms.margin, 4),
    holding: rounded(terms.holding, 4),
    writeOff: rounded(terms.writeOff, 4),
    scarcity: rounded(terms.scarcity, 4),
    unknown: unknownTerms(terms),
  };
}

function numberOrNull(value: number, digits: number): number | null {
  return Number.isFinite(value) ? rounded(value, digits) : null;
}

function rounded(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

import {
  type Assignment,
  type DecisionRecord,
  type HoldoutUnit,
  NOT_IN_EXPERIMENT,
} from '../ledger/decision.ts';
import type { Exploration } from '../recommender/choose-slate.ts';
import { languageOf } from '../recommender/pitch.ts';
import { type Decision, decide } from '../recommender/recommend.ts';
import type { RankedCandidates } from '../recommender/result-cache.ts';
import type { Situation } from '../recommender/situation.ts';
import type { StockBook } from '../recommender/stock-book.ts';
import type { ValuePolicy } from '../recommender/value.ts';
import type { BasketMemory } from './basket-memory.ts';
import { decisionRecord, type RecordedWith } from './decision-record.ts';
import { type GathererParts, gatherCandidates } from './gather-candidates.ts';
import { type AnswerFacts, presentAnswer, type SuggestionAnswer } from './present-answer.ts';
import { limitOf, type Question } from './question.ts';
import { type ResolvedQuestion, type ResolverParts, resolveQuestion } from './resolved-question.ts';
import type { Log, Telemetry } from './telemetry-port.ts';
import { timeOrderedId } from './time-ordered-id.ts';

export interface AdvisorParts extends ResolverParts, GathererParts {
  readonly stock: (tenant: string) => StockBook;
  readonly policy: ValuePolicy;
  readonly memory: BasketMemory;
  /** Appends a decision without waiting; false when it could not be kept. */
  readonly record: (decision: DecisionRecord) => boolean;
  /** The arm of the experiment that a basket, or its customer, is in: the same in the same store and channel. */
  readonly assign: (tenant: string, unit: HoldoutUnit) => Assignment;
  /** Draws for exploration; absent where nothing is explored. A draw depends on the basket and on all that is asked. */
  readonly explore: ((tenant: string, basketId: string, asked: string) => Exploration) | undefined;
  /** A customer's name in the ledger: always the same for one customer, and impossible to trace back. */
  readonly pseudonymise: (tenant: string, customerId: string) => string;
  readonly log: Log;
  /** The parts of the tenant's state that are too old, as reasons of `degraded`; mostly none. */
  readonly stale: (tenant: string) => readonly string[];
}

/** Answers a basket: gather, decide, present; the record follows when the answer has left. */
export interface Advisor {
  advise(question: Question): Promise<SuggestionAnswer>;
}

export function createAdvisor(parts: AdvisorParts): Advisor {
  return {
    async advise(question) {
      const resolved = resolveQuestion(parts, question);
      const { basketId, serving, basket } = resolved;
      const { tenant } = question.access;
      const gathered = await gatherCandidates(parts, resolved);
      const drawn = draw(parts, resolved);
      const decision = decideOn(parts, resolved, drawn, gathered.ranked);
      const started = parts.ticks();
      const decisionId = timeOrderedId();
      const stale = parts.stale(tenant);
      const degraded = stale.length > 0 ? [...gathered.degraded, ...stale] : gathered.degraded;
      const facts: AnswerFacts = {
        decisionId,
        basketId,
        assignment: drawn.assignment,
        exploration: drawn.exploration,
        serving,
        decision,
        basket,
        degraded,
        cache: gathered.cache,
        question,
      };
      const answer = presentAnswer(facts, parts.ticks() - question.arrivedAt);
      parts.telemetry.stage('present', (parts.ticks() - started) / 1000);
      if (question.request.practice) return answer;
      count(parts.telemetry, question, answer);
      parts.memory.remember(tenant, decisionId, basketId);
      const stockEpoch = parts.stock(tenant).epoch;
      const rulesVersion = serving.rules().version;
      setImmediate(() => record(parts, facts, { stockEpoch, rulesVersion }));
      return answer;
    },
  };
}

/** The arm that the basket is in, what may be explored there, and what has been refused. */
interface Drawn {
  readonly assignment: Assignment;
  readonly exploration: Exploration | undefined;
  /** Items refused in this basket, by the question and by earlier events; -1 for unknown ones. */
  readonly declined: ReadonlySet<number>;
}

function draw(parts: AdvisorParts, resolved: ResolvedQuestion): Drawn {
  const { basketId, customerId, question } = resolved;
  const { storeId, channel, objective, practice } = question.request;
  const isOffer = objective === 'value' && !practice;
  const assignment = isOffer
    ? parts.assign(question.access.tenant, { basketId, customerId, storeId, channel })
    : NOT_IN_EXPERIMENT;
  const declined = declinedItems(parts, resolved);
  const isTreated = isOffer && assignment.arm === 'treatment';
  const exploration = isTreated ? explorationOf(parts, resolved, declined) : undefined;
  return { assignment, exploration, declined };
}

function decideOn(
  parts: AdvisorParts,
  { question, askedAtMs, serving, view, basket }: ResolvedQuestion,
  { declined, exploration }: Drawn,
  ranked: RankedCandidates,
): Decision {
  const { request, access, explain } = question;
  const started = parts.ticks();
  const { model } = serving;
  const stock = parts.stock(access.tenant);
  const situation: Situation = {
    model,
    view,
    rules: serving.rules().bound,
    stock: request.storeId === undefined ? undefined : stock.store(request.storeId),
    slots: stock.slotsFor(model.products),
    demandPerDay: serving.demand(request.storeId),
    policy: parts.policy,
    referenceValue: serving.referenceValue,
    unitValueMax: serving.unitValueMax,
  };
  const occasion = {
    basket: basket.items,
    declined,
    exploration,
    storeId: request.storeId,
    channel: request.channel,
    nowMs: askedAtMs,
    customerAge: request.customerAge,
    language: languageOf(request.language),
    limit: limitOf(request),
    objective: request.objective,
  };
  const decision = decide(situation, occasion, ranked, serving.scratch, explain);
  parts.telemetry.stage('decide', (parts.ticks() - started) / 1000);
  return decision;
}

function declinedItems(parts: AdvisorParts, { question, serving, basketId }: ResolvedQuestion): Set<number> {
  const { request, access } = question;
  const declined = new Set<number>();
  for (const ids of [request.declined, parts.memory.declinedIn(access.tenant, basketId)]) {
    for (const id of ids) declined.add(serving.model.itemOf.get(id) ?? -1);
  }
  return declined;
}

/**
 * The draw for this question. It depends on all that is asked, not on the basket alone: an accepted or refused exploration changes what the
 * basket asks next, and a draw that follows from that would no longer be random.
 */
function explorationOf(
  { explore }: AdvisorParts,
  { question, basketId, basket }: ResolvedQuestion,
  declined: ReadonlySet<number>,
): Exploration | undefined {
  if (!explore) return undefined;
  const refused = [...declined].sort((a, b) => a - b);
  return explore(question.access.tenant, basketId, `${basket.items.join()}|${refused.join()}`);
}

/** Never throws: nobody would catch it, and the process would end. */
function record(
  parts: AdvisorParts,
  facts: AnswerFacts,
  { stockEpoch, rulesVersion }: Pick<RecordedWith, 'stockEpoch' | 'rulesVersion'>,
): void {
  const { policy, pseudonymise } = parts;
  try {
    const beside = { stockEpoch, rulesVersion, policy, pseudonymise, atMs: parts.nowMs() };
    if (parts.record(decisionRecord(facts, beside))) return;
    parts.telemetry.decisionLost();
  } catch (error) {
    parts.telemetry.decisionLost();
    parts.log.error({ err: error, decisionId: facts.decisionId }, 'decision not recorded');
  }
}

function count(telemetry: Telemetry, { request }: Question, answer: SuggestionAnswer): void {
  telemetry.suggested(request.channel, answer.suggestions.length);
  for (const reason of answer.degraded) telemetry.degraded(reason);
}

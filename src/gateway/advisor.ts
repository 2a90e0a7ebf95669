import { createHash } from 'node:crypto';
import {
  type Assignment,
  type DecisionRecord,
  type HoldoutUnit,
  NOT_IN_EXPERIMENT,
} from '../ledger/decision.ts';
import { type ResolvedBasket, resolveBasket } from '../recommender/basket.ts';
import { CANDIDATES_MAX, rankCandidates } from '../recommender/candidates.ts';
import type { Exploration } from '../recommender/choose-slate.ts';
import { NO_CUSTOMER } from '../recommender/customer-history.ts';
import type { Situation } from '../recommender/deliberation.ts';
import { popularCandidates } from '../recommender/fallback.ts';
import { languageOf } from '../recommender/pitch.ts';
import { type Decision, decide } from '../recommender/recommend.ts';
import type { CacheAnswer, RankedCandidates, ResultCache } from '../recommender/result-cache.ts';
import type { StockBook } from '../recommender/stock-book.ts';
import type { StoreView } from '../recommender/store-view.ts';
import type { ValuePolicy } from '../recommender/value.ts';
import type { BasketMemory } from './basket-memory.ts';
import { decisionRecord, type RecordedWith } from './decision-record.ts';
import { type AnswerFacts, presentAnswer, type SuggestionAnswer } from './present-answer.ts';
import { knownCustomer, limitOf, type Question } from './question.ts';
import type { ServingModel } from './serving-model.ts';
import type { Log, Telemetry } from './telemetry-port.ts';
import { timeOrderedId } from './time-ordered-id.ts';

export interface AdvisorParts {
  /** The model that answers a basket: the same until the basket ends. */
  readonly serving: (tenant: string, basketId: string | undefined) => ServingModel;
  readonly cache: ResultCache;
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
  /** Whether the customer has been erased: then what a model learned about them is no longer used. */
  readonly isErased: (tenant: string, customerId: string) => boolean;
  readonly telemetry: Telemetry;
  readonly log: Log;
  /** Wall clock, epoch ms. */
  readonly nowMs: () => number;
  /** Monotonic clock, ms. */
  readonly ticks: () => number;
  /** Time for an answer when the caller gives none, and longest wait for the cache. */
  readonly budgetMs: number;
  readonly cacheDeadlineMs: number;
  /** The parts of the tenant's state that are too old, as reasons of `degraded`; mostly none. */
  readonly stale: (tenant: string) => readonly string[];
}

/** Answers a basket: gather, decide, present; the record follows when the answer has left. */
export interface Advisor {
  advise(question: Question): Promise<SuggestionAnswer>;
}

/** Baskets with longer keys are cached under a digest. */
const KEY_LENGTH_MAX = 200;

export function createAdvisor(parts: AdvisorParts): Advisor {
  return {
    async advise(question) {
      const resolved = resolve(parts, question);
      const { basketId, serving, basket } = resolved;
      const { tenant } = question.access;
      const gathered = await gather(parts, resolved);
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

/** A question, with what it names. */
interface ResolvedQuestion {
  readonly question: Question;
  readonly basketId: string;
  readonly serving: ServingModel;
  readonly view: StoreView;
  readonly basket: ResolvedBasket;
  readonly customerId: string | undefined;
}

function resolve(parts: AdvisorParts, question: Question): ResolvedQuestion {
  const { request, access } = question;
  const serving = parts.serving(access.tenant, request.basketId);
  return {
    question,
    basketId: request.basketId ?? timeOrderedId(),
    serving,
    view: serving.view(request.storeId),
    basket: resolveBasket(serving.model, request.basket),
    customerId: namedCustomer(parts, question),
  };
}

/** Candidates, and what had to be left out to have them in time. */
interface Gathered {
  readonly ranked: RankedCandidates;
  readonly cache: 'hit' | 'miss';
  readonly degraded: readonly string[];
}

const NO_CANDIDATES: RankedCandidates = {
  items: new Int32Array(0),
  probability: new Float32Array(0),
  reasonItem: new Int32Array(0),
  reasonShare: new Float32Array(0),
};

async function gather(
  parts: AdvisorParts,
  { question, serving, view, basket, customerId }: ResolvedQuestion,
): Promise<Gathered> {
  const { request, arrivedAt } = question;
  const started = parts.ticks();
  const budgetMs = request.budgetMs ?? parts.budgetMs;
  const left = () => budgetMs - (parts.ticks() - arrivedAt);
  if (left() <= -budgetMs)
    return { ranked: NO_CANDIDATES, cache: 'miss', degraded: ['budget', 'ranking', 'fallback'] };
  if (left() <= 0) return outOfTime(view, basket);
  const customer = customerOf(serving, question, customerId);
  const hour = serving.model.hourOf(momentOf(parts, request));
  const asker = { customer, hour };
  const compute = () => rankCandidates(serving.model, view, basket.items, asker, serving.workspace);
  if (customer !== NO_CUSTOMER) {
    const ranked = compute();
    parts.telemetry.stage('gather', (parts.ticks() - started) / 1000);
    return { ranked, cache: 'miss', degraded: [] };
  }
  const deadlineMs = Math.max(1, Math.min(parts.cacheDeadlineMs, left() / 2));
  const answer = parts.cache.getOrCompute(cacheKey(serving, view, hour, basket.items), compute, deadlineMs);
  const { value, source, isStoreAvailable }: CacheAnswer = answer instanceof Promise ? await answer : answer;
  parts.telemetry.cache(source);
  parts.telemetry.stage('gather', (parts.ticks() - started) / 1000);
  return { ranked: value, cache: source, degraded: isStoreAvailable ? [] : ['cache'] };
}

/** The number under which the model knows a customer who agreed to be known. Candidates for such a customer are never cached. */
function customerOf(serving: ServingModel, { access }: Question, customerId: string | undefined): number {
  // Ids of another tenant's customers are the same only by chance.
  if (customerId === undefined || serving.owner !== access.tenant) return NO_CUSTOMER;
  return serving.model.customerOf(customerId);
}

/** The customer, if they agreed to be known and were not erased since. */
function namedCustomer({ isErased }: AdvisorParts, { request, access }: Question): string | undefined {
  const customerId = knownCustomer(request);
  return customerId === undefined || isErased(access.tenant, customerId) ? undefined : customerId;
}

/** The time of the question, as stated or now, epoch ms. */
function momentOf({ nowMs }: AdvisorParts, { at }: Question['request']): number {
  return at === undefined ? nowMs() : Date.parse(at);
}

function outOfTime(view: StoreView, basket: ResolvedBasket): Gathered {
  const ranked = popularCandidates(view, basket.items, CANDIDATES_MAX);
  return { ranked, cache: 'miss', degraded: ['budget', 'ranking'] };
}

function cacheKey(serving: ServingModel, view: StoreView, hour: number, items: Int32Array): string {
  const key = `${serving.cacheName}|${view.id}|${hour}|${items.join(',')}`;
  return key.length <= KEY_LENGTH_MAX ? key : `#${createHash('sha256').update(key).digest('base64url')}`;
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
  { question, serving, view, basket }: ResolvedQuestion,
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
    nowMs: momentOf(parts, request),
    customerAge: request.customerAge,
    language: languageOf(request.language),
    limit: limitOf(request),
    objective: request.objective,
  };
  const decision = decide(situation, occasion, ranked, serving.deliberation, explain);
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

import { createHash } from 'node:crypto';
import type { ResolvedBasket } from '../recommender/basket.ts';
import { CANDIDATES_MAX, rankCandidates } from '../recommender/candidates.ts';
import { NO_CUSTOMER } from '../recommender/customer-history.ts';
import { popularCandidates } from '../recommender/fallback.ts';
import type { CacheAnswer, RankedCandidates, ResultCache } from '../recommender/result-cache.ts';
import type { StoreView } from '../recommender/store-view.ts';
import type { Question } from './question.ts';
import type { ResolvedQuestion } from './resolved-question.ts';
import type { ServingModel } from './serving-model.ts';
import type { Telemetry } from './telemetry-port.ts';

export interface GathererParts {
  readonly cache: ResultCache;
  readonly telemetry: Telemetry;
  /** Monotonic clock, ms. */
  readonly ticks: () => number;
  /** Time for an answer when the caller gives none, and longest wait for the cache. */
  readonly budgetMs: number;
  readonly cacheDeadlineMs: number;
}

/** Baskets with longer keys are cached under a digest. */
const KEY_LENGTH_MAX = 200;

/** Candidates, and what had to be left out to have them in time. */
export interface Gathered {
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

export async function gatherCandidates(
  parts: GathererParts,
  { question, askedAtMs, serving, view, basket, customerId }: ResolvedQuestion,
): Promise<Gathered> {
  const { request, arrivedAt } = question;
  const started = parts.ticks();
  const budgetMs = request.budgetMs ?? parts.budgetMs;
  const left = () => budgetMs - (parts.ticks() - arrivedAt);
  if (left() <= -budgetMs)
    return { ranked: NO_CANDIDATES, cache: 'miss', degraded: ['budget', 'ranking', 'fallback'] };
  if (left() <= 0) return outOfTime(view, basket);
  const customer = customerOf(serving, question, customerId);
  const hour = serving.model.hourOf(askedAtMs);
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

function outOfTime(view: StoreView, basket: ResolvedBasket): Gathered {
  const ranked = popularCandidates(view, basket.items, CANDIDATES_MAX);
  return { ranked, cache: 'miss', degraded: ['budget', 'ranking'] };
}

function cacheKey(serving: ServingModel, view: StoreView, hour: number, items: Int32Array): string {
  const key = `${serving.cacheName}|${view.id}|${hour}|${items.join(',')}`;
  return key.length <= KEY_LENGTH_MAX ? key : `#${createHash('sha256').update(key).digest('base64url')}`;
}

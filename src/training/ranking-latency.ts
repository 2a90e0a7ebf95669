import { CANDIDATES_MAX, rankCandidates } from '../recommender/candidates.ts';
import type { Model } from '../recommender/model.ts';
import { viewStore } from '../recommender/store-view.ts';
import { createWorkspace } from '../recommender/workspace.ts';
import { askerOf, contextOf, longestBasket, type Questions } from './questions.ts';

/** Time of one ranking in this process, on one thread, without network, cache or value. */
export interface RankingLatency {
  readonly calls: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

const WARM_UP_CALLS = 1000;
const CALLS = 5000;

/** Times rankings of the questions' baskets, with as many candidates as are served; `ticks` is a clock in ms. */
export function timeRankings(model: Model, questions: Questions, ticks: () => number): RankingLatency {
  const view = viewStore(model);
  const workspace = createWorkspace(model);
  const context = new Int32Array(longestBasket(questions.matrix));
  const took = new Float64Array(CALLS);
  for (let call = -WARM_UP_CALLS; call < CALLS; call++) {
    const question = (call + WARM_UP_CALLS) % questions.basket.length;
    const asker = askerOf(questions, question);
    const basket = context.subarray(0, contextOf(questions, question, context));
    const startedAt = ticks();
    rankCandidates(model, view, basket, asker, workspace, CANDIDATES_MAX);
    const elapsed = ticks() - startedAt;
    if (call >= 0) took[call] = elapsed;
  }
  took.sort();
  const at = (share: number) => took[Math.ceil(share * CALLS) - 1]! * 1000;
  return { calls: CALLS, p50Us: at(0.5), p99Us: at(0.99) };
}

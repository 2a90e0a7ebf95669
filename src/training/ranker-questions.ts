import { POOL_MAX } from '../recommender/candidate-pool.ts';
import { collectSignals } from '../recommender/candidates.ts';
import { SIGNALS } from '../recommender/signals.ts';
import { viewShares } from '../recommender/store-view.ts';
import { createWorkspace } from '../recommender/workspace.ts';
import type { SignalSources } from './learn.ts';
import { askerOf, contextOf, longestBasket, type Questions } from './questions.ts';

/** Questions as a ranker sees them: the signals of every candidate, and which one was bought. */
export interface RankerQuestions {
  /** [questions + 1] candidates of question q are rows start[q] … start[q + 1] - 1 */
  readonly start: Int32Array;
  /** [rows × signals] */
  readonly signals: Float32Array;
  /** [questions] place of the product bought among the candidates, -1 when it is none */
  readonly target: Int32Array;
  /** [questions] products in the basket */
  readonly basketLength: Int32Array;
  /** [questions] basket of the question, ascending */
  readonly basket: Int32Array;
}

/** Candidates and signals of each question, by the functions that serve. */
export function collectRankerQuestions(sources: SignalSources, questions: Questions): RankerQuestions {
  const count = questions.basket.length;
  const view = viewShares('*', sources.basketShare);
  const workspace = createWorkspace(sources);
  const { pool, signals } = workspace;
  const context = new Int32Array(longestBasket(questions.matrix));
  const rowsMax = Math.min(POOL_MAX, sources.basketShare.length);
  const all = new Float32Array(count * rowsMax * SIGNALS.length);
  const start = new Int32Array(count + 1);
  const target = new Int32Array(count);
  const basketLength = new Int32Array(count);
  for (let question = 0; question < count; question++) {
    basketLength[question] = contextOf(questions, question, context);
    const basket = context.subarray(0, basketLength[question]);
    collectSignals(sources, view, basket, askerOf(questions, question), workspace);
    target[question] = pool.items.subarray(0, pool.count).indexOf(questions.target[question]!);
    all.set(signals.subarray(0, pool.count * SIGNALS.length), start[question]! * SIGNALS.length);
    start[question + 1] = start[question]! + pool.count;
  }
  const used = all.subarray(0, start[count]! * SIGNALS.length);
  return { start, signals: used, target, basketLength, basket: questions.basket };
}

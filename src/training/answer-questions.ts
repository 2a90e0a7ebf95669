import { POOL_MAX } from '../recommender/candidate-pool.ts';
import { type Ranker, stateProbabilities } from '../recommender/ranker.ts';
import { SIGNALS } from '../recommender/signals.ts';
import type { RankerQuestions } from './ranker-questions.ts';

/**
 * Lets a ranker answer every question. `onAnswer` gets the probabilities of the candidates before calibration, which it
 * must not keep, and the place of the product bought, -1 when it is no candidate.
 */
export function answerQuestions(
  ranker: Omit<Ranker, 'calibration'>,
  { start, signals, target, basketLength }: RankerQuestions,
  onAnswer: (probability: Float64Array, place: number, question: number) => void,
): void {
  const width = SIGNALS.length;
  const rows = new Float64Array(POOL_MAX * width);
  const probability = new Float64Array(POOL_MAX);
  for (let question = 0; question < target.length; question++) {
    const count = start[question + 1]! - start[question]!;
    rows.set(signals.subarray(start[question]! * width, start[question + 1]! * width));
    stateProbabilities(ranker, rows, count, basketLength[question]!, probability);
    onAnswer(probability.subarray(0, count), target[question]!, question);
  }
}

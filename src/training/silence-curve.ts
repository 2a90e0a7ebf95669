import type { Questions } from './questions.ts';
import { type Ranking, TOP } from './rank-questions.ts';

/** What is offered and found when nothing less probable than a threshold is offered, and three products at most. */
export interface SilenceStep {
  readonly threshold: number;
  /** Share of the questions with an offer. */
  readonly answered: number;
  /** Offers to a question, silent ones included. */
  readonly offers: number;
  /** Share of the offers that are the hidden product. */
  readonly accepted: number;
  /** Share of the questions whose hidden product is offered. */
  readonly found: number;
}

const OFFERS_MAX = 3;
/** Shares of the questions that are to have an offer. */
const ANSWERED = [1, 0.9, 0.75, 0.5, 0.25, 0.1];

/** The trade-off between offering to many and being right: from offers to everybody to offers for the surest tenth alone. */
export function silenceCurve(ranking: Ranking, { target }: Questions): SilenceStep[] {
  const surest = Float32Array.from(target, (_, question) => ranking.topProbability[question * TOP]!)
    .sort()
    .reverse();
  const stated = surest.filter((probability) => !Number.isNaN(probability));
  const thresholds = ANSWERED.map((share) => stated[Math.ceil(share * stated.length) - 1]);
  return [...new Set(thresholds)]
    .filter((threshold) => threshold !== undefined)
    .map((threshold) => stepAt(threshold, ranking, target));
}

function stepAt(threshold: number, { top, topProbability }: Ranking, target: Int32Array): SilenceStep {
  const questions = target.length;
  let answered = 0;
  let offers = 0;
  let found = 0;
  for (let question = 0; question < questions; question++) {
    const from = question * TOP;
    if (topProbability[from]! >= threshold) answered++;
    for (let place = from; place < from + OFFERS_MAX && topProbability[place]! >= threshold; place++) {
      offers++;
      if (top[place] === target[question]) found++;
    }
  }
  return {
    threshold,
    answered: answered / questions,
    offers: offers / questions,
    accepted: found / offers,
    found: found / questions,
  };
}

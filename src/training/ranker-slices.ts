import type { Kernel } from '../recommender/neighbours.ts';
import type { EasePool } from './ease-pool.ts';
import { type LearningParameters, learnSources, type SignalSources } from './learn.ts';
import { basketAt, cutPeriod, type Period, TEST_FROM } from './period.ts';
import { collectRankerQuestions, type RankerQuestions } from './ranker-questions.ts';
import type { Receipts } from './receipts.ts';

/** Shares of the baskets at which the slices begin; each ends where the next begins, the last at the test period. */
export const SLICES_FROM = [0.6, 0.7, 0.8] as const;
const BASKETS_MAX = 1500;

export interface SliceInput {
  readonly receipts: Receipts;
  readonly seed: number;
  readonly learning: LearningParameters;
  readonly kernel: Kernel;
}

/** A slice of time with the sources learned from all that came before it. */
export interface Slice extends Period {
  readonly sources: SignalSources;
}

/** A ranker's questions, oldest slice first: each slice is asked of sources learned from all that came before it. */
export async function collectSlices(
  { receipts, seed, learning, kernel }: SliceInput,
  pool: EasePool,
  onSlice: (slices: number, slice: Slice) => void = () => {},
): Promise<RankerQuestions[]> {
  const slices: RankerQuestions[] = [];
  for (const [at, from] of SLICES_FROM.entries()) {
    const to = SLICES_FROM[at + 1] ?? TEST_FROM;
    const period = cutPeriod(receipts, seed, basketAt(receipts, from), basketAt(receipts, to), BASKETS_MAX);
    const sources = await learnSources(period.train, learning, kernel, pool);
    slices.push(collectRankerQuestions(sources, period.asked));
    onSlice(slices.length, { ...period, sources });
  }
  return slices;
}

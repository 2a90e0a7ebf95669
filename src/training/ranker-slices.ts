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
  input: SliceInput,
  pool: EasePool,
  onSlice: (slices: number, slice: Slice) => void = () => {},
): Promise<RankerQuestions[]> {
  const slices: RankerQuestions[] = [];
  for (const at of SLICES_FROM.keys()) {
    const slice = await learnSlice(input, pool, at);
    slices.push(collectRankerQuestions(slice.sources, slice.asked));
    onSlice(slices.length, slice);
  }
  return slices;
}

/** One of the slices, by its place; the last is the newest. */
export async function learnSlice(
  { receipts, seed, learning, kernel }: SliceInput,
  pool: EasePool,
  at: number = SLICES_FROM.length - 1,
): Promise<Slice> {
  const from = SLICES_FROM[at]!;
  const to = SLICES_FROM[at + 1] ?? TEST_FROM;
  const period = cutPeriod(receipts, seed, basketAt(receipts, from), basketAt(receipts, to), BASKETS_MAX);
  return { ...period, sources: await learnSources(period.train, learning, kernel, pool) };
}

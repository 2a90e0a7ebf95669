import type { Kernel } from '../recommender/neighbours.ts';
import type { PastBaskets } from '../recommender/past-baskets.ts';
import { type Axis, type SearchWatch, searchCoordinates, type Trial } from './coordinate-search.ts';
import { rankingMetrics } from './metrics.ts';
import type { Questions } from './questions.ts';
import { rankTargets } from './rank-questions.ts';
import { neighbourScorer } from './scorers.ts';

export interface TunedKernel {
  readonly kernel: Kernel;
  readonly trials: readonly KernelTrial[];
}

export type KernelTrial = Trial<Kernel>;

/** Where the search starts: between wide assortments, which want little sharpness, and receipts that repeat. */
export const FIRST_KERNEL: Kernel = {
  idfPower: 0.5,
  lengthPower: 0.35,
  sharpness: 4,
  ageing: 'exponential',
  halfAge: 0.25,
  restPower: 0.5,
};

const SHARPNESS: Axis<Kernel> = {
  values: [1, 2, 3, 4, 6, 8, 10].map((sharpness) => ({ sharpness })),
  isOrdered: true,
};
const AXES: readonly Axis<Kernel>[] = [
  SHARPNESS,
  {
    values: [
      { ageing: 'none', halfAge: 1 },
      { ageing: 'exponential', halfAge: 0.1 },
      { ageing: 'exponential', halfAge: 0.25 },
      { ageing: 'exponential', halfAge: 0.5 },
      { ageing: 'hyperbolic', halfAge: 0.03 },
      { ageing: 'hyperbolic', halfAge: 0.1 },
      { ageing: 'hyperbolic', halfAge: 0.3 },
    ],
    isOrdered: false,
  },
  { values: [0.1, 0.2, 0.25, 0.35, 0.5].map((lengthPower) => ({ lengthPower })), isOrdered: true },
  { values: [0, 0.5, 1].map((restPower) => ({ restPower })), isOrdered: true },
  { values: [0.25, 0.5, 0.75, 1, 1.5].map((idfPower) => ({ idfPower })), isOrdered: true },
  SHARPNESS,
];

/** Chooses the kernel by coordinate search on NDCG@10 of its votes alone over the validation questions. */
export async function tuneKernel(
  past: PastBaskets,
  share: Float64Array,
  validation: Questions,
  watch?: SearchWatch,
): Promise<TunedKernel> {
  const judge = (kernel: Kernel) =>
    rankingMetrics(rankTargets(neighbourScorer(past, kernel, share), validation)).ndcg10;
  const { best, trials } = await searchCoordinates('neighbours', FIRST_KERNEL, AXES, judge, watch);
  return { kernel: best, trials };
}

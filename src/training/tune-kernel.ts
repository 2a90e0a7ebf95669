import type { Kernel } from '../recommender/neighbours.ts';
import type { PastBaskets } from '../recommender/past-baskets.ts';
import { rankingMetrics } from './metrics.ts';
import type { Questions } from './questions.ts';
import { rankQuestions } from './rank-questions.ts';
import { neighbourScorer } from './scorers.ts';

export interface TunedKernel {
  readonly kernel: Kernel;
  readonly trials: readonly KernelTrial[];
}

export interface KernelTrial extends Kernel {
  readonly ndcg10: number;
}

/** Where the search starts: between wide assortments, which want little sharpness, and receipts that repeat. */
export const FIRST_KERNEL: Kernel = {
  idfPower: 0.5,
  lengthPower: 0.35,
  sharpness: 4,
  ageing: 'exponential',
  halfAge: 0.25,
  restPower: 0.5,
};

const AGEINGS: readonly Partial<Kernel>[] = [
  { ageing: 'none', halfAge: 1 },
  { ageing: 'exponential', halfAge: 0.1 },
  { ageing: 'exponential', halfAge: 0.25 },
  { ageing: 'exponential', halfAge: 0.5 },
  { ageing: 'hyperbolic', halfAge: 0.03 },
  { ageing: 'hyperbolic', halfAge: 0.1 },
  { ageing: 'hyperbolic', halfAge: 0.3 },
];

/** What is tried, one group after the other. */
const GRID: readonly (readonly Partial<Kernel>[])[] = [
  [2, 3, 6, 8].map((sharpness) => ({ sharpness })),
  AGEINGS,
  [0.1, 0.2, 0.25, 0.5].map((lengthPower) => ({ lengthPower })),
  [0, 1].map((restPower) => ({ restPower })),
  [0.25, 0.75, 1, 1.5].map((idfPower) => ({ idfPower })),
  [1, 2, 3, 4, 6, 8, 10].map((sharpness) => ({ sharpness })),
  AGEINGS,
  [0, 0.5, 1].map((restPower) => ({ restPower })),
];

/** Chooses the kernel by coordinate search on NDCG@10 of its votes alone over the validation questions. */
export function tuneKernel(
  past: PastBaskets,
  share: Float64Array,
  validation: Questions,
  onTrial: (share: number) => void = () => {},
): TunedKernel {
  const trials: KernelTrial[] = [];
  const total = 1 + GRID.reduce((sum, settings) => sum + settings.length, 0);
  const judge = (kernel: Kernel): number => {
    const ranking = rankQuestions(neighbourScorer(past, kernel, share), validation);
    const { ndcg10 } = rankingMetrics(ranking.rank);
    trials.push({ ...kernel, ndcg10 });
    onTrial(trials.length / total);
    return ndcg10;
  };
  let best = FIRST_KERNEL;
  let bestQuality = judge(best);
  for (const settings of GRID) {
    const from = best;
    for (const setting of settings) {
      const kernel = { ...from, ...setting };
      if (trials.some((trial) => isSame(trial, kernel))) continue;
      const reached = judge(kernel);
      if (reached > bestQuality) [best, bestQuality] = [kernel, reached];
    }
  }
  return { kernel: best, trials };
}

function isSame(trial: KernelTrial, kernel: Kernel): boolean {
  return (Object.keys(kernel) as (keyof Kernel)[]).every((name) => trial[name] === kernel[name]);
}

import type { BasketMatrix } from './basket-matrix.ts';
import { type BasketWeighting, type CoPurchases, countCoPurchases, weighBaskets } from './co-purchases.ts';
import type { EasePool } from './ease-pool.ts';
import { basketShares, type LearningParameters, solveComplements } from './learn.ts';
import { rankingMetrics } from './metrics.ts';
import type { Questions } from './questions.ts';
import { rankQuestions } from './rank-questions.ts';
import { easeScorer } from './scorers.ts';

export interface TunedComplements {
  readonly learning: LearningParameters;
  /** Every setting tried with its NDCG@10 on the validation period, in order. */
  readonly trials: readonly ComplementTrial[];
}

export interface ComplementTrial {
  readonly halfLife: number;
  readonly lengthExponent: number;
  readonly ridge: number;
  readonly ndcg10: number;
}

/** Where the search starts, and what it may choose from, one parameter after the other. */
const START = { halfLife: 0.5, lengthExponent: 0.5, ridge: 0.3 };
const GRID = [
  ['ridge', [0.1, 1, 3, 10, 30]],
  ['halfLife', [0.1, 0.2, 0.35, 1, Number.POSITIVE_INFINITY]],
  ['lengthExponent', [0, 0.25, 0.75, 1]],
  ['ridge', [0.03, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 10, 30]],
] as const;

/** The search regresses on fewer neighbours than the final model: a fifth of the time for the same choice. */
const SEARCH_NEIGHBOURS = 60;
const FINAL = { neighbours: 200, kept: 200 };

/** Chooses ridge, half-life and length exponent by coordinate search on NDCG@10 of the validation questions. */
export async function tuneComplements(
  train: BasketMatrix,
  validation: Questions,
  pool: EasePool,
  onTrial: (share: number) => void = () => {},
): Promise<TunedComplements> {
  const trials: ComplementTrial[] = [];
  const share = basketShares(train);
  let counts: Counted | undefined;
  const total = 1 + GRID.reduce((sum, [, values]) => sum + values.length, 0);
  const judge = async (setting: typeof START): Promise<number> => {
    const seen = trials.find((trial) => isSame(trial, setting));
    if (seen) return seen.ndcg10;
    const parameters = { ...setting, neighbours: SEARCH_NEIGHBOURS, kept: SEARCH_NEIGHBOURS };
    counts = countsFor(train, setting, counts);
    const complements = await solveComplements(counts.counts, parameters, pool);
    const ranking = rankQuestions(easeScorer(complements, share), validation);
    const { ndcg10 } = rankingMetrics(ranking.rank);
    trials.push({ ...setting, ndcg10 });
    onTrial(trials.length / total);
    return ndcg10;
  };
  let best = START;
  let bestQuality = await judge(best);
  for (const [name, values] of GRID) {
    for (const value of values) {
      const setting = { ...best, [name]: value };
      const reached = await judge(setting);
      if (reached > bestQuality) [best, bestQuality] = [setting, reached];
    }
  }
  return { learning: { ...best, ...FINAL }, trials };
}

/** Counts of one weighting: the ridge is searched on the same ones. */
interface Counted extends BasketWeighting {
  readonly counts: CoPurchases;
}

function countsFor(train: BasketMatrix, weighting: BasketWeighting, last: Counted | undefined): Counted {
  const { halfLife, lengthExponent } = weighting;
  if (last?.halfLife === halfLife && last.lengthExponent === lengthExponent) return last;
  return { halfLife, lengthExponent, counts: countCoPurchases(train, weighBaskets(train, weighting)) };
}

function isSame(trial: ComplementTrial, setting: typeof START): boolean {
  return (
    trial.halfLife === setting.halfLife &&
    trial.lengthExponent === setting.lengthExponent &&
    trial.ridge === setting.ridge
  );
}

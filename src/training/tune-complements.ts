import type { BasketMatrix } from './basket-matrix.ts';
import { type BasketWeighting, type CoPurchases, countCoPurchases, weighBaskets } from './co-purchases.ts';
import { type Axis, type SearchWatch, searchCoordinates, type Trial } from './coordinate-search.ts';
import type { EasePool } from './ease-pool.ts';
import { basketShares, type LearningParameters, solveComplements } from './learn.ts';
import { rankingMetrics } from './metrics.ts';
import type { Questions } from './questions.ts';
import { rankTargets } from './rank-questions.ts';
import { easeScorer } from './scorers.ts';

export interface TunedComplements {
  readonly learning: LearningParameters;
  /** Every setting tried with its NDCG@10 on the validation period, in order. */
  readonly trials: readonly ComplementTrial[];
}

type Setting = Pick<LearningParameters, 'halfLife' | 'lengthExponent' | 'ridge'>;

export type ComplementTrial = Trial<Setting>;

/** Where the search starts, and what it may choose from. */
const START: Setting = { halfLife: 0.5, lengthExponent: 0.5, ridge: 0.3 };
const AXES: readonly Axis<Setting>[] = [
  { values: [0.1, 0.3, 1, 3, 10, 30].map((ridge) => ({ ridge })), isOrdered: true },
  {
    values: [0.1, 0.2, 0.35, 0.5, 1, Number.POSITIVE_INFINITY].map((halfLife) => ({ halfLife })),
    isOrdered: true,
  },
  { values: [0, 0.25, 0.5, 0.75, 1].map((lengthExponent) => ({ lengthExponent })), isOrdered: true },
  {
    values: [0.03, 0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5, 10, 20, 30].map((ridge) => ({ ridge })),
    isOrdered: true,
  },
];

/** The search regresses on fewer neighbours than the final model: a fifth of the time for the same choice. */
const SEARCH_NEIGHBOURS = 60;
const NEIGHBOURS_MAX = 200;
/** Largest catalogue whose products are regressed on that many; in a larger one each on fewer, so that the total costs the same. */
const PRODUCTS_IN_FULL = 4000;

/** Chooses ridge, half-life and length exponent by coordinate search on NDCG@10 of the validation questions. */
export async function tuneComplements(
  train: BasketMatrix,
  validation: Questions,
  pool: EasePool,
  watch?: SearchWatch,
): Promise<TunedComplements> {
  const share = basketShares(train);
  let counts: Counted | undefined;
  const judge = async (setting: Setting): Promise<number> => {
    const parameters = { ...setting, neighbours: SEARCH_NEIGHBOURS, kept: SEARCH_NEIGHBOURS };
    counts = countsFor(train, setting, counts);
    const complements = await solveComplements(counts.counts, parameters, pool);
    return rankingMetrics(rankTargets(easeScorer(complements, share), validation)).ndcg10;
  };
  const { best, trials } = await searchCoordinates('complements', START, AXES, judge, watch);
  const neighbours = neighboursFor(train.itemCount);
  return { learning: { ...best, neighbours, kept: neighbours }, trials };
}

/** A regression on n products takes n³ steps. */
function neighboursFor(products: number): number {
  return Math.floor(NEIGHBOURS_MAX * Math.min(1, Math.cbrt(PRODUCTS_IN_FULL / Math.max(1, products))));
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

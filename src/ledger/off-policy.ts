import type { Difference } from './adjusted-difference.ts';
import { ClusterMoments } from './clustered-error.ts';
import type { OffPolicySample, RewardColumns } from './off-policy-sample.ts';

/** An estimator's answer: what the target policy earns per decision, and that minus what the logging policy earned. */
export interface PolicyValue {
  readonly value: Difference;
  readonly difference: Difference;
}

export interface PolicyValues {
  /** Mean reward per decision of the logging policy. */
  readonly logged: Difference;
  readonly snips: PolicyValue;
  readonly doublyRobust: PolicyValue;
}

/** Decisions worked on between two yields: about a millisecond. */
const SLICE = 5000;
/** Parts of the clusters; each part's reward model is fitted on the other. */
const FOLDS = 2;

/**
 * Value of a target policy for one reward, in the reward's unit per decision, from decisions of a logging policy that knows how likely it
 * was to show each candidate. w = π_target / π_logged of a shown candidate, marginal over the rest of its slate; r its reward; f the reward
 * model.
 *
 *   SNIPS           Σ w·r / Σ w · mean slate size of the target        Swaminathan and Joachims 2015
 *   doubly robust   mean of  b·Σ_j π_target(j)·f_j  +  Σ_shown w·(r − b·f)     Dudík, Langford and Li 2011
 *
 * b = Σ r / Σ f over what was shown in the other half of the clusters. What the logging policy could not show counts like the rest for
 * SNIPS, and as its model says for the doubly robust estimator.
 *
 * **Assumes** that a suggestion's reward depends on the basket and on itself, not on its place nor on what else is in the slate (the
 * document-based click model of S. Li et al. 2018, "Offline Evaluation of Ranking Policies with Click Models"), and that the logged chances
 * are those of the draw. Both policies choose in the baskets that the logging policy led to.
 *
 * Standard errors: influence of each decision, summed by cluster (clustered-error.ts). Yields between slices.
 */
export function* policyValues(
  sample: OffPolicySample,
  columns: RewardColumns,
): Generator<void, PolicyValues> {
  const clusterCount = sample.cluster.reduce((most, cluster) => Math.max(most, cluster + 1), 0);
  const clusters = new Set(sample.cluster).size;
  const estimate = function* (
    influenceOf: (at: number) => number,
    value: number,
  ): Generator<void, Difference> {
    const sums = new Float64Array(clusterCount);
    for (let at = 0; at < sample.count; at++) {
      sums[sample.cluster[at]!]! += influenceOf(at) / sample.count;
      if (at % SLICE === SLICE - 1) yield;
    }
    const moments = new ClusterMoments();
    for (const sum of sums) moments.add(sum);
    return { estimate: value, ...moments.error(clusters) };
  };
  const mean = (column: readonly number[]) => column.reduce((sum, x) => sum + x, 0) / sample.count;

  const logged = mean(columns.reward);
  const loggedInfluence = (at: number) => columns.reward[at]! - logged;
  const weight = mean(sample.weight);
  const size = mean(sample.targetSize);
  const perPick = weight > 0 ? mean(columns.weighted) / weight : 0;
  const snips = perPick * size;
  const snipsInfluence = (at: number) =>
    (weight > 0 ? (size / weight) * (columns.weighted[at]! - perPick * sample.weight[at]!) : 0) +
    perPick * (sample.targetSize[at]! - size);

  const scale = modelScales(sample, columns);
  const scaleOf = (at: number) => scale[sample.cluster[at]! % FOLDS]!;
  const robustOf = (at: number) =>
    columns.weighted[at]! + scaleOf(at) * (columns.modelTarget[at]! - columns.modelWeighted[at]!);
  const robustLoggedOf = (at: number) =>
    columns.reward[at]! + scaleOf(at) * (columns.modelLogged[at]! - columns.modelShown[at]!);
  const places = sample.cluster.map((_, at) => at);
  const robust = mean(places.map(robustOf));
  const robustLogged = mean(places.map(robustLoggedOf));
  return {
    logged: yield* estimate(loggedInfluence, logged),
    snips: {
      value: yield* estimate(snipsInfluence, snips),
      difference: yield* estimate((at) => snipsInfluence(at) - loggedInfluence(at), snips - logged),
    },
    doublyRobust: {
      value: yield* estimate((at) => robustOf(at) - robust, robust),
      difference: yield* estimate(
        (at) => robustOf(at) - robust - (robustLoggedOf(at) - robustLogged),
        robust - robustLogged,
      ),
    },
  };
}

/** b of each fold, from the shown suggestions of the others; 0 where the model expects nothing. */
function modelScales({ cluster }: OffPolicySample, { reward, modelShown }: RewardColumns): number[] {
  const rewards = new Float64Array(FOLDS);
  const modelled = new Float64Array(FOLDS);
  for (let at = 0; at < cluster.length; at++) {
    rewards[cluster[at]! % FOLDS]! += reward[at]!;
    modelled[cluster[at]! % FOLDS]! += modelShown[at]!;
  }
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
  return Array.from(rewards, (own, fold) => {
    const others = sum(modelled) - modelled[fold]!;
    return others > 0 ? (sum(rewards) - own) / others : 0;
  });
}

import { adjustedEffects } from './adjusted-difference.ts';
import { fixedP } from './confidence.ts';
import type { Experiment } from './experiment.ts';
import { P_MIN, type SampleRatio, testSampleRatio } from './sample-ratio.ts';

/** Covariates that are compared: value and lines of the basket at the first decision. */
const COMPARED = [0, 1];

/**
 * Whether the arms are as large as drawn. Baskets of one customer may be on one side together: then the variance is that of
 * customers, Σ over them of (holdouts − Σπ)², where that is more.
 */
export function checkSizes({
  count,
  isTreated,
  holdoutShare,
  cluster,
  clusterCount,
}: Experiment): SampleRatio {
  const surplus = new Float64Array(clusterCount);
  let holdouts = 0;
  let shareSum = 0;
  let independent = 0;
  for (let at = 0; at < count; at++) {
    const share = holdoutShare[at]!;
    holdouts += 1 - isTreated[at]!;
    shareSum += share;
    independent += share * (1 - share);
    surplus[cluster[at]!]! += 1 - isTreated[at]! - share;
  }
  const together = surplus.reduce((sum, value) => sum + value ** 2, 0);
  return testSampleRatio(holdouts, shareSum, Math.max(independent, together));
}

/**
 * An A/A test with every report: before the first offer baskets of both arms are alike, in the difference of weighted means
 * with the same standard error as the report's own. Bonferroni over what is compared.
 */
export function* checkBalance(experiment: Experiment): Generator<void, SampleRatio> {
  const { count, covariates, covariateCount } = experiment;
  const columns = COMPARED.map((column) =>
    Float64Array.from({ length: count }, (_, at) => covariates[at * covariateCount + column]!),
  );
  const { differences } = yield* adjustedEffects({ ...experiment, covariateCount: 0 }, count, columns);
  const p = Math.min(1, COMPARED.length * Math.min(...differences.map(fixedP)));
  return { ok: p >= P_MIN, p };
}

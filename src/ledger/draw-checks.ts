import { adjustedEffects } from './adjusted-difference.ts';
import { fixedP } from './confidence.ts';
import type { Experiment } from './experiment.ts';
import { type SampleRatio, testSampleRatio } from './sample-ratio.ts';

/** Covariates that are compared: value and lines of the basket at the first decision. */
const COMPARED = [0, 1];
/** Baskets copied between two yields: about a millisecond. */
const SLICE = 20_000;

/** Whether the arms are as large as drawn. */
export function checkSizes({ count, isTreated, holdoutShare }: Experiment, pMin: number): SampleRatio {
  let holdouts = 0;
  let shareSum = 0;
  let varianceSum = 0;
  for (let at = 0; at < count; at++) {
    holdouts += 1 - isTreated[at]!;
    shareSum += holdoutShare[at]!;
    varianceSum += holdoutShare[at]! * (1 - holdoutShare[at]!);
  }
  return testSampleRatio(holdouts, shareSum, varianceSum, pMin);
}

/**
 * An A/A test with every report: before the first offer baskets of both arms are alike, in the difference of weighted means
 * with the same standard error as the report's own. Bonferroni over what is compared.
 */
export function* checkBalance(experiment: Experiment, pMin: number): Generator<void, SampleRatio> {
  const { count, covariates, covariateCount } = experiment;
  const columns = COMPARED.map(() => new Float64Array(count));
  for (let at = 0; at < count; at++) {
    for (const column of COMPARED) columns[column]![at] = covariates[at * covariateCount + column]!;
    if (at % SLICE === SLICE - 1) yield;
  }
  const { differences } = yield* adjustedEffects({ ...experiment, covariateCount: 0 }, count, columns);
  const p = Math.min(1, COMPARED.length * Math.min(...differences.map(fixedP)));
  return { ok: p >= pMin, p };
}

import { adjustedEffects } from './adjusted-difference.ts';
import type { Adjustable } from './adjustment-design.ts';
import { fixedP } from './confidence.ts';
import type { Experiment } from './experiment.ts';
import { type SampleRatio, testSampleRatio } from './sample-ratio.ts';
import { fillColumn, rowNumbers } from './slices.ts';

/** Covariates that are compared: value and lines of the basket at the first decision. */
const COMPARED = [0, 1];

/** What arms were drawn for, each once: baskets, and customers as known at their first basket. */
export interface DrawnUnits {
  readonly count: number;
  readonly isTreated: Uint8Array;
  readonly holdoutShare: Float64Array;
  readonly cluster: Int32Array;
  readonly clusterCount: number;
  /** [COMPARED][count] */
  readonly compared: readonly Float64Array[];
}

/**
 * A customer's baskets with an arm of their own form another cluster than the customer. Yields between slices so that the caller can let
 * others run.
 */
export function* drawnUnits(experiment: Experiment): Generator<void, DrawnUnits> {
  const { customers, isDrawnForCustomer, clusterCount } = experiment;
  const rows = rowNumbers(experiment.count);
  const baskets = customers ? rows.filter((row) => isDrawnForCustomer[row] === 0) : rows;
  const count = baskets.length + (customers?.count ?? 0);
  const units = rowNumbers(count);
  /** Reads a number of each unit by its row: of a basket, or of a customer. */
  const each = (read: (of: Adjustable, row: number) => number) => (unit: number) => {
    const at = unit - baskets.length;
    return at < 0 ? read(experiment, baskets[unit]!) : read(customers!, at);
  };
  const compared: Float64Array[] = [];
  for (const column of COMPARED) {
    const read = each(({ covariates, covariateCount }, row) => covariates[row * covariateCount + column]!);
    compared.push(yield* fillColumn(new Float64Array(count), units, read));
  }
  const isTreated = each((of, row) => of.isTreated[row]!);
  const holdoutShare = each((of, row) => of.holdoutShare[row]!);
  const cluster = each((of, row) => of.cluster[row]! + (of === customers ? clusterCount : 0));
  return {
    count,
    compared,
    clusterCount: clusterCount + (customers?.clusterCount ?? 0),
    isTreated: yield* fillColumn(new Uint8Array(count), units, isTreated),
    holdoutShare: yield* fillColumn(new Float64Array(count), units, holdoutShare),
    cluster: yield* fillColumn(new Int32Array(count), units, cluster),
  };
}

/** Whether the arms are as large as drawn. */
export function checkSizes(
  { count, isTreated, holdoutShare }: Pick<DrawnUnits, 'count' | 'isTreated' | 'holdoutShare'>,
  pMin: number,
): SampleRatio {
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
 * An A/A test in every report: before the first offer both arms should be alike. Tests the difference of weighted means with the same
 * standard error as the report's own figures, by Bonferroni over what is compared.
 */
export function* checkBalance(units: DrawnUnits, pMin: number): Generator<void, SampleRatio> {
  const plain = { ...units, metrics: units.compared, covariateCount: 0, covariates: new Float32Array(0) };
  const { differences } = yield* adjustedEffects(plain);
  const p = Math.min(1, COMPARED.length * Math.min(...differences.map(fixedP)));
  return { ok: p >= pMin, p };
}
